import { formatDay } from "~/i18n/format-date";
import { canonicalJson } from "~server/canonical-json";
import type { Scheme } from "./scheme-grammar";
import type { Rule } from "./scheme-parts";

/** One rule that is another, or new, or gone; texts are the scheme's own (title, then note) and its clause. */
export type SchemeChange = {
  readonly part:
    | "effective"
    | "gate"
    | "base"
    | "rate"
    | "floor"
    | "factor"
    | "uplift"
    | "cap"
    | "split"
    | "exclusion"
    | "claim"
    | "other";
  readonly before: { readonly text: string; readonly clause: string } | null;
  readonly after: { readonly text: string; readonly clause: string } | null;
};

type Said = { readonly text: string; readonly clause: string; readonly whole: string };

/** What differs between two versions, rule by rule, in the order in which a scheme is applied. Pure; texts in Chinese. */
export function diffSchemes(before: Scheme | null, after: Scheme): SchemeChange[] {
  const old = before === null ? null : say(before);
  const fresh = say(after);
  return PARTS.flatMap((part) => compareLists(part, old?.[part] ?? [], fresh[part]));
}

const PARTS = [
  ...(["effective", "gate", "base", "rate", "floor", "factor", "uplift", "cap"] as const),
  ...(["split", "exclusion", "claim", "other"] as const),
];

function say(scheme: Scheme): Record<SchemeChange["part"], Said[]> {
  const rule = (each: Rule, of: unknown = each): Said => ({
    text: `${each.title.zh}。${each.note.zh}`,
    clause: each.clause,
    whole: canonicalJson(of),
  });
  const short = (clause: string, text: string, of: unknown): Said => ({
    text,
    clause,
    whole: canonicalJson(of),
  });
  const { from, to } = scheme.effective;
  const { window } = scheme.claim;
  const units = { day: "日", workingDay: "个工作日", month: "个月" } as const;
  const claimed = window === null ? "未写明领取期限" : `${window.count}${units[window.unit]}内领取`;
  return {
    effective: [
      short(
        scheme.document,
        `${formatDay(from)}起${to === null ? "" : `，${formatDay(to)}止`}`,
        scheme.effective,
      ),
    ],
    gate: scheme.gates.map((each) => rule(each)),
    base: scheme.branches.map(({ rates, floors, ...base }) => {
      void rates;
      void floors;
      return rule(base);
    }),
    rate: scheme.branches.flatMap(({ base, rates }) => rates.map((each) => rule(each, [base, each]))),
    floor: scheme.branches.flatMap(({ base, floors }) => floors.map((each) => rule(each, [base, each]))),
    factor: scheme.factors.map((each) => rule(each)),
    uplift: scheme.uplifts.map((each) => rule(each)),
    cap: scheme.caps.map((each) => rule(each)),
    split: [rule(scheme.split)],
    exclusion: scheme.exclusions.map((each) => short(each.clause, each.title.zh, each)),
    claim: [short(scheme.claim.clause, claimed, scheme.claim)],
    other: [
      rule(scheme.rounding),
      ...scheme.grades.map((each) => short(each.clause, `${each.title.zh}：${each.criteria.zh}`, each)),
      ...scheme.approval.ladder.map((each) => short(each.clause, each.title.zh, each)),
      short(scheme.tax.clause, scheme.tax.taxable ? "应税" : "免税", scheme.tax),
      short(scheme.clawback.clause, scheme.clawback.note.zh, scheme.clawback),
      ...(scheme.supplement ? [rule(scheme.supplement)] : []),
      ...(scheme.terms ?? []).map((each) => rule(each)),
    ],
  };
}

/** What is in both drops out; what is left is paired in order, so that a changed rule stands beside its old self. */
function compareLists(part: SchemeChange["part"], old: Said[], fresh: Said[]): SchemeChange[] {
  const gone = old.filter(({ whole }) => !fresh.some((each) => each.whole === whole));
  const came = fresh.filter(({ whole }) => !old.some((each) => each.whole === whole));
  const rows = Math.max(gone.length, came.length);
  const tell = (said: Said | undefined) =>
    said === undefined ? null : { text: said.text, clause: said.clause };
  return Array.from({ length: rows }, (_, at) => ({ part, before: tell(gone[at]), after: tell(came[at]) }));
}
