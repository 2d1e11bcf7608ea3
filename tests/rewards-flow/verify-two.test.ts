import { beforeAll, describe, expect, it } from "vitest";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { CLOCK, TODAY, makeAcceptedAward, makeDesk } from "~tests/factories/make-award";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { one, verdictAfter } from "./tamper";

const test = testDatabase();

beforeAll(async () => {
  const desk = await makeDesk(test.db);
  const paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
  const first = await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
  await bounceByHand(test.db, { payoutId: first.payoutId, bouncedOn: TODAY }, CLOCK);
  await payByHand(test.db, { ...payment, reference: "BK20260601-0002" }, desk.cashier.actor, CLOCK);
});

describe("ledger:verify, of what takes two", () => {
  const PAYMENT = "event = 'award.paid' and award_id is not null";
  const ORDER = "kind = 'pay' and data ->> 'earlier' = '0'";
  const TOLD = "3 the audit trail tells of every act by two, by whom and when";
  const SAW = "3 an act by two says what the two saw";
  const HAND = "15 a payment by hand is ordered by two and made by a third";
  it.each([
    ["who agreed", "ledger_requests", "decided_by = requested_by", ORDER, TOLD],
    [
      "the one who asked, who is now the other",
      "ledger_requests",
      "decided_by = requested_by",
      ORDER,
      "9 an act by two is agreed to by another than asked for it",
    ],
    ["the reason", "ledger_requests", "reason = '另一个理由而已'", ORDER, SAW],
    [
      "the last day of an order, spent before",
      "ledger_requests",
      `data = data || '{"until": "2026-05-31"}'`,
      ORDER,
      HAND,
    ],
    [
      "the cashier, who is now one of the two",
      "ledger_requests",
      "requested_by = (select cashier_id from payouts limit 1)",
      ORDER,
      HAND,
    ],
    [
      "an order, that is now for another payment",
      "ledger_requests",
      `data = data || '{"earlier": 3}'`,
      ORDER,
      HAND,
    ],
    [
      "an order, that one took back",
      "ledger_requests",
      "ended_by = requested_by, ended_at = now(), ended_why = '改列付款批次'",
      ORDER,
      HAND,
    ],
    ["a payment, whose order is gone", "ledger_transactions", "request_id = null", PAYMENT, HAND],
    [
      "the payment two said came back",
      "ledger_requests",
      "data = jsonb_build_object('payout', (select id from payouts where status = 'live'))",
      "kind = 'bounce'",
      "9 a payment by hand comes back by the word of two",
    ],
    [
      "a budget, approved by one",
      "ledger_transactions",
      "request_id = null",
      "event = 'budget.approved'",
      "9 what takes two is posted by two",
    ],
    [
      "an event that told of an agreement",
      "events",
      "action = 'ledger.requested'",
      "action = 'ledger.request_agreed'",
      TOLD,
    ],
    [
      "an event that told what the two saw",
      "events",
      `data = data || '{"digest": "00"}'`,
      "action = 'ledger.request_agreed'",
      SAW,
    ],
  ])("names a change of %s", async (_what, table, set, where, rule) => {
    const columns = [...set.matchAll(/(?:^|, )([a-z_]+) = /g)].map(([, column]) => column).join(", ");
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      // What constraints keep, a thief with the owner's password drops first.
      await client.query("alter table ledger_requests drop constraint ledger_requests_two_ck");
      const key = table === "events" ? "seq, subject_id" : "id, id as subject_id";
      await client.query(
        `create table was as select ${key}, ${columns} from ${table} where ${where} order by 1 limit 1`,
      );
      id = (await one(client, "select subject_id as id from was")).id ?? "";
      const same = table === "events" ? "t.seq = k.seq" : "t.id = k.id";
      await client.query(`update ${table} t set ${set} where exists (select from was k where ${same})`);
      return async () => {
        await client.query(
          `update ${table} t set (${columns}) = (select ${columns} from was) where exists (select from was k where ${same})`,
        );
        await client.query("drop table was");
        await client.query(
          "alter table ledger_requests add constraint ledger_requests_two_ck check (outcome is distinct from 'agreed' or decided_by <> requested_by)",
        );
      };
    });
    const found = verdict.faults.find((fault) => fault.rule === rule);
    expect(found).toBeDefined();
    if (found?.table === table || table === "events") expect(found?.id).toBe(id);
    expect((await verifyLedger(test.db)).ok).toBe(true);
  });

  it("names a payment that came out of elsewhere than it says", async () => {
    const verdict = await verdictAfter(test, async (client) => {
      await client.query("update payouts set kind = 'window' where kind = 'transfer' and status = 'live'");
      return () =>
        client.query("update payouts set kind = 'transfer' where kind = 'window' and status = 'live'");
    });
    expect(verdict.faults.map(({ rule }) => rule)).toContain("9 a payment came out of where it says");
  });

  it("names an order one took back, though the start of the rule was moved over it", async () => {
    const verdict = await verdictAfter(test, async (client) => {
      const { id } = await one(client, `select id from ledger_requests where ${ORDER}`);
      const { after } = await one(
        client,
        "select after_seq::text as after from rule_starts where rule = 'orders_ended_by_two'",
      );
      const start = (seq: string | undefined) =>
        client.query("update rule_starts set after_seq = $1 where rule = 'orders_ended_by_two'", [seq]);
      const told = (from: string, to: string) =>
        client.query("update events set action = $3 where subject_id = $1 and action = $2", [id, from, to]);
      await start("1000000");
      await told("ledger.request_agreed", "ledger.order_withdrawn");
      await client.query(
        "update ledger_requests set ended_by = requested_by, ended_at = now(), ended_why = '改列付款批次' where id = $1",
        [id],
      );
      return async () => {
        await client.query(
          "update ledger_requests set ended_by = null, ended_at = null, ended_why = null where id = $1",
          [id],
        );
        await told("ledger.order_withdrawn", "ledger.request_agreed");
        await start(after);
      };
    });
    expect(verdict.faults.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(["9 an order is taken back by two", "9 a rule begins before what follows it"]),
    );
    expect((await verifyLedger(test.db)).ok).toBe(true);
  });

  it("names a start of the rule that was moved over acts of two", async () => {
    const verdict = await verdictAfter(test, async (client) => {
      await client.query("update rule_starts set after_seq = 1000000 where rule = 'acts_by_two'");
      return () => client.query("update rule_starts set after_seq = 0 where rule = 'acts_by_two'");
    });
    expect(verdict.faults).toEqual([
      {
        ...{ rule: "9 a rule begins before what follows it", table: "rule_starts" },
        ...{ id: "acts_by_two", detail: "1000000" },
      },
    ]);
  });
});
