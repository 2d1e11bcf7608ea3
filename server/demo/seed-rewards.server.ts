import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { budgets, funds } from "~db/schema/ledger";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { chinaDay, chinaYear, fixedClock, type Clock } from "~server/clock";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest, digestRequest } from "~server/ledger/ask-request.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import type { Portal } from "~server/portal.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { assessAward, type Assessment } from "~server/rewards/assess-award.server";
import type { InformantChoice } from "~server/rewards/build-case.server";
import { listQuestions, USEFUL } from "~server/rewards/list-questions";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { signApproval } from "~server/rewards/sign-approval.server";
import { signingAt } from "~server/rewards/signing.server";
import { startApproval } from "~server/rewards/start-approval.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { reporterActor } from "~server/staff-auth/actor";
import type { DemoLead } from "./demo-grammar";
import { demoReceipt } from "./demo-receipts.server";
import { castMember, type Cast } from "./seed-people.server";
import type { Stage } from "./seed-story.server";

/** ¥2,000,000 a year. */
const BUDGET_FEN = 200_000_000n;

export type RewardPlay = { readonly daysAgo: number; readonly play: (at: Date) => Promise<void> };

/** Money stays within one fiscal year: what the story tells of December plays on New Year's Day. */
export function clockAt(portal: Portal, at: Date): Clock {
  const year = chinaYear(portal.clock.now());
  const newYear = new Date(`${String(year)}-01-01T09:00:00+08:00`);
  return fixedClock(at < newYear ? newYear : at);
}

/** This year's reward budget at the finance bureau, opened by two and funded. */
export async function openDemoBudget(portal: Portal, cast: Cast, at: Date): Promise<string> {
  const clock = clockAt(portal, at);
  const approver = castMember(cast, "approver-1").actor;
  const eventOn = chinaDay(clock.now());
  const asked = {
    kind: "open",
    source: "市级举报奖励专项资金",
    slug: "reward-fund",
    fiscalYear: chinaYear(clock.now()),
    amountFen: BUDGET_FEN,
    eventOn,
  } as const;
  await orderByTwo(portal, cast, { ...asked, reason: "按年初批复的预算开设" }, clock);
  const [opened] = await withActor(portal.db, approver, (tx) =>
    tx
      .select({ budgetId: budgets.id, fundId: budgets.fundId })
      .from(budgets)
      .innerJoin(funds, eq(funds.id, budgets.fundId))
      .where(and(eq(funds.slug, asked.slug), eq(budgets.fiscalYear, asked.fiscalYear))),
  );
  if (opened === undefined) throw new Error("the budget was just opened");
  const arrived = { amountFen: BUDGET_FEN, eventOn, requestKey: "demo-opening", fundId: opened.fundId };
  await receiveFunds(portal.db, arrived, approver, clock);
  return opened.budgetId;
}

/** Asked for by the story's preparer and agreed to by its approver. */
async function orderByTwo(
  portal: Portal,
  cast: Cast,
  asked: Asked & { readonly reason: string },
  clock: Clock,
): Promise<void> {
  const approver = castMember(cast, "approver-1").actor;
  const id = randomUUID();
  await askRequest(portal.db, { ...asked, id }, castMember(cast, "preparer-1").actor, clock);
  const request = await withActor(portal.db, approver, async (tx) => {
    const [row] = await tx.select().from(ledgerRequests).where(eq(ledgerRequests.id, id));
    return row;
  });
  if (request === undefined) throw new Error("the approver sees what was asked for");
  await agreeToRequest(portal.db, { requestId: id, digest: digestRequest(request) }, approver, clock);
}

