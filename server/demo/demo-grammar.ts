import { z } from "zod";
import { isValidUscc } from "~/forms/uscc";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { ROLES } from "~server/staff-auth/roles";

/**
 * The grammar of a pack's demonstration data. Its rules also keep the data plainly invented: web sites on
 * names that can never be registered (RFC 2606), credit codes no authority issues, telephone numbers no
 * subscriber has. Money is a string of 分, days are whole days before the day of loading (UTC+8).
 */

const text = (max: number) => z.string().trim().min(1).max(max);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/);
const fen = z.string().regex(/^(0|[1-9]\d{0,15})$/);
const daysAgo = z.int().min(1).max(60);

/** Inside a host name, `example` and `test` are the reserved top-level labels. */
const site = z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+(example|test)$/);

/** Registration authority X and division 000000 exist nowhere, so no organisation can hold such a code. */
const uscc = z
  .string()
  .regex(/^X0000000/, "a demo code starts with X0000000")
  .refine(isValidUscc, "its check character is wrong");

/** The exchange 0000 is never assigned, nor is a bank card that starts with 0000. */
const phoneOrAccount = z.string().regex(/^(0579-0000-\d{4}|0000 0000 0000 0000 \d{3})$/);

export const demoAgencies = [
  "leading-office",
  "financial-office",
  "market-regulation",
  "central-bank",
  "banking-regulation",
  "insurance-association",
  "economy-it",
  "construction",
  "commerce",
  "police",
  "petition",
  "finance",
] as const;

export const boardColumns = [
  "new",
  "triage",
  "dispatched",
  "investigating",
  "determined",
  "closed",
  "disputed",
  "rejected",
  "returned",
] as const;

/** 属实 / 不属实 / 不予受理 / 移送 / 重复 / 证据不足, in that order. */
export const closureCodes = [
  "substantiated",
  "unsubstantiated",
  "not_accepted",
  "transferred",
  "duplicate",
  "insufficient_evidence",
] as const;

/** Lower bounds in 分: routing and escalation read a band by its lower bound. */
export const amountBandFloorFen = {
  lt100k: 0n,
  "100k_1m": 10_000_000n,
  "1m_5m": 100_000_000n,
  "5m_10m": 500_000_000n,
  "10m_50m": 1_000_000_000n,
  "50m_100m": 5_000_000_000n,
  gte100m: 10_000_000_000n,
} as const;

/** Lower bounds in persons. */
export const peopleBandFloor = { lt10: 1, "10_49": 10, "50_149": 50, "150_499": 150, gte500: 500 } as const;

const bandOf = <T extends string>(bands: Record<T, unknown>) => z.enum(Object.keys(bands) as [T, ...T[]]);

const amount = z.union([
  z.literal("unknown"),
  z.strictObject({ band: bandOf(amountBandFloorFen) }),
  z.strictObject({ exactFen: fen }),
]);

const people = z.union([
  z.literal("unknown"),
  z.strictObject({ band: bandOf(peopleBandFloor) }),
  z.strictObject({ exact: z.int().min(1).max(99_999) }),
]);

const place = z.union([z.literal("online"), z.literal("unknown"), z.string().regex(/^\d{6}$/)]);

const platform = z.strictObject({
  id: slug,
  name: text(100),
  aliases: z.array(text(100)).max(6),
  sector: z.enum(SECTOR_IDS),
  sites: z.array(site).max(10),
  uscc,
  apps: z.array(text(60)).max(10),
  responsible: z.array(text(20)).max(10),
  phonesOrAccounts: z.array(phoneOrAccount).max(10),
  territory: z.strictObject({ registered: place, operating: place }),
  about: text(200),
});

const contact = z.strictObject({
  name: text(20),
  /** Shown as an example on every form in the country; it is nobody's. */
  phone: z.literal("13800000000").nullable(),
  email: z
    .string()
    .regex(/^[a-z0-9._-]+@([a-z0-9-]+\.)+(example|test)$/)
    .nullable(),
});

/** Made while loading: a picture without anything on it, or a page of PDF that says it is of the demonstration. */
const file = z.strictObject({ name: z.string().regex(/^[^/\\]{1,60}\.(jpg|pdf)$/) });

