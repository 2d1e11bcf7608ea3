/** A period as calendar years or days; null where nothing ever goes. */
export type Period = { readonly years: number } | { readonly days: number } | null;

export type RetentionRule = {
  readonly id: "drafts" | "spam" | "unfounded" | "founded" | "accounts" | "facts" | "trail";
  readonly keep: Period;
  /** Where no law gives a number it is this office's setting, and the page says so. */
  readonly source: { readonly kind: "law" | "setting"; readonly text: string };
};

export type RetentionPolicy = {
  readonly version: string;
  /** YYYY-MM-DD, in China: the first day it holds, and the last (null: until further notice). */
  readonly from: string;
  readonly until: string | null;
  readonly rules: readonly RetentionRule[];
};

/** What is destroyed of a report by a batch of two hands, by why the report ended. */
export const DELETABLE_CATEGORIES = ["spam", "unfounded", "founded"] as const;
export type DeletableCategory = (typeof DELETABLE_CATEGORIES)[number];

/**
 * How long what is kept, oldest first. A new version ends the one before it the day before it begins; a version that
 * was in force is never edited, since tombstones name it. Whoever sets another period adds a version here.
 */
export const RETENTION_POLICIES: readonly RetentionPolicy[] = [
  {
    version: "2026.1",
    from: "2026-01-01",
    until: null,
    rules: [
      // server/intake/save-draft.server.ts deletes by itself: nobody else ever had a draft.
      { id: "drafts", keep: { days: 30 }, source: { kind: "setting", text: "" } },
      { id: "spam", keep: { years: 1 }, source: { kind: "setting", text: "" } },
      // Three years is the time within which rights out of the matter can be brought to court.
      {
        id: "unfounded",
        keep: { years: 3 },
        source: { kind: "setting", text: "参照《民法典》第一百八十八条（三年）" },
      },
      { id: "founded", keep: { years: 10 }, source: { kind: "setting", text: "" } },
      {
        id: "accounts",
        keep: { years: 30 },
        source: { kind: "law", text: "《会计档案管理办法》（财政部、国家档案局令第79号）附表2" },
      },
      { id: "facts", keep: null, source: { kind: "setting", text: "" } },
      { id: "trail", keep: null, source: { kind: "setting", text: "" } },
    ],
  },
];

/** The policy of a day (YYYY-MM-DD); null before the first. */
export function policyOn(
  day: string,
  policies: readonly RetentionPolicy[] = RETENTION_POLICIES,
): RetentionPolicy | null {
  return policies.find(({ from, until }) => from <= day && (until === null || day <= until)) ?? null;
}

/** Years a category of reports is kept under a policy. Throws where the policy leaves it out: nothing is guessed. */
export function yearsOf(policy: RetentionPolicy, category: DeletableCategory): number {
  const keep = policy.rules.find(({ id }) => id === category)?.keep;
  if (keep === undefined || keep === null || !("years" in keep) || keep.years < 1)
    throw new Error(`retention policy ${policy.version} gives no years for ${category}`);
  return keep.years;
}
