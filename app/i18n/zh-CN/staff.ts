import type { Texts } from "./catalogue";
import { staffAccess } from "./staff-access";
import { staffAccount } from "./staff-account";
import { staffAssessment } from "./staff-assessment";
import { staffApprovals } from "./staff-approvals";
import { staffAudit } from "./staff-audit";
import { staffCeremony } from "./staff-ceremony";
import { staffClaims } from "./staff-claims";
import { staffContradictions } from "./staff-contradictions";
import { staffBoard } from "./staff-board";
import {
  staffAlerts,
  staffCalendar,
  staffClocks,
  staffDeadlines,
  staffPackChoice,
  staffPlan,
} from "./staff-clocks";
import {
  staffAssign,
  staffBoardKeys,
  staffBoardSettings,
  staffBulk,
  staffChanges,
  staffPanel,
  staffSearch,
  staffViews,
} from "./staff-board-tools";
import { staffBooks } from "./staff-books";
import { staffCommon } from "./staff-common";
import { staffDesk } from "./staff-desk";
import { staffDisputes } from "./staff-disputes";
import { staffDossiers } from "./staff-dossiers";
import { staffEvents } from "./staff-events";
import { staffFiles } from "./staff-files";
import { staffFinance } from "./staff-finance";
import { staffFindings } from "./staff-findings";
import { staffForms } from "./staff-forms";
import { staffHandling } from "./staff-handling";
import { staffLead } from "./staff-lead";
import { staffLedgerActs } from "./staff-ledger-acts";
import { staffMail, staffMailbox, staffNotices } from "./staff-mail";
import { staffMatrix } from "./staff-matrix";
import { staffMessages } from "./staff-messages";
import { staffImport } from "./staff-import";
import { staffHandover } from "./staff-handover";
import { staffIdentities } from "./staff-identities";
import { staffNarratives } from "./staff-narratives";
import { staffPeople } from "./staff-people";
import { staffRouting } from "./staff-routing";
import { staffRetention } from "./staff-retention";
import { staffBankFormat } from "./staff-bank-format";
import { staffSchemes } from "./staff-schemes";
import { staffRoleKeys } from "./staff-role-keys";
import { staffSpam } from "./staff-spam";
import { staffPayouts } from "./staff-payouts";
import { staffWatch } from "./staff-watch";
import { staffWindow } from "./staff-window";

/** Everything staff pages say. Staff pages are Chinese only, so no other language owes these keys. */
export const staffZh = {
  ...staffCommon,
  ...staffEvents,
  access: staffAccess,
  account: staffAccount,
  alerts: staffAlerts,
  assessment: staffAssessment,
  approvals: staffApprovals,
  audit: staffAudit,
  board: staffBoard,
  books: staffBooks,
  calendar: staffCalendar,
  claims: staffClaims,
  ...{ assign: staffAssign, boardKeys: staffBoardKeys, boardSettings: staffBoardSettings, bulk: staffBulk },
  ...{ changes: staffChanges, panel: staffPanel, search: staffSearch, views: staffViews },
  ceremony: staffCeremony,
  contradictions: staffContradictions,
  clocks: staffClocks,
  deadlines: staffDeadlines,
  files: staffFiles,
  desk: staffDesk,
  import: staffImport,
  disputes: staffDisputes,
  dossiers: staffDossiers,
  finance: staffFinance,
  findings: staffFindings,
  forms: staffForms,
  lead: staffLead,
  ledgerActs: staffLedgerActs,
  mail: staffMail,
  mailbox: staffMailbox,
  matrix: staffMatrix,
  messages: staffMessages,
  handling: staffHandling,
  handover: staffHandover,
  identities: staffIdentities,
  narratives: staffNarratives,
  notices: staffNotices,
  people: staffPeople,
  packChoice: staffPackChoice,
  plan: staffPlan,
  roleKeys: staffRoleKeys,
  routing: staffRouting,
  retention: staffRetention,
  schemes: staffSchemes,
  bankFormat: staffBankFormat,
  spam: staffSpam,
  payouts: staffPayouts,
  watch: staffWatch,
  window: staffWindow,
} as const;

export type StaffCatalogue = Texts<typeof staffZh>;
