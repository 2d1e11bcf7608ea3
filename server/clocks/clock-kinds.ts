import type { LimitKind } from "./due-day";

/** What a lead's clocks count. 受理 and 办理 start with the dispatch; the rest by the acts they belong to. */
export const CLOCK_KINDS = [
  "accept",
  "handle",
  "rectify",
  "follow_up",
  "preservation",
  "repayment_plan",
  "dispute",
  "answer",
] as const;
export type ClockKind = (typeof CLOCK_KINDS)[number];

/** The two that stand still while a reporter's answer or a 会商 is waited for. */
export const BOARD_CLOCKS: readonly ClockKind[] = ["accept", "handle"];

/** Those of handling: what a subject, a body or the office was given a day for. */
export const HANDLING_CLOCKS = ["rectify", "follow_up", "preservation", "repayment_plan", "answer"] as const;
/** Those a lead takes with it when it ends; what the law keeps running (先行登记保存) is decided on first. */
export const ENDING_CLOCKS: readonly ClockKind[] = [
  ...BOARD_CLOCKS,
  ...HANDLING_CLOCKS.filter((kind) => kind !== "preservation"),
];
/** Those whose end is told by mail and listed when it has passed. */
export const DEADLINE_CLOCKS = ["accept", "handle", ...HANDLING_CLOCKS] as const;
export type DeadlineClock = (typeof DEADLINE_CLOCKS)[number];

/** Why a clock stands still: a reporter was asked, the lead is in 争议会商, or a reason of its own. */
export type PauseCause = "reporter" | "dispute" | "other";

/** What a clock starts with; frozen in its row, so that a later pack changes no deadline that was told. */
export type ClockLimit = {
  readonly days: number;
  readonly kind: LimitKind;
  /** Where it stands; absent: a setting of this office. */
  readonly clause?: string | undefined;
  /** Days it may be extended by, once, of the same kind. */
  readonly extension?: number | undefined;
  /** Working days it stands still for a reporter's answer, and how often at most; absent: never. */
  readonly wait?: { readonly days: number; readonly times: number } | undefined;
};
