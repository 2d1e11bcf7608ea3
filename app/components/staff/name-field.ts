import type { useTranslation } from "react-i18next";
import { isHandling, type HandlingField } from "./handling/field-specs";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** The catalogue's label of each field of a staff form, by its name in the form. */
const LABELS = {
  fileId: "payouts.send.which",
  typed: "window.pay.label",
  executeOn: "payouts.file.executeOn",
  rules: "routing.simulate.version",
  sectors: "routing.simulate.sectors",
  registered: "routing.simulate.registered",
  operating: "routing.simulate.operating",
  occurred: "routing.simulate.occurred",
  alleged: "routing.simulate.alleged",
  people: "routing.simulate.people",
  tips: "routing.simulate.tips",
  substance: "routing.nested.substance",
  toPackId: "routing.hand.to",
  packFile: "routing.versions.file",
  schemeFile: "schemes.file",
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
  fundraising: "findings.fundraising",
  goods: "findings.goods",
  recovered: "findings.recovered",
  ordered: "findings.ordered",
  gradeReason: "assessment.choices.gradeReason",
  chosenReason: "assessment.choices.chosenReason",
  splitReason: "assessment.choices.splitReason",
  passOverReason: "assessment.questions.passOverReason",
  whyAgain: "assessment.choices.whyAgain",
  objectionAnswer: "assessment.choices.objectionAnswer",
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
  fundId: "finance.budget.fund",
  amount: "finance.amount",
  awardIds: "payouts.awards",
  cashierId: "payouts.cashier",
  bankAnswer: "payouts.bankAnswer",
  bankAmount: "payouts.month.bank",
  explanation: "payouts.month.explanation",
  paidOn: "finance.payments.paidOn",
  fingerprint: "ceremony.fingerprint",
  reference: "finance.payments.reference",
  publicKey: "ceremony.publicKey",
  answer: "identities.declineReason",
  opinion: "disputes.opinion",
  letterNumber: "disputes.letterNumber",
  letterOn: "disputes.letterOn",
  question: "disputes.question",
  heldOn: "disputes.heldOn",
  documentNumber: "disputes.documentNumber",
  leadBody: "disputes.leadBody",
  reasons: "disputes.reasons",
  dissent: "disputes.dissent",
  facts: "disputes.facts",
  value: "dossiers.value",
  name: "dossiers.aliasName",
  leadNumber: "dossiers.mergeNumber",
  undoReason: "dossiers.undoReason",
  file: "watch.file",
  listedOn: "watch.listedOn",
  status: "watch.decision",
  on: "retention.on",
  threshold: "views.threshold",
  personLimit: "boardSettings.personLimit",
  assignee: "assign.to",
  to: "bulk.to",
  direction: "ledgerActs.fields.direction",
  carry: "ledgerActs.fields.carry",
  ground: "ledgerActs.fields.ground",
  month: "ledgerActs.fields.month",
  reason: "ledgerActs.reason",
} as const;

/** Fields that are called otherwise in one form, or in forms of which a page has one a row: their names begin with the key. */
const OF_FORM = {
  supervise: { note: "deadlines.note" },
  answer: { answer: "deadlines.answer" },
  extension: { reason: "clocks.extension.reason" },
  alert: { note: "alerts.note" },
  holidays: {
    year: "calendar.addYear",
    document: "calendar.addDocument",
    off: "calendar.addOff",
    work: "calendar.addWork",
  },
  round: { title: "plan.roundTitle", years: "plan.years" },
  phase: { dueOn: "plan.due" },
  record: { people: "disputes.people", summary: "disputes.labels.summary" },
  request: { answer: "ledgerActs.reason" },
  propose: { reason: "payouts.aside.reason" },
  match: { reference: "payouts.matchReference" },
  "batch-cancel": { reason: "payouts.cancel.reason" },
  extend: { until: "claims.extend.until", reason: "claims.extend.reason" },
  recuse: { reason: "lead.recuseReason" },
  "open-up": { reason: "lead.openUpReason" },
  dispatch: { reason: "lead.otherReason" },
  verdict: { reason: "findings.rejectReason" },
  state: { state: "plan.stateField", stateOn: "plan.stateOn", note: "plan.note" },
} as const;

function ofForm(form: string, name: string, t: StaffText): string | null {
  const own: Record<string, Record<string, string>> = OF_FORM;
  const key = (own[form] ?? own[form.split("-")[0] ?? ""])?.[name];
  return key === undefined ? null : t(key as "deadlines.note");
}

/** The fields of the bank's format: a column by its list, the rest by their own names. */
function nameFormatField(name: string, t: StaffText): string {
  const [kind, of = ""] = name.split("-");
  if (kind === "statement") return t(`bankFormat.statementHeaders.${of as "date"}`);
  if (kind === "words") return t(`bankFormat.words.${of as "out"}`);
  if (name === "field1") return t("bankFormat.columnsTitle");
  return t(`bankFormat.${name as "purpose"}`);
}

/** What a field is called on the page; null for fields nobody sees. The form says which 理由 or 日期 is meant. */
export function nameField(form: string, name: string, t: StaffText): string | null {
  if (form === "format") return nameFormatField(name, t);
  if (form === "answer" && name === "answer") return t("disputes.answer");
  const own = ofForm(form, name, t);
  if (own !== null) return own;
  if (isHandling(form)) return t(`handling.fields.${name as HandlingField}`);
  if (form === "identity") return t(name === "reason" ? "identities.reason" : "identities.reference");
  if (form.startsWith("hold") && name === "leadNumber") return t("retention.leadNumber");
  if (name === "reason" && /^(watch|hold|batch)/.test(form)) return t("retention.reason");
  if (form === "pack") return t(name === "answer" ? "routing.proposal.answer" : "routing.proposal.reason");
  if (form === "hand" && name === "reason") return t("routing.hand.reason");
  if (form.startsWith("merge")) return t(name === "reason" ? "dossiers.mergeReason" : "dossiers.mergeNumber");
  if (form.startsWith("field") && name === "source") return t("dossiers.source");
  if (name === "eventOn" && form === "ask-bounce") return t("ledgerActs.fields.returnedOn");
  if (name === "eventOn")
    return t(form === "receive" ? "finance.budget.receivedOn" : "finance.budget.eventOn");
  if (form === "view" && name === "name") return t("views.name");
  if (form.startsWith("objection")) return t("assessment.objections.answer");
  if (name.startsWith("why.")) return t("assessment.questions.reason");
  if (name.startsWith("kind.")) return t("finance.assess.kind");
  if (name.startsWith("weight.")) return t("finance.assess.weight");
  return isNamed(name) ? t(LABELS[name]) : null;
}

function isNamed(name: string): name is keyof typeof LABELS {
  return Object.hasOwn(LABELS, name);
}
