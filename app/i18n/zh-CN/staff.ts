import type { Texts } from "./catalogue";
import { staffAccess } from "./staff-access";
import { staffAudit } from "./staff-audit";
import { staffBoard } from "./staff-board";
import { staffCommon } from "./staff-common";
import { staffEvents } from "./staff-events";
import { staffFinance } from "./staff-finance";
import { staffFindings } from "./staff-findings";
import { staffForms } from "./staff-forms";
import { staffLead } from "./staff-lead";
import { staffHandover } from "./staff-handover";
import { staffIdentities } from "./staff-identities";
import { staffNarratives } from "./staff-narratives";
import { staffPeople } from "./staff-people";

/** Everything staff pages say. Staff pages are Chinese only, so no other language owes these keys. */
export const staffZh = {
  ...staffCommon,
  ...staffEvents,
  access: staffAccess,
  audit: staffAudit,
  board: staffBoard,
  finance: staffFinance,
  findings: staffFindings,
  forms: staffForms,
  lead: staffLead,
  handover: staffHandover,
  identities: staffIdentities,
  narratives: staffNarratives,
  people: staffPeople,
} as const;

export type StaffCatalogue = Texts<typeof staffZh>;
