import { randomUUID } from "node:crypto";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { fixedClock, type Clock } from "~server/clock";
import { openBudgetIn } from "~server/ledger/open-budget.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { assessAward, type AssessInput } from "~server/rewards/assess-award.server";
import type { InformantChoice } from "~server/rewards/build-case.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import type { GivenAnswer } from "~server/rewards/judge-answers";
import { listQuestions, USEFUL } from "~server/rewards/list-questions";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";
import { signApproval } from "~server/rewards/sign-approval.server";
import { signingAt, type Signing } from "~server/rewards/signing.server";
import { startApproval } from "~server/rewards/start-approval.server";
import { actByTwo } from "./by-two";
import { makeFinding, type TestFinding } from "./make-finding";
import { OFFICE, makeStaff, type TestPerson } from "./make-staff";
import { acceptAs } from "./reporter-of";

export const CLOCK: Clock = fixedClock("2026-06-01T02:00:00Z");
export const TODAY = "2026-06-01";
export const SIGNING: Signing = signingAt("https://tips.example.gov.cn", CLOCK);

export type Desk = {
  readonly preparer: TestPerson;
  readonly reviewer: TestPerson;
  readonly approver: TestPerson;
  readonly cashier: TestPerson;
  readonly fundId: string;
  readonly budgetId: string;
};

/** A finance desk of four people with a funded budget of `budgetFen` (and as much money in the treasury). */
export async function makeDesk(db: Database, budgetFen = 100_000_000n): Promise<Desk> {
  const preparer = await makeStaff(db, ["finance_preparer"]);
  const reviewer = await makeStaff(db, ["finance_reviewer"]);
  const approver = await makeStaff(db, ["finance_approver"]);
  const cashier = await makeStaff(db, ["cashier"]);
  const slug = `fund-${randomUUID().slice(0, 8)}`;
  const opening = { source: slug, slug, fiscalYear: 2026 };
  const eventOn = "2026-01-02";
  if (budgetFen > 0n) {
    const asked = { kind: "open", ...opening, amountFen: budgetFen, eventOn } as const;
    await actByTwo(db, asked, { asker: preparer, agreer: approver, clock: CLOCK });
  }
  // The year is there already, or is opened with nothing in it.
  const { fundId, budgetId } = await openEmptyYear(db, approver, opening);
  if (budgetFen > 0n) {
    const arrived = { amountFen: budgetFen, eventOn, requestKey: randomUUID(), fundId };
    await receiveFunds(db, arrived, approver.actor, CLOCK);
  }
  return { preparer, reviewer, approver, cashier, fundId, budgetId };
}

/** A fund's year with its accounts at zero, as a carry-over needs it. */
export function openEmptyYear(
  db: Database,
  approver: TestPerson,
  year: {
    readonly source: string;
    readonly slug: string;
    readonly fiscalYear: number;
    readonly currency?: string;
  },
): Promise<{ fundId: string; budgetId: string }> {
  return withActor(db, approver.actor, (tx) =>
    openBudgetIn(tx, { packId: "t", agencyId: OFFICE.id, ...year }, approver.actor, CLOCK),
  );
}

/** An informant as a test says it: every question answered in their favour, but for `excluded`. */
export type PlainInformant = Omit<InformantChoice, "answers"> & {
  readonly excluded?: string;
  readonly answers?: InformantChoice["answers"];
};

export type PlainCase = Partial<Omit<AssessInput, "informants">> & { informants?: readonly PlainInformant[] };

