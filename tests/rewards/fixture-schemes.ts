import type { RateForm } from "~server/rewards/rate-grammar";
import {
  branch,
  buildScheme,
  cap,
  excl,
  finalGate,
  incl,
  minimumGate,
  percentBrackets,
  rule,
} from "./build-scheme";

// Published schemes the grammar must have room for, by the facts they are known by.

const yi = "10000000000";

export const qinghai = buildScheme({
  id: "qinghai-fundraising",
  gates: [finalGate],
  branches: [
    branch(
      "fundraising",
      {
        1: percentBrackets([null, excl(yi), "0.05%"], [incl(yi), null, "0.06%"]),
        2: percentBrackets([null, excl(yi), "0.01%"], [incl(yi), null, "0.02%"]),
        3: { kind: "amountRange", from: incl("10000"), to: incl("50000") },
      },
      { 1: "100000", 2: "50000" },
    ),
  ],
  caps: [cap("10000000")],
});

export const csrc = buildScheme({
  id: "csrc-2026",
  gates: [finalGate, minimumGate("penalty", incl("100000000"))],
  caseClasses: [
    { id: "national", clause: "classes", title: { zh: "全国影响", en: "National" } },
    { id: "huge", clause: "classes", title: { zh: "数额特别巨大", en: "Huge" } },
  ],
  branches: [branch("penalty", { 0: { kind: "percent", rate: "3%" } })],
  caps: [
    cap("50000000"),
    cap("100000000", { kind: "caseClass", id: "national" }),
    cap("100000000", { kind: "caseClass", id: "huge" }),
    cap("100000000", { kind: "informantKind", id: "insider" }),
  ],
});

const acrcRows: [string | null, string | null, string][] = [
  [null, "100000000", "20%"],
  ["100000000", "500000000", "14%"],
  ["500000000", "2000000000", "10%"],
  ["2000000000", "4000000000", "6%"],
  ["4000000000", null, "4%"],
];
export const acrc = buildScheme({
  id: "acrc-2006",
  currency: "KRW",
  branches: [
    branch("recovered", {
      0: {
        kind: "marginal",
        brackets: acrcRows.map(([from, to, rate]) => ({
          clause: rate,
          title: { zh: rate, en: rate },
          from: from === null ? null : excl(from),
          to: to === null ? null : incl(to),
          rate,
        })),
      },
    }),
  ],
  caps: [cap("2000000000")],
});

export const sec = buildScheme({
  id: "sec-dodd-frank",
  currency: "USD",
  gates: [minimumGate("ordered", excl("100000000"))],
  branches: [
    branch("collected", {
      0: {
        kind: "rateRange",
        from: { value: "10%", inclusive: true },
        to: { value: "30%", inclusive: true },
      },
    }),
  ],
});

export const beijing = buildScheme({
  id: "beijing-2016",
  branches: [
    branch(null, {
      1: { kind: "fixed", amount: "10000000" },
      2: { kind: "fixed", amount: "5000000" },
      3: { kind: "fixed", amount: "1000000" },
      4: { kind: "fixed", amount: "500000" },
    }),
  ],
  caps: [cap("10000000")],
});

const tianjinStages: Extract<RateForm, { kind: "stages" }>["stages"] = [
  {
    id: "acceptance",
    ...rule("受理"),
    minimum: null,
    outcome: { kind: "amountRange", from: incl("50000"), to: incl("100000") },
  },
  {
    id: "filing",
    ...rule("立案"),
    minimum: null,
    outcome: { kind: "amountRange", from: incl("200000"), to: incl("1000000") },
  },
  {
    id: "large",
    ...rule("1亿元以上"),
    minimum: { base: "illegalAmount", at: incl(yi) },
    outcome: { kind: "amountRange", from: incl("1000000"), to: incl("5000000") },
  },
];
export const tianjin = buildScheme({
  id: "tianjin-stage",
  branches: [branch(null, { 0: { kind: "stages", stages: tianjinStages } })],
  caps: [cap("5000000")],
});

export const shanghai = buildScheme({
  id: "shanghai-fixed",
  gates: [{ kind: "kinds", ...rule("实名"), allowed: ["named", "insider"] }],
  branches: [branch(null, { 1: { kind: "fixed", amount: "20000" } })],
});

const ceilings: [string | null, string | null, string][] = [
  [yi, null, "10000000"],
  ["5000000000", yi, "6000000"],
  ["1000000000", "5000000000", "4000000"],
  ["500000000", "1000000000", "2000000"],
  ["100000000", "500000000", "1000000"],
  [null, "100000000", "500000"],
];
export const tax = buildScheme({
  id: "tax-2007",
  gates: [
    { kind: "collected", ...rule("collected") },
    { kind: "kinds", ...rule("实名"), allowed: ["named", "insider"] },
  ],
  branches: [
    branch("collected", {
      0: {
        kind: "brackets",
        brackets: ceilings.map(([from, to, ceiling]) => ({
          clause: `collected from ${from ?? "0"}`,
          title: { zh: ceiling, en: ceiling },
          from: from === null ? null : incl(from),
          to: to === null ? null : excl(to),
          outcome: { kind: "amountRange", from: excl("0"), to: incl(ceiling) },
        })),
      },
    }),
  ],
});

const share = (from: string, to: string): RateForm => ({
  kind: "rateRange",
  from: { value: from, inclusive: true },
  to: { value: to, inclusive: true },
});
const foodForms = { 1: share("4%", "6%"), 2: share("2%", "4%"), 3: share("1%", "2%") };
const foodFloors = { 1: "200000", 2: "100000", 3: "20000" };
export const foodDrug = buildScheme({
  id: "food-drug-henan",
  branches: [branch("goods", foodForms, foodFloors), branch("penalty", foodForms, foodFloors)],
  caps: [cap("50000000")],
});
