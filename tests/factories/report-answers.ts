import { randomBytes } from "node:crypto";
import type { AnswerStep, RawAnswers } from "~/forms/report";
import { STEP_FIELDS, type Values } from "~/forms/report-fields";

/**
 * A whole report as a citizen types it; `over` replaces single pages. A field may be given with any page: it lands on
 * the one that asks for it, so that a test can say `subject` or `amounts` and mean all of it.
 */
export function reportAnswers(over: RawAnswers = {}): RawAnswers {
  const mark = randomBytes(4).toString("hex");
  const answers: RawAnswers = {
    mode: { mode: "anonymous" },
    relation: { relation: "investor" },
    kind: { subjectKind: "site" },
    subject: { name: `禾苗理财${mark}`, uscc: "" },
    online: { sites: `https://www.${mark}.example/index`, apps: "" },
    "in-charge": { responsible: "", phonesOrAccounts: "" },
    territory: { operating: "330782", registered: "330702", occurred: "" },
    sector: { sector: "p2p" },
    "red-lines": { redLines: ["p2p.cash_pool"] },
    time: { startedOn: "2025年3月", ongoing: "yes" },
    amounts: { amount: "exact", amountExact: "１２万元" },
    scale: { people: "from_50" },
    narrative: { narrative: "业务员在小区门口摆摊，说每月返利百分之三，邻居们都把养老钱投进去了。" },
    source: { source: "own_experience", prior: "no" },
    notice: { noticeEmail: "" },
    official: { official: "no" },
    reward: { wantsReward: "yes", noConflict: "yes" },
    declaration: { truthful: "yes" },
  };
  for (const [step, values] of Object.entries(over) as [AnswerStep, Values][]) {
    answers[step] = {};
    if (step === "subject" && "sites" in values) delete answers.online;
    for (const [field, value] of Object.entries(values)) {
      const asks = stepOf(field) ?? step;
      answers[asks] = { ...answers[asks], [field]: value };
    }
  }
  if (over.contact !== undefined && over.identity === undefined) {
    answers.identity = { idKind: "none", ...answers.identity };
  }
  return answers;
}

function stepOf(field: string): AnswerStep | undefined {
  const steps = Object.entries(STEP_FIELDS) as [AnswerStep, readonly string[]][];
  return steps.find(([, fields]) => fields.includes(field))?.[0];
}