const tip = z
  .strictObject({
    id: z.string().regex(/^t\d{2}$/),
    platform: slug,
    daysAgo,
    channel: z.enum(["web", "hotline"]),
    mode: z.enum(["named", "anonymous"]),
    language: z.enum(["zh-CN", "en"]),
    relation: z.enum(["investor", "employee", "insider", "relative", "other"]),
    subjectKind: z.enum(["organisation", "person", "site"]),
    subjectName: z.union([z.literal("不清楚"), text(100).min(2)]),
    uscc: uscc.nullable(),
    sites: z.array(site).max(10),
    apps: z.array(text(60)).max(10),
    responsible: z.array(text(20)).max(10),
    phonesOrAccounts: z.array(phoneOrAccount).max(10),
    territory: z.strictObject({ registered: place, operating: place, occurred: place }),
    sector: z.enum(SECTOR_IDS),
    redLines: z.array(text(40)).min(1).max(21),
    /** Whole months before the month of loading, so that the story stays true however old the data is. */
    startedMonthsAgo: z.int().min(1).max(60),
    ongoing: z.enum(["yes", "no", "unknown"]),
    amount,
    ownLossFen: fen.nullable(),
    people,
    /** Percent a year as the reporter understood it, a decimal string. */
    promisedYield: z
      .string()
      .regex(/^\d{1,4}(\.\d{1,2})?$/)
      .nullable(),
    narrative: z.string().trim().min(20).max(5000),
    source: z.enum(["own_experience", "family_or_friend", "workplace", "advertisement", "online", "other"]),
    /** Where else it was reported, in the reporter's words; null for nowhere. */
    reportedElsewhere: text(100).nullable(),
    contact: contact.nullable(),
    wantsReward: z.boolean(),
    /** Asked only of those who want a reward. */
    conflictDeclared: z.union([z.literal("none"), text(200)]).nullable(),
    /** Whether an agency or an official is concerned: such a report goes to the leading office alone. */
    concernsOfficial: z.boolean().optional(),
    files: z.array(file).max(3).optional(),
  })
  .superRefine((it, issues) => {
    const say = (path: string, message: string) => issues.addIssue({ code: "custom", path: [path], message });
    if ((it.mode === "named") !== (it.contact !== null))
      say("contact", "named reporters, and only they, leave one");
    if (it.wantsReward !== (it.conflictDeclared !== null)) say("conflictDeclared", "goes with a reward wish");
    const identified = it.uscc ?? it.sites[0] ?? it.apps[0] ?? it.responsible[0] ?? it.phonesOrAccounts[0];
    if (it.subjectName === "不清楚" && identified === undefined)
      say("subjectName", "nothing identifies the subject");
    // Any 28 days ago lie at most one month back.
    if (it.startedMonthsAgo < Math.ceil(it.daysAgo / 28))
      say("startedMonthsAgo", "starts after the tip arrived");
  });

const person = z.strictObject({
  id: slug,
  name: z.string().regex(/^演示·\p{Script=Han}{2,3}$/u),
  role: z.enum(ROLES),
  agency: z.enum(demoAgencies),
  title: text(40),
  vault: z.enum(["A", "B"]).optional(),
});

const agency = z.strictObject({
  id: z.enum(demoAgencies),
  name: text(40),
  /** Without accounts an agency gets a 转办函 and answers through the leading office. */
  hasAccounts: z.boolean(),
});

const move = z.strictObject({
  daysAgo,
  from: z.enum(boardColumns),
  to: z.enum(boardColumns),
  by: slug,
  note: text(400),
  /** On dispatch: who holds the lead from here on, and who helps. */
  agency: z.enum(demoAgencies).optional(),
  cooperating: z.array(z.enum(demoAgencies)).optional(),
  /** The agency for which the leading office records an answer that came by letter. */
  onBehalfOf: z.enum(demoAgencies).optional(),
  letter: text(60).optional(),
  legalBasis: text(200).optional(),
  proposedAgency: z.enum(demoAgencies).optional(),
});

const opinion = z.strictObject({
  daysAgo,
  agency: z.enum(demoAgencies),
  by: slug,
  opinion: text(500),
  legalBasis: text(200),
});

