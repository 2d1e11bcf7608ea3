/**
 * Cases to show beside each scheme's rules, by the scheme's id: input only, computed live. One named informant and a
 * final decision, unless said otherwise. Amounts in minor units of the scheme's currency.
 */
export const schemeExamples: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  "samr-2021": [
    { grade: 2, bases: { penalty: "8000000" } },
    { grade: 1, bases: { penalty: "1000000000" } },
    { grade: 1, bases: { penalty: "3000000000" } },
    { grade: 3 },
  ],
  "csrc-2026": [
    { bases: { penalty: "90000000" } },
    { bases: { penalty: "2000000000" } },
    { bases: { penalty: "2000000000" }, caseClass: "national" },
  ],
  "csrc-old": [{ bases: { penalty: "100000000" } }, { bases: { penalty: "2000000000" } }],
  "qinghai-fundraising": [
    { grade: 1, bases: { fundraising: "9999000000" } },
    { grade: 1, bases: { fundraising: "10000000000" } },
    { grade: 2, bases: { fundraising: "100000000" } },
  ],
  "beijing-2016": [{ grade: 1 }, { grade: 4 }],
  "tianjin-stage": [
    { stage: "filing", chosen: "500000" },
    {
      stage: "large",
      chosen: "5000000",
      bases: { illegalAmount: "20000000000" },
      already: { case: "600000" },
    },
  ],
  "shanghai-fixed": [
    { grade: 1 },
    { grade: 3, chosen: "300000" },
    { grade: 1, informants: [{ id: "a", kind: "anonymous" }] },
  ],
  "food-drug-henan": [
    { grade: 1, bases: { goods: "100000000" }, chosen: "0.05" },
    { grade: 3, bases: { goods: "100000" }, chosen: "0.01" },
  ],
  "tax-2007": [{ bases: { collected: "10000000000" }, chosen: "10000000" }],
  "acrc-2006": [{ bases: { recovered: "4000000000" } }, { bases: { recovered: "100000000000" } }],
  "sec-dodd-frank": [
    { bases: { ordered: "500000000", collected: "300000000" }, chosen: "0.2" },
    { bases: { ordered: "100000000", collected: "100000000" }, chosen: "0.2" },
  ],
  "jinhua-default": [
    { grade: 1, bases: { illegalAmount: "4236000000" } },
    { grade: 1, bases: { illegalAmount: "10000000000" } },
    { grade: 2, bases: { penalty: "8000000" } },
    { grade: 3, chosen: "30000", bases: { illegalAmount: "100000000" } },
  ],
};
