import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { answerObjection } from "~server/rewards/answer-objection.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { issueDecision } from "~server/rewards/issue-decision.server";
import { listObjections } from "~server/rewards/list-objections.server";
import { printDecision } from "~server/rewards/print-decision.server";
import {
  CLOCK,
  approveTo,
  assessmentOf,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { accountsOf, insertPosting, inTransaction } from "~tests/ledger/raw-posting";
import { acceptAs, awardsShown } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db, 1_000_000_000n);
});

/** The row of an objection as the informant's form writes it (state-objection): its words are a sealed message. */
async function object(award: TestAward): Promise<string> {
  const [message, id] = [randomUUID(), randomUUID()];
  await test.db.pool.query(
    `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
     values ($1, $2, 'in', 'text', '2026-06-01', 's', '\\x00', $3, $4, $3, $4)`,
    [message, award.tipId, Buffer.alloc(32), Buffer.alloc(48)],
  );
  await test.db.pool.query(
    `insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on)
     values ($1, $2, $3, $4, 'grade', $5, '2026-06-01', '2026-06-23')`,
    [id, award.awardId, award.finding.leadId, award.tipId, message],
  );
  return id;
}

async function approved(): Promise<TestAward> {
  const award = await makeAward(test.db, desk);
  await approveTo(test.db, desk, award.awardId, "approved");
  return award;
}

const encumbered = async () =>
  (await readBalances(test.db, desk.approver.actor))
    .flatMap(({ budgets }) => budgets)
    .find(({ budgetId }) => budgetId === desk.budgetId)?.encumberedFen;
const answer = "材料已经再次核对，等级认定无误，维持原奖励。";
const again = (award: TestAward, more = {}) =>
  assessAward(
    test.db,
    assessmentOf(award.finding, desk, { replaces: award.poolId, grade: 2, objectionAnswer: answer, ...more }),
    desk.preparer.actor,
    CLOCK,
  );

it("an award that is not approved is not objected to, and one has one open objection", async () => {
  const draft = await makeAward(test.db, desk);
  expect(await refusedBy(object(draft))).toBe("award_objections_late");
  const award = await approved();
  await object(award);
  expect(await refusedBy(object(award))).toBe("award_objections_open_uq");
});

it("while an objection is open its award is neither accepted nor lapses; kept by somebody else, it is", async () => {
  const award = await approved();
  const objectionId = await object(award);
  expect(await refusalOf(acceptAs(test.db, award, CLOCK))).toBe("objection_open");
  const lapse = test.db.pool.query("update awards set status = 'lapsed' where id = $1", [award.awardId]);
  expect(await refusedBy(lapse)).toBe("award_objections_open");
  const keep = (person = desk.reviewer) =>
    answerObjection(test.db, { objectionId, answer }, person.actor, CLOCK);
  expect(await refusalOf(keep(desk.preparer))).toBe("objection_apart");
  expect(await refusalOf(keep(desk.cashier))).toBe("wrong_role");
  const outsider = await makeStaff(test.db, ["triage_officer"]);
  expect(await refusalOf(listObjections(test.db, { open: true, page: 1 }, outsider.actor, CLOCK))).toBe(
    "not_found",
  );
  const { rows } = await listObjections(test.db, { open: true, page: 1 }, desk.reviewer.actor, CLOCK);
  expect(rows.find(({ id }) => id === objectionId)).toMatchObject({ ground: "grade", own: false });
  await keep();
  expect(await refusalOf(keep())).toBe("objection_answered");
  expect((await awardsShown(test.db, award.tipId))[0]?.objections).toMatchObject([
    { outcome: "kept", answer },
  ]);
  expect((await acceptAs(test.db, award, CLOCK)).isNew).toBe(true);
});

it("an approved award is given up for an objection alone, its money released in the same transaction", async () => {
  const award = await approved();
  const before = (await encumbered()) ?? 0n;
  expect(await refusalOf(again(award))).toBe("assessment_approved");
  await object(award);
  expect(await refusalOf(again(award, { objectionAnswer: undefined }))).toBe("objection_answer_missing");
  expect(await refusalOf(again(award, { whyAgain: undefined }))).toBe("again_reason");
  expect(await encumbered()).toBe(before);
  const next = await again(award);
  expect(await encumbered()).toBe(before - award.amountFen);
  expect((await awardsShown(test.db, award.tipId)).map(({ status }) => status)).toEqual(["revoked"]);
  await approveTo(test.db, desk, next.awards[0]?.id ?? "", "approved");
  expect((await awardsShown(test.db, award.tipId)).map(({ status }) => status)).toEqual([
    "approved",
    "revoked",
  ]);
});