/** The steps of a lead's reward, each on its day, through the acts finance uses. */
export function playReward(
  portal: Portal,
  input: {
    story: DemoLead;
    stage: () => Stage;
    tipIds: ReadonlyMap<string, string>;
    budgetId: string;
    today: string;
  },
  cast: Cast,
): RewardPlay[] {
  const reward = input.story.reward;
  if (reward === undefined) return [];
  let assessment: Assessment | null = null;
  const awards = () => assessment?.awards ?? [];
  const awardOf = (tip: string | undefined) =>
    awards().find(({ tipId }) => tipId === input.tipIds.get(tip ?? ""));
  return reward.steps.map((step) => ({
    daysAgo: step.daysAgo,
    play: async (at) => {
      const clock = clockAt(portal, at);
      const award = awardOf(step.tip);
      switch (step.step) {
        case "prepare": {
          assessment = await assess(
            portal,
            { ...input, reward },
            castMember(cast, step.by ?? "").actor,
            clock,
          );
          if (assessment.amountFen.toString() !== reward.awardFen) {
            throw new Error(`the story expects an award of ${reward.awardFen}, the scheme gives another`);
          }
          for (const each of awards()) await sign(portal, each.id, "prepare", step.by ?? "", cast, clock);
          return;
        }
        case "review":
        case "approve":
          for (const each of awards()) await sign(portal, each.id, step.step, step.by ?? "", cast, clock);
          return;
        case "claim":
          if (award === undefined) return;
          await acceptAward(
            portal.db,
            { tipId: award.tipId, awardId: award.id },
            reporterActor(lookupIdOf(demoReceipt(portal, step.tip ?? ""))),
            clock,
          );
          await postAcceptedAward(
            portal.db,
            { awardId: award.id },
            castMember(cast, "preparer-1").actor,
            clock,
          );
          return;
        case "pay":
          if (award === undefined) return;
          await orderByTwo(
            portal,
            cast,
            { kind: "pay", awardId: award.id, reason: "银行批量业务停办，逐笔转账" },
            clock,
          );
          await recordPayment(
            portal.db,
            {
              awardId: award.id,
              paidOn: chinaDay(clock.now()),
              reference: `DEMO-${chinaDay(clock.now()).replaceAll("-", "")}-${award.codeName.replace(/[^A-Z0-9]/g, "").slice(0, 6) || "A"}`,
            },
            castMember(cast, "cashier-1").actor,
            clock,
          );
          return;
        case "notify":
        case "settle":
          return;
      }
    },
  }));
}

function assess(
  portal: Portal,
  input: {
    stage: () => Stage;
    tipIds: ReadonlyMap<string, string>;
    budgetId: string;
    reward: NonNullable<DemoLead["reward"]>;
  },
  actor: Parameters<typeof assessAward>[2],
  clock: Clock,
): Promise<Assessment> {
  return assessAward(
    portal.db,
    {
      leadId: input.stage().leadId,
      stage: "final",
      replaces: null,
      schemeId: input.reward.scheme,
      budgetId: input.budgetId,
      grade: input.reward.grade,
      informants: input.reward.informants
        .filter(({ excluded }) => excluded === null)
        .map(({ tip, weight }) => ({
          tipId: input.tipIds.get(tip) ?? "",
          kind: "anonymous" as const,
          weight: String(weight),
          answers: answersInFavour(input.reward.scheme),
        })),
      ...assessorsWords(),
    },
    actor,
    clock,
  );
}

/** Every question answered in the informant's favour; who is not listed asked for nothing, or came later. */
export function answersInFavour(schemeId: string): InformantChoice["answers"] {
  const useful = "最先提供，或者补充了有用的证据";
  return Object.fromEntries(
    listQuestions(loadScheme(schemeId).scheme).map(({ id, excludes }) => [
      id,
      { answer: !excludes, ...(id === USEFUL ? { reason: useful } : {}) },
    ]),
  );
}

export function assessorsWords() {
  return {
    criteria: [0, 1, 2, 3, 4, 5],
    gradeReason: "举报内容与查证结果一致",
    splitBy: "contribution" as const,
    splitReason: "按各自提供的线索和证据所起的作用",
  };
}

export async function sign(
  portal: Portal,
  awardId: string,
  action: "prepare" | "review" | "approve",
  by: string,
  cast: Cast,
  clock: Clock,
): Promise<void> {
  const { actor, key } = castMember(cast, by);
  const signing = { ...signingAt(portal.env.staffOrigin, clock), seedKeys: true };
  const started = await startApproval(portal.db, { awardId, action }, actor, signing);
  const response = key.assert({
    challenge: started.options.challenge,
    rpId: signing.rpId,
    origin: signing.origin,
  });
  await signApproval(portal.db, { challengeId: started.challengeId, response }, actor, signing);
}
