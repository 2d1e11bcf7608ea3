import { randomBytes } from "node:crypto";
import type { RawAnswers } from "~/forms/report";

/** A whole report as a citizen types it; `over` replaces single pages. */
export function reportAnswers(over: RawAnswers = {}): RawAnswers {
  const mark = randomBytes(4).toString("hex");
  return {
    mode: { mode: "anonymous" },
    subject: {
      subjectKind: "site",
      name: `禾苗理财${mark}`,
      sites: `https://www.${mark}.example/index`,
      uscc: "",
    },
    territory: { operating: "330782", registered: "330702", occurred: "" },
    sector: { sector: "p2p" },
    "red-lines": { redLines: ["p2p.cash_pool"] },
    amounts: {
      startedOn: "2025年3月",
      ongoing: "yes",
      amount: "exact",
      amountExact: "１２万元",
      people: "from_50",
    },
    narrative: { narrative: "业务员在小区门口摆摊，说每月返利百分之三，邻居们都把养老钱投进去了。" },
    reward: { wantsReward: "yes", noConflict: "yes" },
    declaration: { truthful: "yes" },
    ...over,
  };
}
