import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { actByTwo } from "~tests/factories/by-two";
import { CLOCK, TODAY, makeAcceptedAward, type Desk, type TestAward } from "~tests/factories/make-award";
import type { TestPerson } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";

/** Asked for by the desk's preparer and agreed to by its approver, unless others are named. */
export function byTwoOf(
  db: Database,
  desk: Desk,
  asked: Asked,
  {
    asker = desk.preparer,
    agreer = desk.approver,
    clock = CLOCK,
  }: { asker?: TestPerson; agreer?: TestPerson; clock?: Clock } = {},
): Promise<string> {
  return actByTwo(db, asked, { asker, agreer, clock });
}

/** What a desk's fund and one of its years hold, in 分. */
export async function balancesOf(db: Database, of: Desk, year = 2026) {
  const fund = (await readBalances(db, of.approver.actor)).find((each) => each.fundId === of.fundId);
  return { ...fund?.financial, ...fund?.budgets.find(({ fiscalYear }) => fiscalYear === year) };
}

/** An award that was booked and paid. */
export async function makePaidAward(db: Database, of: Desk) {
  const award = await makeAcceptedAward(db, of);
  await postAcceptedAward(db, award, of.preparer.actor, CLOCK);
  const reference = `BK-${award.awardId.slice(-8).toUpperCase()}`;
  await payByHand(db, { awardId: award.awardId, paidOn: TODAY, reference }, of.cashier.actor, CLOCK);
  return award;
}

export const adjustment = (amountFen: bigint, of: Desk): Asked => ({
  kind: "adjust",
  budgetId: of.budgetId,
  amountFen,
  eventOn: TODAY,
});

/** What two of a desk agreed to by plain SQL and nobody carried out yet. */
export async function agreedInRows(
  pool: pg.Pool,
  of: Desk,
  asked: {
    readonly kind: string;
    readonly award?: TestAward;
    readonly amountFen?: bigint;
    readonly eventOn?: string;
    readonly data?: object;
  },
): Promise<string> {
  const id = randomUUID();
  const client = await pool.connect();
  const act = (person: string) =>
    client.query(
      "select set_config('app.actor_kind', 'staff', true), set_config('app.actor_id', $1, true), set_config('app.roles', 'finance_approver', true)",
      [person],
    );
  try {
    await client.query("begin");
    await act(of.preparer.actor.id);
    await client.query(
      `insert into ledger_requests (id, kind, budget_id, award_id, amount_fen, event_on, data, reason, requested_by, requested_at)
       values ($1, $2, $3, $4, $5, $6, $7, '两人办理的测试', $8, now())`,
      [
        ...[id, asked.kind, asked.award === undefined ? of.budgetId : null, asked.award?.awardId ?? null],
        ...[asked.amountFen?.toString() ?? null, asked.eventOn ?? null, JSON.stringify(asked.data ?? {})],
        of.preparer.actor.id,
      ],
    );
    await act(of.approver.actor.id);
    await client.query(
      "update ledger_requests set outcome = 'agreed', decided_by = $2, decided_at = now() where id = $1",
      [id, of.approver.actor.id],
    );
    await client.query("commit");
    return id;
  } finally {
    client.release();
  }
}