/** What the preparer of a plain case chooses: jinhua-default, first grade, everybody as they reported. */
export function assessmentOf(finding: TestFinding, desk: Desk, more: PlainCase = {}): AssessInput {
  const schemeId = more.schemeId ?? "jinhua-default";
  const informants: readonly PlainInformant[] =
    more.informants ?? finding.tipIds.map((tipId) => ({ tipId, kind: "anonymous" as const }));
  return {
    leadId: finding.leadId,
    stage: "final",
    replaces: null,
    schemeId,
    budgetId: desk.budgetId,
    grade: 1,
    criteria: [0, 1, 2, 3, 4],
    gradeReason: "材料与查证结果一致",
    ...(schemeId === "jinhua-default" ? {} : { schemeReason: "按主管机关的办法奖励" }),
    ...(more.chosen === undefined ? {} : { chosenReason: "按线索的作用确定" }),
    ...((more.replaces ?? null) === null ? {} : { whyAgain: "等级认定有误，重新核算" }),
    ...(informants.some(({ weight }) => weight !== undefined)
      ? { splitBy: "contribution" as const, splitReason: "按各自提供的线索" }
      : {}),
    ...more,
    informants: informants.map(({ excluded, ...each }) => ({
      answers: answersOf(schemeId, excluded),
      ...each,
    })),
  };
}

/** Every question answered in the informant's favour, but for one exclusion (by its id, bare as schemes have it). */
export function answersOf(schemeId: string, excluded?: string): InformantChoice["answers"] {
  const known = listShippedSchemeIds().includes(schemeId) ? schemeId : "jinhua-default";
  const answers: Record<string, GivenAnswer> = Object.fromEntries(
    listQuestions(loadScheme(known).scheme).map(({ id, excludes }) => [
      id,
      { answer: !excludes, ...(id === USEFUL ? { reason: "补充了资金去向" } : {}) },
    ]),
  );
  if (excluded !== undefined) {
    const id = excluded.includes(":") ? excluded : `exclusion:${excluded}`;
    answers[id] = { answer: !(answers[id]?.answer ?? false), reason: "查证属于该情形" };
  }
  return answers;
}

export type TestAward = {
  readonly awardId: string;
  readonly tipId: string;
  readonly amountFen: bigint;
  readonly finding: TestFinding;
  readonly poolId: string;
};

/** A drafted award of ¥49,995 for one informant (worked example 7). */
export async function makeAward(db: Database, desk: Desk, illegalAmountFen?: bigint): Promise<TestAward> {
  const finding = await makeFinding(db, illegalAmountFen === undefined ? {} : { illegalAmountFen });
  const done = await assessAward(db, assessmentOf(finding, desk), desk.preparer.actor, CLOCK);
  const [award] = done.awards;
  if (award === undefined) throw new Error("the case gives no award");
  return { awardId: award.id, tipId: award.tipId, amountFen: award.amountFen, finding, poolId: done.poolId };
}

/** One signed act, from the question to the signature. */
export async function signAs(
  db: Database,
  person: TestPerson,
  awardId: string,
  action: ApprovalAction,
  signing: Signing = SIGNING,
): Promise<string> {
  const reason = action === "reject" ? { reason: "材料不齐，请补充后再报" } : {};
  const started = await startApproval(db, { awardId, action, ...reason }, person.actor, signing);
  const done = await signApproval(
    db,
    {
      challengeId: started.challengeId,
      response: person.passkey.assert({
        challenge: started.options.challenge,
        rpId: signing.rpId,
        origin: signing.origin,
      }),
    },
    person.actor,
    signing,
  );
  return done.status;
}

/** Signs an award up to a state of its approval. */
export async function approveTo(
  db: Database,
  desk: Desk,
  awardId: string,
  state: "prepared" | "reviewed" | "approved",
): Promise<void> {
  await signAs(db, desk.preparer, awardId, "prepare");
  if (state === "prepared") return;
  await signAs(db, desk.reviewer, awardId, "review");
  if (state === "reviewed") return;
  await signAs(db, desk.approver, awardId, "approve");
}

/** An award that its informant has accepted. */
export async function makeAcceptedAward(db: Database, desk: Desk): Promise<TestAward> {
  const award = await makeAward(db, desk);
  await approveTo(db, desk, award.awardId, "approved");
  await acceptAs(db, award, CLOCK);
  return award;
}
