import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { refusal } from "~server/ledger/refusals.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { systemActor } from "~server/staff-auth/actor";
import { digestOf } from "~tests/factories/by-two";
import { CLOCK, TODAY, approveTo, makeAward, makeDesk, signAs, type Desk } from "~tests/factories/make-award";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { acceptAs } from "~tests/factories/reporter-of";
import { asPortal, testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { breakingLine, type Break } from "./breaking-line";

const test = testDatabase();

let desk: Desk;
let line: ReturnType<typeof breakingLine>;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  line = breakingLine(asPortal(test.applicationUrl), test.db.pool);
});

afterAll(() => line.end());

async function count(text: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await test.db.pool.query<{ n: number }>(`select count(*)::int as n from ${text}`, [
    ...values,
  ]);
  return rows[0]?.n ?? -1;
}

const postings = (awardId: string, event: string) =>
  count("ledger_transactions where award_id = $1 and event = $2", [awardId, event]);

describe("invariant 19: an act whose line breaks is done again and has one effect", () => {
  it.each<Break>(["before", "after", "killed"])("at every statement of a posting (%s)", async (how) => {
    let broke = line.broke();
    // Every statement of a server that dies; of the gentler ways every fourth.
    for (let at = 0; ; at += how === "killed" ? 1 : 4) {
      const requestKey = `line-${how}-${at}`;
      line.breakAt(at, how);
      const request = {
        fundId: desk.fundId,
        amountFen: 7n,
        eventOn: TODAY,
        requestKey,
      };
      await receiveFunds(line.db, request, desk.approver.actor, CLOCK);
      expect(
        await count("ledger_transactions where idempotency_key = $1", [`funds.received:${requestKey}`]),
      ).toBe(1);
      expect(
        await count(
          "events e join ledger_transactions t on e.data ->> 'transaction' = t.id::text where t.idempotency_key = $1",
          [`funds.received:${requestKey}`],
        ),
      ).toBe(1);
      if (line.broke() === broke) {
        expect(at).toBeGreaterThan(8);
        return;
      }
      broke = line.broke();
    }
  });

  it.each<[number | "commit", Break]>([
    [4, "killed"],
    [9, "before"],
    ["commit", "before"],
    ["commit", "after"],
    ["commit", "killed"],
  ])("an award signed, posted, paid, bounced: broken at %s (%s)", async (at, how) => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    // The challenge is asked for and spent in transactions of its own before the step.
    await signAs(line.db, desk.approver, award.awardId, "approve");
    expect(await postings(award.awardId, "award.encumbered")).toBe(1);
    await acceptAs(test.db, award, CLOCK);
    const before = line.broke();
    line.breakAt(at, how);
    await postAcceptedAward(line.db, award, desk.preparer.actor, CLOCK);
    await orderPayment(test.db, award.awardId, CLOCK);
    line.breakAt(at, how);
    const payment = {
      awardId: award.awardId,
      paidOn: TODAY,
      reference: `BK-LINE-${at}-${how}`.toUpperCase(),
    };
    const { payoutId } = await recordPayment(line.db, payment, desk.cashier.actor, CLOCK);
    const requestId = randomUUID();
    const back = { kind: "bounce" as const, awardId: award.awardId, payoutId, eventOn: TODAY };
    const asked = { ...back, id: requestId, reason: "银行回单写明退票" };
    await askRequest(test.db, asked, desk.preparer.actor, CLOCK);
    const digest = await digestOf(test.db, requestId);
    line.breakAt(at, how);
    await agreeToRequest(line.db, { requestId, digest }, desk.approver.actor, CLOCK);
    expect(line.broke() - before).toBe(3);
    for (const event of ["award.posted", "award.paid", "award.bounced"]) {
      expect(await postings(award.awardId, event)).toBe(1);
    }
    expect(await count("payouts where award_id = $1", [award.awardId])).toBe(1);
  });

  it("the last signature whose reply is lost is that signature", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const broke = line.broke();
    let commits = 0;
    // Commits of signing: the challenge asked for, spent, the passkeys read, then the step itself.
    const watch = {
      ...line.db,
      pool: watchCommits(line.db.pool, () =>
        (commits += 1) === 3 ? line.breakAt("commit", "after") : undefined,
      ),
    };
    expect(await signAs(watch, desk.approver, award.awardId, "approve")).toBe("approved");
    expect(line.broke()).toBe(broke + 1);
    expect(await postings(award.awardId, "award.encumbered")).toBe(1);
  });

  it("a correction whose reply is lost corrects once", async () => {
    const request = {
      fundId: desk.fundId,
      amountFen: 5n,
      eventOn: TODAY,
      requestKey: "to-correct",
    };
    const wrong = await receiveFunds(test.db, request, desk.approver.actor, CLOCK);
    line.breakAt("commit", "after");
    await correctTransaction(line.db, wrong, desk.approver.actor, CLOCK);
    expect(await count("ledger_transactions where corrects_id = $1", [wrong.transactionId])).toBe(1);
  });

  it("two writers that deadlock both end in their effect", async () => {
    const other = await makeDesk(test.db, 0n);
    const both = [desk.budgetId, other.budgetId] as const;
    let met = 0;
    let meet = () => {};
    const bothHold = new Promise<void>((resolve) => (meet = resolve));
    let attempts = 0;
    const write = (ids: readonly string[]) =>
      retryPosting(() =>
        withActor(
          test.db,
          systemActor("deadlock"),
          async (tx) => {
            attempts += 1;
            for (const id of ids) {
              await tx.execute(`select pg_advisory_xact_lock(hashtext('${id}'))`);
              met += 1;
              if (met === 2) meet();
              await bothHold;
            }
          },
          // The act's own retries must do it, not those beneath.
          { attempts: 1 },
        ),
      );
    await Promise.all([write(both), write([...both].reverse())]);
    expect(attempts).toBe(3);
  });

  it("a refusal and an unknown fault are not tried again; what never answers is said to be unconfirmed", async () => {
    let tries = 0;
    const work = (error: Error) => () => {
      tries += 1;
      return Promise.reject(error);
    };
    expect(await refusalOf(retryPosting(work(refusal("date_invalid"))))).toBe("date_invalid");
    await expect(retryPosting(work(new Error("unknown")))).rejects.toThrow("unknown");
    expect(tries).toBe(2);
    const dead = new pg.Pool({ connectionString: "postgres://nobody@127.0.0.1:1/none" });
    expect(await refusalOf(retryPosting(() => dead.query("select 1"), { attempts: 2 }))).toBe(
      "posting_unconfirmed",
    );
    await dead.end();
  });

  it("leaves books that verify", async () => {
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });
});

/** Calls `told` after each commit on a connection of the pool. */
function watchCommits(pool: pg.Pool, told: () => void): pg.Pool {
  const own = Object.create(pool) as pg.Pool;
  Object.defineProperty(own, "connect", {
    value: async () => {
      const client = await pool.connect();
      const watched = Object.create(client) as pg.PoolClient;
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
      Object.defineProperty(watched, "query", {
        value: async (...args: unknown[]) => {
          const text = typeof args[0] === "string" ? args[0] : (args[0] as { text: string }).text;
          const answer = await query(...args);
          if (text === "commit") told();
          return answer;
        },
      });
      return watched;
    },
  });
  return own;
}