const findings = z.strictObject({
  recordedBy: slug,
  verifiedBy: slug,
  entityClass: z.enum(["compliant", "rectify", "ban"]),
  illegalAmountFen: fen,
  penaltyFen: fen,
  illegalGainsFen: fen,
  collectedFen: fen,
  decisionNumber: z.string().regex(/^\p{Script=Han}+〔\d{4}〕000号$/u),
  decidedDaysAgo: daysAgo,
  penalty: text(300),
  final: z.boolean(),
  finalDaysAgo: daysAgo.nullable(),
  finality: text(300),
});

const informant = z.strictObject({
  tip: z.string(),
  weight: z.int().min(0).max(100),
  excluded: text(200).nullable(),
  /** What this informant must come out with; the loader compares it with what the scheme computes. */
  shareFen: fen,
});

const reward = z.strictObject({
  scheme: z.literal("jinhua-default"),
  grade: z.int().min(1).max(3),
  gradeReason: text(300),
  informants: z.array(informant).min(1),
  awardFen: fen,
  steps: z.array(
    z.strictObject({
      step: z.enum(["prepare", "review", "approve", "notify", "claim", "pay", "settle"]),
      daysAgo,
      by: slug.nullable(),
      tip: z.string().optional(),
      method: z.enum(["bank_transfer", "claim_code"]).optional(),
      note: text(300),
    }),
  ),
});

const lead = z.strictObject({
  platform: slug,
  endsAt: z.enum(boardColumns),
  moves: z.array(move),
  escalation: z.strictObject({ daysAgo, threshold: z.literal("tips_in_7_days"), note: text(300) }).optional(),
  messages: z
    .array(
      z.strictObject({
        tip: z.string(),
        daysAgo,
        from: z.enum(["staff", "reporter"]),
        by: slug.nullable(),
        text: text(500),
        /** True while the clock stands still for the reporter's answer. */
        waiting: z.boolean(),
        /** Of the reporter's. */
        files: z.array(file).max(2).optional(),
      }),
    )
    .optional(),
  dispute: z
    .strictObject({
      question: text(300),
      opinions: z.array(opinion).length(2),
      meeting: z.strictObject({ daysAgo, by: slug, people: text(300), summary: text(600) }),
      next: text(300),
    })
    .optional(),
  transfer: z
    .strictObject({ to: z.enum(demoAgencies), daysAgo, letter: text(60), legalBasis: text(200) })
    .optional(),
  findings: findings.optional(),
  rectification: z
    .strictObject({ number: text(60), issuedDaysAgo: daysAgo, days: z.int(), items: z.array(text(200)) })
    .optional(),
  closure: z
    .strictObject({ code: z.enum(closureCodes), daysAgo, by: slug, toReporter: text(400) })
    .optional(),
  /** Tips of this lead that end otherwise than the lead does. */
  tipClosures: z
    .array(z.strictObject({ tip: z.string(), code: z.enum(closureCodes), toReporter: text(400) }))
    .optional(),
  reward: reward.optional(),
});

export const demoPlatforms = z.strictObject({ platforms: z.array(platform) });
export const demoTips = z.strictObject({ tips: z.array(tip) });
export const demoStaff = z.strictObject({ agencies: z.array(agency), people: z.array(person) });
export const demoClosures = z.strictObject({
  closures: z.array(z.strictObject({ code: z.enum(closureCodes), label: text(10), sentence: text(200) })),
});
export const demoStory = z.strictObject({ leads: z.array(lead) });

export type DemoPlatform = z.infer<typeof platform>;
export type DemoTip = z.infer<typeof tip>;
export type DemoFile = z.infer<typeof file>;
export type DemoMessage = NonNullable<z.infer<typeof lead>["messages"]>[number];
export type DemoPerson = z.infer<typeof person>;
export type DemoLead = z.infer<typeof lead>;
export type DemoMove = z.infer<typeof move>;

/** The year and month (YYYY-MM) so many whole months before a day given as YYYY-MM-DD. */
export function monthBefore(today: string, months: number): string {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7));
  const count = year * 12 + month - 1 - months;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}
