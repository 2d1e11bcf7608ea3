import type { Texts } from "./catalogue";
import { staffAccess } from "./staff-access";
import { staffAccount } from "./staff-account";
import { staffAudit } from "./staff-audit";
import { staffCeremony } from "./staff-ceremony";
import { staffContradictions } from "./staff-contradictions";
import { staffBoard } from "./staff-board";
import { staffCommon } from "./staff-common";
import { staffDesk } from "./staff-desk";
import { staffEvents } from "./staff-events";
import { staffFiles } from "./staff-files";
import { staffFinance } from "./staff-finance";
import { staffFindings } from "./staff-findings";
import { staffForms } from "./staff-forms";
import { staffLead } from "./staff-lead";
import { staffMail, staffMailbox, staffNotices } from "./staff-mail";
import { staffMatrix } from "./staff-matrix";
import { staffMessages } from "./staff-messages";
import { staffHandover } from "./staff-handover";
import { staffIdentities } from "./staff-identities";
import { staffNarratives } from "./staff-narratives";
import { staffPeople } from "./staff-people";
import { staffRetention } from "./staff-retention";
import { staffRoleKeys } from "./staff-role-keys";
import { staffSpam } from "./staff-spam";
import { staffWatch } from "./staff-watch";

/** Everything staff pages say. Staff pages are Chinese only, so no other language owes these keys. */
export const staffZh = {
  ...staffCommon,
  ...staffEvents,
  access: staffAccess,
  account: staffAccount,
  audit: staffAudit,
  board: staffBoard,
  ceremony: staffCeremony,
  contradictions: staffContradictions,
  files: staffFiles,
  desk: staffDesk,
  finance: staffFinance,
  findings: staffFindings,
  forms: staffForms,
  lead: staffLead,
  mail: staffMail,
  mailbox: staffMailbox,
  matrix: staffMatrix,
  messages: staffMessages,
  handover: staffHandover,
  identities: staffIdentities,
  narratives: staffNarratives,
  notices: staffNotices,
  people: staffPeople,
  roleKeys: staffRoleKeys,
  retention: staffRetention,
  spam: staffSpam,
  watch: staffWatch,
} as const;

export type StaffCatalogue = Texts<typeof staffZh>;