it("without an objection answered by a new computation, nobody takes the money back past two people", async () => {
  const of = await accountsOf(test.db.pool, desk.budgetId);
  const takeBack = (award: TestAward, before = "select 1") =>
    refusedBy(
      inTransaction(test.db.pool, async (client) => {
        await client.query(before);
        await insertPosting(client, {
          event: "award.revoked",
          fundId: desk.fundId,
          awardId: award.awardId,
          actorId: desk.preparer.actor.id,
          requestId: null,
          entries: [[of("available"), of("encumbered"), award.amountFen]],
        });
        await client.query("update awards set status = 'revoked' where id = $1", [award.awardId]);
      }),
    );
  const award = await approved();
  expect(await takeBack(award)).toBe("ledger_transactions_by_two");
  const objectionId = await object(award);
  expect(await takeBack(award)).toBe("ledger_transactions_by_two");
  // Answered as kept, even in the same transaction; and a computation that does not follow is no answer.
  const answered = (outcome: string, pool: string) =>
    `update award_objections set outcome = '${outcome}', answer = '${answer}', new_pool_id = ${pool}, answered_at = now(),
       answered_by = '${outcome === "kept" ? desk.reviewer.actor.id : desk.preparer.actor.id}' where id = '${objectionId}'`;
  expect(await takeBack(award, answered("kept", "null"))).toBe("ledger_transactions_by_two");
  expect(await takeBack(award, answered("reassessed", `'${award.poolId}'`))).toBe("award_objections_new");
  await answerObjection(test.db, { objectionId, answer }, desk.reviewer.actor, CLOCK);
  expect(await takeBack(award)).toBe("ledger_transactions_by_two");
});

it("of two assessors one replaces, and of an objection and an acceptance one goes first", async () => {
  const award = await approved();
  await object(award);
  const both = await Promise.all([1, 2].map(() => refusalOf(again(award))));
  expect(both.sort()).toEqual(["accepted", "assessment_changed"]);
  const live = await test.db.pool.query(
    "select 1 from awards where lead_id = $1 and status not in ('rejected','superseded','revoked','lapsed')",
    [award.finding.leadId],
  );
  expect(live.rowCount).toBe(1);
  const other = await approved();
  const [stated, accepted] = await Promise.allSettled([object(other), acceptAs(test.db, other, CLOCK)]);
  // Accepted first, it may still be objected to; objected to first, it is not accepted.
  expect(stated.status).toBe("fulfilled");
  const [row] = await awardsShown(test.db, other.tipId);
  expect(row?.status).toBe(accepted.status === "fulfilled" ? "accepted" : "approved");
});

it("of a re-assessment and an approval of the same computation one wins", async () => {
  const award = await makeAward(test.db, desk);
  await approveTo(test.db, desk, award.awardId, "reviewed");
  const [assessed, signed] = await Promise.all([
    refusalOf(again(award)),
    refusalOf(signAs(test.db, desk.approver, award.awardId, "approve")),
  ]);
  expect([assessed, signed].filter((outcome) => outcome === "accepted")).toHaveLength(1);
});

it("decisions are numbered without gaps, the first time they are asked for, and never name anybody", async () => {
  const portal = { db: test.db, clock: CLOCK };
  const draft = await makeAward(test.db, desk);
  expect(await refusalOf(issueDecision(portal, draft, desk.preparer.actor))).toBe("decision_unready");
  const made = [await approved(), await approved(), await approved()];
  const told = await Promise.all(
    [...made, ...made].map((award) => issueDecision(portal, award, desk.preparer.actor)),
  );
  expect([...new Set(told.map(({ no }) => no))].sort()).toEqual([1, 2, 3]);
  expect(told[0]?.facts.answers.length).toBeGreaterThan(10);
  const [first, second] = await Promise.all(
    [1, 2].map(() => printDecision(portal, made[0] ?? draft, desk.cashier.actor)),
  );
  expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(true);
  expect(first?.bytes.subarray(0, 5).toString()).toBe("%PDF-");
});

it("what was replaced leaves books that verify", async () => {
  expect((await verifyLedger(test.db)).faults).toEqual([]);
});
