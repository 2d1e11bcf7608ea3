import { formatPath } from "~server/describe-issue";
import type { AmountBound, BaseKey, Currency, Text } from "./scheme-parts";

/** A rule of a scheme file that a refusal names, with what tells it apart from another of the same clause. */
export type NamedRule = {
  readonly clause: string;
  readonly title?: Text;
  readonly from?: AmountBound | null;
  readonly to?: AmountBound | null;
  /** Where it stands in the file: `branches[0].rates[1]`. */
  readonly place: string;
};

/** What two rules both decide, or one leaves undecided. */
export type FaultSubject =
  | { readonly of: "grade" | "id"; readonly value: string }
  | { readonly of: "base" | "minimum"; readonly value: BaseKey | "selected" }
  | { readonly of: "everyCase" | "noBase" | "sameCases" };

/** Minor units, or a rate as it is written. */
export type FaultQuantity = { readonly amount: string } | { readonly rate: string };

/** In the words of the commands; a page says the same by the kind, in its own language. */
const SENTENCES = {
  endsBeforeBegins: "ends before it begins",
  bothDecide: "{one} and {other} both decide {subject}",
  supersedesItself: "{one} supersedes itself",
  unknownClass: 'unknown case class "{word}"',
  unknownStage: 'unknown stage "{word}"',
  noRateFor: "{one} has no rate for {subject}",
  noSuchGrade: "the scheme has no {subject}",
  floorWithoutMoney: "a reward without money has no floor",
  emptyRange: "the range is empty: from {low} to {high}",
  shareOfNothing: "{one} is a share of nothing: no base",
  laterWithoutFirst: "{one} is for informants after the first, and {other} knows no first",
  unequalShares: "{one} limits each informant, and {other} does not share equally",
  amountOrShare: "{one} is limited by an amount or by a share, one of the two",
  liftLowers: "{one} lifts below {other}: to {low} from {high}",
  floorAboveCap: "{one} is a floor above the cap of {other}: {high} above {low}",
  overlap: "{one} and {other} overlap",
  overlapBetween: "{one} and {other} overlap between {low} and {high}",
  gap: "{one} and {other} leave a gap between {low} and {high}",
  bothInclude: "{one} and {other} both include {low}",
  bothExclude: "{one} and {other} both exclude {low}",
  emptyBracket: "{one} is empty",
  smallerUndecided: "{one} leaves smaller amounts undecided",
  largerUndecided: "{one} leaves larger amounts undecided",
  neverReached: "{other} is never reached: {one} takes every case before it",
  baseTaken: "{other} rests on {subject}, and {one} decides before it wherever there is any",
  baseNotCounted: "{one} rests on {subject}, which {other} does not count",
  nobodyAllowed: "{one} and {other} allow no kind of informant in common",
  stageWithoutRate: "{one} has no rate in {other}",
  stageUnused: "{one} is a stage without a rate",
  timesZero: "{one} multiplies by 0, which leaves no award",
  multipliedTwice: "{one} and {other} both multiply in the same cases",
} as const;
export type FaultKind = keyof typeof SENTENCES;

/** Why a scheme is refused, in parts that any language can be made of. */
export type SchemeFault = {
  readonly kind: FaultKind;
  readonly one?: NamedRule;
  readonly other?: NamedRule;
  readonly subject?: FaultSubject;
  readonly word?: string;
  readonly low?: FaultQuantity;
  readonly high?: FaultQuantity;
};
export type Fault = SchemeFault & { readonly path: FaultPath };
export type FaultPath = readonly (string | number)[];

/** The rule at a place of the file, as a refusal names it. */
export function named({ clause, title, from, to }: Omit<NamedRule, "place">, path: FaultPath): NamedRule {
  return {
    clause,
    ...(title === undefined ? {} : { title }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    place: formatPath("", path),
  };
}

/** What has to stand beside the clauses so that the reader can tell the two rules apart. */
export function tellApart({ one, other }: SchemeFault): "clause" | "title" | "bounds" | "place" {
  if (one === undefined || other === undefined || one.clause !== other.clause) return "clause";
  const titles = [one.title, other.title];
  if (new Set(titles.map((title) => title?.zh)).size + new Set(titles.map((title) => title?.en)).size === 4) {
    return "title";
  }
  const bounds = ({ from, to }: NamedRule) => JSON.stringify([from, to]);
  return one.from !== undefined && bounds(one) !== bounds(other) ? "bounds" : "place";
}

const SUBJECTS = {
  grade: "grade ",
  id: "",
  base: "",
  minimum: "the minimum of ",
  everyCase: "every case",
  noBase: "every case without a base",
  sameCases: "the same cases",
} as const;

/** The refusal in English, as the commands say it. */
export function sayInEnglish(fault: SchemeFault, currency: Currency): string {
  const detail = tellApart(fault);
  const name = (rule: NamedRule | undefined) => {
    if (rule === undefined) return "";
    const said = JSON.stringify(rule.clause);
    if (detail === "title") return `${said} (${rule.title?.en ?? rule.place})`;
    if (detail === "bounds") return `${said} (${sayBounds(rule, currency)})`;
    return detail === "place" ? `${said} (${rule.place})` : said;
  };
  const { subject } = fault;
  const put: Record<string, string> = {
    one: name(fault.one),
    other: name(fault.other),
    subject: subject === undefined ? "" : `${SUBJECTS[subject.of]}${"value" in subject ? subject.value : ""}`,
    word: fault.word ?? "",
    low: sayQuantity(fault.low, currency),
    high: sayQuantity(fault.high, currency),
  };
  return SENTENCES[fault.kind].replaceAll(/\{(\w+)\}/g, (_, key: string) => put[key] ?? "");
}

function sayBounds({ from, to }: NamedRule, currency: Currency): string {
  const low = from
    ? `${from.inclusive ? "from" : "above"} ${sayAmount(from.value, currency)}`
    : "from nothing";
  const high = to
    ? `${to.inclusive ? "up to" : "to below"} ${sayAmount(to.value, currency)}`
    : "without limit";
  return `${low} ${high}`;
}

function sayQuantity(quantity: FaultQuantity | undefined, currency: Currency): string {
  if (quantity === undefined) return "";
  return "rate" in quantity ? quantity.rate : sayAmount(quantity.amount, currency);
}

/** Each currency's minor and major unit; the won and the yen have none below them. */
const UNITS = {
  CNY: ["fen", "yuan"],
  USD: ["cents", "dollars"],
  KRW: ["won", null],
  JPY: ["yen", null],
} as const;

/** `5000000000 fen (50,000,000 yuan)`: the number as the file has it, and as people read it. */
function sayAmount(value: string, currency: Currency): string {
  const [minor, major] = UNITS[currency];
  if (major === null) return `${value} ${minor}`;
  const digits = value.padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  const places = digits.slice(-2) === "00" ? "" : `.${digits.slice(-2)}`;
  return `${value} ${minor} (${whole}${places} ${major})`;
}
