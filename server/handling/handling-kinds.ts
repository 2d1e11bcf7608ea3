/** What a body may have done about a lead. Client-safe, as all of this file. */
export const MEASURE_KINDS = [
  "interview",
  "warning",
  "rectify_order",
  "licence",
  "close_down",
  "transfer",
  "online",
  "supervision",
  "other",
] as const;
export type MeasureKind = (typeof MEASURE_KINDS)[number];

/** Numbered letters: 整改意见书, demand for a 兑付方案, 转办函, referral of sites and apps, 移送函. */
export const LETTER_KINDS = ["rectify", "repayment", "forward", "sites", "transfer"] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

export const STEP_KINDS = [
  "served",
  "reminded",
  "answered",
  "received",
  "judged",
  "review",
  "closed",
  "bundle",
  "receipt",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** The steps a letter of a kind has; the database holds the same (0029, keep_letter_steps). */
export const STEPS_OF: Readonly<Record<LetterKind, readonly StepKind[]>> = {
  rectify: ["served", "review", "closed"],
  repayment: ["served", "received", "judged"],
  forward: ["served", "reminded", "answered"],
  sites: ["served", "reminded", "answered"],
  transfer: ["bundle", "receipt"],
};

export const RESULTS_OF = {
  review: ["done", "partly", "not_done"],
  judged: ["accepted", "refused"],
  receipt: ["accepted", "refused"],
  closed: ["done", "ban"],
} as const;

/** 处理决定 on a thing kept: 退还、查封扣押、送检鉴定、移送、没收. */
export const PRESERVATION_DECISIONS = ["return", "seize", "appraise", "transfer", "confiscate"] as const;
export type PreservationDecision = (typeof PRESERVATION_DECISIONS)[number];

/** 行政处罚法（2021 年修订）第五十六条: seven days, which by 第八十五条 are working days. */
export const PRESERVATION_DAYS = 7;
/** 兑付方案: 江苏省方案 asks for it within 10 working days. */
export const REPAYMENT_DAYS = 10;

/** Reports on a page of the bundle: a bundle is built of one page's. */
export const REPORTS_A_PAGE = 10;

/** One point of a letter: what was found or is asked, and the clause where it has one of its own. */
export type LetterItem = { readonly text: string; readonly clause: string | null };

/** All a letter says but its number; kept as it was issued. Nothing of a reporter. */
export type LetterFacts = {
  readonly issuer: string;
  readonly recipient: string;
  readonly leadNumber: number;
  readonly subject: {
    readonly name: string;
    readonly uscc: readonly string[];
    readonly sites: readonly string[];
    readonly apps: readonly string[];
    readonly sectors: readonly string[];
  };
  readonly legalBasis: string;
  readonly reason: string | null;
  readonly items: readonly LetterItem[];
  readonly limit: { readonly days: number; readonly kind: "working" | "calendar" } | null;
  readonly replyTo: string | null;
  readonly issuedOn: string;
};
