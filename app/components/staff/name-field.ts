import type { useTranslation } from "react-i18next";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** The catalogue's label of each field of a staff form, by its name in the form. */
const LABELS = {
  note: "lead.note",
  reopenNote: "messages.reopenNote",
  legalBasis: "lead.legalBasis",
  proposedBody: "lead.proposedBody",
  closureCode: "lead.closure",
  sector: "lead.dispatchSector",
  insteadLeadBy: "lead.otherLead",
  toLeadNumber: "lead.attachTo",
  entityClass: "findings.class",
  illegalAmount: "findings.illegalAmount",
  penalty: "findings.penalty",
  illegalGains: "findings.illegalGains",
  collected: "findings.collected",
  decisionNumber: "findings.decisionNumber",
  decidedOn: "findings.decidedOn",
  displayName: "people.name",
  agencyId: "people.agency",
  role: "people.grant",
  roles: "people.roles",
  grade: "finance.assess.grade",
  chosen: "finance.assess.chosen",
  caseClass: "finance.assess.caseClass",
  schemeStage: "finance.assess.schemeStage",
  approvalRef: "finance.assess.approvalRef",
  consultationRef: "finance.assess.consultationRef",
  informants: "finance.assess.informants",
  budgetId: "finance.assess.budget",
  source: "finance.budget.source",
  slug: "finance.budget.slug",
  fiscalYear: "finance.budget.fiscalYear",
  kind: "finance.budget.kind",
  fundId: "finance.budget.fund",
  amount: "finance.amount",
  paidOn: "finance.payments.paidOn",
  bouncedOn: "finance.payments.bouncedOn",
  fingerprint: "ceremony.fingerprint",
  reference: "finance.payments.reference",
  publicKey: "ceremony.publicKey",
  answer: "identities.declineReason",
  file: "watch.file",
  listedOn: "watch.listedOn",
  status: "watch.decision",
  leadNumber: "retention.leadNumber",
  on: "retention.on",
} as const;

/** What a field is called on the page; null for fields nobody sees. The form says which 理由 or 日期 is meant. */
export function nameField(form: string, name: string, t: StaffText): string | null {
  if (form === "identity") return t(name === "reason" ? "identities.reason" : "identities.reference");
  if (name === "reason" && /^(watch|hold|batch)/.test(form)) return t("retention.reason");
  if (name === "reason") return t(form === "dispatch" ? "lead.otherReason" : "findings.rejectReason");
  if (name === "eventOn")
    return t(form === "receive" ? "finance.budget.receivedOn" : "finance.budget.eventOn");
  if (name.startsWith("kind.")) return t("finance.assess.kind");
  if (name.startsWith("weight.")) return t("finance.assess.weight");
  return isNamed(name) ? t(LABELS[name]) : null;
}

function isNamed(name: string): name is keyof typeof LABELS {
  return Object.hasOwn(LABELS, name);
}
