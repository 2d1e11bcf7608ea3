import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Database } from "~db/client.server";
import { lapseClaims } from "~server/claims/lapse-claims.server";
import { openClaims } from "~server/claims/open-claim.server";
import { chinaDay, fixedClock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { signingAt } from "~server/rewards/signing.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { payByHand } from "~tests/factories/pay-by-hand";
import { findBrokenRules } from "~tests/faults/fast-invariants";
import { actByTwo } from "~tests/factories/by-two";
import { makeAward, makeDesk, openEmptyYear, signAs, type TestAward } from "~tests/factories/make-award";
import { acceptAs } from "~tests/factories/reporter-of";
import { copyDatabase } from "~tests/setup/copy-database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";
import { AWARDS, history, type Step } from "./closing-steps";

/** Everything the ledger holds, as one text. */
const WHOLE = `select concat((select json_agg(x order by x.account_id) from account_balances x), (select json_agg(x order by x.id) from awards x),
  (select json_agg(x order by x.id) from payouts x), (select count(*) from ledger_entries), (select count(*) from ledger_transactions),
  (select json_agg(x order by x.month) from period_closings x), (select json_agg(x order by x.budget_id) from year_closings x),
  (select json_agg(x order by x.award_id, x.from_budget_id) from award_carries x), (select count(*) from budgets)) as state`;
/** How many postings every closed month holds, and the accounts of every closed year. */
const CLOSED_MONTHS = `select c.month as id, (select count(*) from ledger_transactions t where to_char(t.event_on, 'YYYY-MM') = c.month)::text as state
  from period_closings c`;
const CLOSED_YEARS = `select y.budget_id as id, json_agg(b order by b.account_id)::text as state
  from year_closings y join accounts a on a.budget_id = y.budget_id join account_balances b on b.account_id = a.id group by 1`;
/** A closed year has nothing left to give, and no award of it waits to be booked there. */
const LEFT_BEHIND = `select a.id from year_closings y join accounts a on a.budget_id = y.budget_id and a.kind in ('available', 'encumbered')
  join account_balances b on b.account_id = a.id where b.debit_fen <> b.credit_fen`;

const seen = new Map<string, number>();
let closings = 0;

/** One history in a database of its own: closing a month closes it for every fund. */
async function live(db: Database, steps: readonly Step[]): Promise<void> {
  const clock = fixedClock("2026-06-01T02:00:00Z");
  await installTestPack(testPortal(db, clock.now().toISOString()));
  const desk = await makeDesk(db, 18_000_000n);
  const { rows: funds } = await db.pool.query<{ slug: string; source: string }>(
    "select slug, source from funds where id = $1",
    [desk.fundId],
  );
  const { slug = "", source = "" } = funds[0] ?? {};
  const awards: TestAward[] = [];
  for (let at = 0; at < AWARDS; at += 1) awards.push(await makeAward(db, desk));
  const one = async <T>(text: string, ...values: unknown[]) =>
    (await db.pool.query<{ value: T }>(text, values)).rows[0]?.value;
  const today = () => chinaDay(clock.now());
  const ago = (days: number) => chinaDay(new Date(clock.now().getTime() - days * 86_400_000));
  const byTwo = (asked: Asked) => actByTwo(db, asked, { asker: desk.preparer, agreer: desk.approver, clock });
  const budgets = async (closed: boolean) =>
    (
      await db.pool.query<{ id: string; year: number }>(
        `select id, fiscal_year as year from budgets b where fund_id = $1
            and (exists (select from year_closings y where y.budget_id = b.id)) = $2 order by year`,
        [desk.fundId, closed],
      )
    ).rows;

  let reference = 0;
  const advance = async (own: TestAward): Promise<unknown> => {
    const { awardId } = own;
    const signing = signingAt("https://tips.example.gov.cn", clock);
    switch ((await one<string>("select status as value from awards where id = $1", awardId)) ?? "") {
      case "drafted":
        return signAs(db, desk.preparer, awardId, "prepare", signing);
      case "prepared":
        return signAs(db, desk.reviewer, awardId, "review", signing);
      case "reviewed":
        return signAs(db, desk.approver, awardId, "approve", signing);
      case "approved":
        return acceptAs(db, own, clock);
      case "accepted":
        return postAcceptedAward(db, own, desk.preparer.actor, clock);
      case "posted": {
        reference += 1;
        const payment = { awardId, paidOn: today(), reference: `BK-CLOSING-${reference}` };
        return payByHand(db, payment, desk.cashier.actor, clock);
      }
      case "paid": {
        // One payment in two comes back.
        if (reference % 2 !== 0) return undefined;
        const payoutId = await one<string>(
          "select id as value from payouts where award_id = $1 and status = 'live'",
          awardId,
        );
        return bounceByHand(db, { payoutId: payoutId ?? "", bouncedOn: today() }, clock);
      }
      default:
        return undefined;
    }
  };

  const take = async (each: Step): Promise<unknown> => {
    const own = "award" in each ? awards[each.award] : undefined;
    const awardId = own?.awardId ?? "";
    const amountFen = "part" in each && each.part ? 1_000n : (own?.amountFen ?? 0n);
    switch (each.kind) {
      case "advance":
        return own === undefined ? undefined : advance(own);
      case "pass":
        return clock.set(new Date(clock.now().getTime() + each.days * 86_400_000));
      case "month": {
        const last = await one<string | null>("select max(month) as value from period_closings");
        const month =
          (last ?? null) === null
            ? "2026-01"
            : ((await one<string>(
                "select to_char(to_date($1, 'YYYY-MM') + interval '1 month', 'YYYY-MM') as value",
                last,
              )) ?? "");
        return byTwo({ kind: "close_month", month });
      }
      case "next_budget": {
        const [latest] = [...(await budgets(true)), ...(await budgets(false))]
          .map(({ year }) => year)
          .sort((a, b) => b - a);
        const fiscalYear = (latest ?? 2026) + 1;
        return openEmptyYear(db, desk.approver, { source, slug, fiscalYear });
      }
      case "year": {
        const [oldest] = await budgets(false);
        return oldest === undefined
          ? undefined
          : byTwo({ kind: "close_year", budgetId: oldest.id, carry: each.carry });
      }
      case "money": {
        const money = {
          fundId: desk.fundId,
          amountFen: 700n,
          eventOn: ago(each.back),
          requestKey: randomUUID(),
        };
        return receiveFunds(db, money, desk.approver.actor, clock);
      }
      case "adjust": {
        const [oldest] = await budgets(false);
        const budgetId = oldest?.id ?? desk.budgetId;
        return byTwo({ kind: "adjust", budgetId, amountFen: BigInt(each.amount), eventOn: ago(each.back) });
      }
      case "lapse":
        await openClaims(db, clock);
        return lapseClaims(db, clock);
      case "revoke":
        return byTwo({ kind: "revoke", awardId });
      case "clawback":
        return byTwo({ kind: "clawback", awardId, amountFen, ground: "wrong-facts" });
      case "write_off":
        return byTwo({ kind: "write_off", awardId, amountFen });
      case "receive": {
        const money = { awardId, amountFen, eventOn: today(), requestKey: randomUUID() };
        return receiveClawback(db, money, desk.approver.actor, clock);
      }
    }
  };

  const closed = new Map<string, string>();
  const promisedIn = async (kind: string) =>
    BigInt(
      (await one<string>(
        `select coalesce(sum(b.debit_fen - b.credit_fen), 0)::text as value from accounts a join account_balances b on b.account_id = a.id
          where a.fund_id = $1 and a.kind = $2`,
        ...[desk.fundId, kind],
      )) ?? 0,
    );
  for (const each of steps) {
    const before = await one<string>(WHOLE);
    const [promised, free, spent] = [
      await promisedIn("encumbered"),
      await promisedIn("available"),
      await promisedIn("spent"),
    ];
    try {
      await take(each);
      if (each.kind === "year") {
        // What is promised goes on whole and what is spent stays; what is free goes on or lapses.
        expect([await promisedIn("encumbered"), await promisedIn("spent")]).toEqual([promised, spent]);
        const left = await promisedIn("available");
        expect(left <= free).toBe(true);
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(await one<string>(WHOLE)).toBe(before);
    }
    for (const text of [CLOSED_MONTHS, CLOSED_YEARS]) {
      const { rows } = await db.pool.query<{ id: string; state: string }>(text);
      for (const { id, state } of rows) {
        expect([each.kind, id, state]).toEqual([each.kind, id, closed.get(id) ?? state]);
        closed.set(id, state);
      }
    }
    expect((await db.pool.query(LEFT_BEHIND)).rows).toEqual([]);
    expect(await findBrokenRules(db.pool)).toEqual([]);
  }
  closings += closed.size;
  await sealJournal(db);
  expect((await verifyLedger(db)).faults).toEqual([]);
  const { rows } = await db.pool.query<{ event: string; n: number }>(
    "select event, count(*)::int as n from ledger_transactions group by 1",
  );
  for (const { event, n } of rows) seen.set(event, (seen.get(event) ?? 0) + n);
}

it("months and years close amid any acts, carried over and clawed back: nothing moves in what is closed, and every invariant holds", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const copy = await copyDatabase(`closing_${randomBytes(5).toString("hex")}`);
      try {
        await live(copy.db, steps);
      } finally {
        await copy.close();
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
  console.log(JSON.stringify({ closings, ...Object.fromEntries(seen) }));
  // Histories in which nothing closed would prove nothing.
  expect(closings).toBeGreaterThan(20);
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([
      ...["award.paid", "award.bounced", "year.lapsed", "year.available_carried", "year.encumbered_carried"],
      ...["clawback.ordered", "clawback.received", "clawback.received_later"],
    ]),
  );
}, 900_000);
