import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { agreeNotSent, markUnknown, sayNotSent } from "~server/payouts/decide-line.server";
import { matchSuspense, moveToSuspense, retryLine } from "~server/payouts/handle-line.server";
import { cancelBatch } from "~server/payouts/move-batch.server";
import { readMonth, reconcileMonth } from "~server/payouts/reconcile-month.server";
import { agreeAside, proposeAside, withdrawAside } from "~server/payouts/set-line-aside.server";
import { takeStatement, uploadedStatement } from "~server/payouts/take-statement.server";
import { CLOCK, TODAY, makeDesk } from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import {
  DETAILS,
  freeze,
  leaveDetails,
  linesOf,
  makePayable,
  makePayoutDesk,
  send,
  type PayoutDesk,
} from "./payout-desk";
import { lineOf, statementDesk } from "./statement-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const { statementOf, take, states, bankLine, treasury } = statementDesk(() => ({ db: test.db, desk }));

describe("a sent line", () => {
  it("of unknown outcome is tried again only after two said it did not go out", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    const lineId = line?.id ?? "";
    await markUnknown(test.db, { lineId }, desk.cashier.actor, CLOCK);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
    const agree = (person = desk.approver) => agreeNotSent(test.db, { lineId }, person.actor, CLOCK);
    await expect(refusalOf(agree())).resolves.toBe("line_moved");
    const answer = { lineId, bankAnswer: "FK20260601-01" };
    await sayNotSent(test.db, answer, desk.approver.actor, CLOCK);
    await expect(refusalOf(agree())).resolves.toBe("decide_apart");
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
    await agree(desk.reviewer);
    expect(await states(batchId)).toEqual(["not_sent"]);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("accepted");
    // The bank books it after all: named, not guessed.
    const { statementId, outcomes } = await take([lineOf({ id: lineId }, "out")]);
    expect(outcomes).toEqual({ named: 1 });
    expect((await bankLine(statementId)).fault).toBe("ended");
  });

  it("settles, shreds where it went, bounces, and is paid by a second batch", async () => {
    const award = await makePayable(desk);
    const before = await treasury();
    const first = await send(desk, [award]);
    const [line] = await linesOf(test.db, first);
    expect((await take([lineOf(line ?? { id: "" }, "pending")])).outcomes).toEqual({ pending: 1 });
    expect((await take([lineOf(line ?? { id: "" }, "out")])).outcomes).toEqual({ settled: 1 });
    expect(await states(first)).toEqual(["settled"]);
    expect(await treasury()).toBe(before - award.amountFen);
    const { rows } = await test.db.pool.query<{ shredded_why: string }>(
      "select shredded_why from payee_details where award_id = $1",
      [award.awardId],
    );
    expect(rows).toEqual([{ shredded_why: "settled" }]);
    expect((await take([lineOf(line ?? { id: "" }, "returned")])).outcomes).toEqual({ bounced: 1 });
    expect(await states(first)).toEqual(["bounced"]);
    expect(await treasury()).toBe(before);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
    await leaveDetails(test.db, award, { ...DETAILS, account: "6222020200112233446" });
    const second = await send(desk, [award]);
    const [again] = await linesOf(test.db, second);
    expect((await take([lineOf(again ?? { id: "" }, "out")])).outcomes).toEqual({ settled: 1 });
    expect(await treasury()).toBe(before - award.amountFen);
  });

  it("that the bank refused before booking it frees its award without a posting", async () => {
    const award = await makePayable(desk);
    const before = await treasury();
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    expect((await take([lineOf(line ?? { id: "" }, "rejected")])).outcomes).toEqual({ rejected: 1 });
    expect(await states(batchId)).toEqual(["rejected"]);
    expect(await treasury()).toBe(before);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("accepted");
  });
});

describe("a statement", () => {
  it("names what differs, what comes twice, what was not sent, and what was cancelled", async () => {
    const [one, two, three] = [await makePayable(desk), await makePayable(desk), await makePayable(desk)];
    const sent = await send(desk, [one]);
    const frozen = await freeze(desk, [two]);
    const cancelled = await freeze(desk, [three]);
    await cancelBatch(test.db, { batchId: cancelled, reason: "重新建立批次" }, desk.preparer.actor, CLOCK);
    const [a] = await linesOf(test.db, sent);
    const [b] = await linesOf(test.db, frozen);
    const [c] = await linesOf(test.db, cancelled);
    if (a === undefined || b === undefined || c === undefined) throw new Error("lines");
    const { statementId, outcomes } = await take([
      lineOf(a, "out", 1n),
      lineOf(a, "returned"),
      lineOf(a, "out"),
      lineOf(a, "out"),
      lineOf(b, "out"),
      lineOf(c, "out"),
      lineOf(a, "in"),
    ]);
    expect(outcomes).toEqual({ named: 6, settled: 1 });
    const faults = [];
    for (let at = 1; at <= 7; at += 1) faults.push((await bankLine(statementId, at)).fault);
    expect(faults).toEqual(["amount", "return_first", null, "double", "not_sent_yet", "ended", "direction"]);
    // A return that came before its debit settles once that is there; a double alone may be laid aside.
    const retry = (lineNo: number) =>
      bankLine(statementId, lineNo).then(({ id }) =>
        retryLine(test.db, { bankLineId: id }, desk.cashier.actor, CLOCK),
      );
    await expect(refusalOf(retry(1))).resolves.toBe("line_not_retried");
    await retry(2);
    expect(await states(sent)).toEqual(["bounced"]);
    const double = await bankLine(statementId, 4);
    const aside = { bankLineId: double.id, what: "dismissed" as const, reason: "与第三条是同一笔" };
    const differs = { ...aside, bankLineId: (await bankLine(statementId, 1)).id };
    const early = proposeAside(test.db, differs, desk.cashier.actor, CLOCK);
    await expect(refusalOf(early)).resolves.toBe("line_moved");
    await proposeAside(test.db, aside, desk.cashier.actor, CLOCK);
    await agreeAside(test.db, aside, desk.reviewer.actor, CLOCK);
    const before = await treasury();
    await moveToSuspense(test.db, differs, desk.cashier.actor, CLOCK);
    expect(await treasury()).toBe(before - 1n);
  });

  it("puts what is nobody's into suspense until a person matches it", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [own] = await linesOf(test.db, batchId);
    const before = await treasury();
    const lines = [
      { endToEndId: null, amountFen: award.amountFen.toString(), date: TODAY, status: "out" as const },
      { endToEndId: randomUUID().replaceAll("-", ""), amountFen: "700", date: TODAY, status: "in" as const },
    ];
    const { statementId, outcomes } = await take(lines);
    expect(outcomes).toEqual({ suspense: 2 });
    expect(await treasury()).toBe(before - award.amountFen + 700n);
    const { id: bankLineId } = await bankLine(statementId);
    const match = (reference: string) =>
      matchSuspense(test.db, { bankLineId, reference }, desk.cashier.actor, CLOCK);
    await expect(refusalOf(match("PB2026-9999-0001"))).resolves.toBe("line_moved");
    // Nothing is booked of a payment of another fund, whose statement this is not.
    const { fundId, budgetId } = await makeDesk(test.db);
    const elsewhere = { ...desk, fundId, budgetId };
    const theirBatch = await send(elsewhere, [await makePayable(elsewhere)]);
    const [theirs] = await linesOf(test.db, theirBatch);
    await expect(refusalOf(match(theirs?.reference ?? ""))).resolves.toBe("line_fund");
    expect(await states(theirBatch)).toEqual(["sent"]);
    await match(own?.reference ?? "");
    await expect(refusalOf(match(own?.reference ?? ""))).resolves.toBe("line_moved");
    expect(await states(batchId)).toEqual(["settled"]);
    expect(await treasury()).toBe(before - award.amountFen + 700n);
  });

  it("has a line set aside by two alone: one proposes it, another agrees, whatever code is run", async () => {
    const line = { endToEndId: null, amountFen: "900", date: TODAY, status: "in" as const };
    const { statementId } = await take([line]);
    const before = await treasury();
    const { id: bankLineId } = await bankLine(statementId);
    const aside = { bankLineId, what: "matched" as const, reason: "已按记账凭证入账" };
    const propose = (person: TestPerson) => refusalOf(proposeAside(test.db, aside, person.actor, CLOCK));
    const agree = (person: TestPerson) => refusalOf(agreeAside(test.db, aside, person.actor, CLOCK));
    expect(await agree(desk.reviewer)).toBe("line_moved");
    expect(await propose(desk.reviewer)).toBe("wrong_role");
    expect(await propose(desk.cashier)).toBe("accepted");
    expect(await propose(desk.cashier)).toBe("proposed_already");
    for (const person of [desk.cashier, desk.preparer]) expect(await agree(person)).toBe("wrong_role");
    const by = [bankLineId, desk.cashier.actor.id];
    const agreeAlone = "update line_decisions set agreed_by = $2, agreed_at = now() where bank_line_id = $1";
    expect(await refusedBy(test.db.pool.query(agreeAlone, by))).toBe("line_decisions_role");
    const matchAlone = "update bank_lines set outcome = 'matched', handled_by = $2 where id = $1";
    expect(await refusedBy(test.db.pool.query(matchAlone, by))).toBe("bank_lines_two");
    // Who proposed it takes it back, nobody else; then it may be proposed again.
    const withdraw = (person: TestPerson) => refusalOf(withdrawAside(test.db, aside, person.actor, CLOCK));
    const other = await makeStaff(test.db, ["cashier"]);
    expect(await withdraw(other)).toBe("not_your_proposal");
    expect(await withdraw(desk.reviewer)).toBe("wrong_role");
    const takeBack = (person: TestPerson) =>
      refusedBy(
        withActor(test.db, person.actor, async (tx) => {
          const done = await tx.execute(
            sql`update line_decisions set withdrawn_at = now() where bank_line_id = ${bankLineId}`,
          );
          if (done.rowCount === 0) throw Object.assign(new Error(), { cause: { code: "02000" } });
        }),
      );
    expect(await takeBack(other)).toBe("02000");
    expect(await takeBack(desk.reviewer)).toBe("line_decisions_own");
    const one = await Promise.all([withdraw(desk.cashier), withdraw(desk.cashier)]);
    expect(one.toSorted()).toEqual(["accepted", "line_moved"]);
    expect(await agree(desk.reviewer)).toBe("line_moved");
    expect(await propose(desk.cashier)).toBe("accepted");
    const raced = await Promise.all([agree(desk.reviewer), agree(desk.second), agree(desk.approver)]);
    expect(raced.toSorted()).toEqual(["accepted", "line_moved", "line_moved"]);
    expect(await treasury()).toBe(before - 900n);
    expect((await bankLine(statementId)).outcome).toBe("matched");
  });

  it("of a cashier who is recused names our line as another's: it is not taken for nobody's", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    const recused = await makeStaff(test.db, ["cashier"]);
    await test.owner.query(
      `insert into lead_recusals (id, lead_id, staff_id, reason, declared_at)
       select gen_random_uuid(), lead_id, $2, '亲属任职', now() from awards where id = $1`,
      [award.awardId, recused.actor.id],
    );
    const before = await treasury();
    const said = statementOf([lineOf(line ?? { id: "" }, "out")]);
    const { statementId, outcomes } = await takeStatement(test.db, said, recused.actor, CLOCK);
    expect(outcomes).toEqual({ named: 1 });
    const { id: bankLineId, fault } = await bankLine(statementId);
    expect([fault, await treasury()]).toEqual(["refused", before]);
    await retryLine(test.db, { bankLineId }, desk.cashier.actor, CLOCK);
    expect(await states(batchId)).toEqual(["settled"]);
  });

  it("sent twice at once, or its line in two, is booked once; another under its number is refused", async () => {
    const award = await makePayable(desk);
    const batchId = await send(desk, [award]);
    const [line] = await linesOf(test.db, batchId);
    if (line === undefined) throw new Error("line");
    const before = await treasury();
    const same = statementOf([lineOf(line, "out"), { ...lineOf(line, "in"), endToEndId: null }]);
    const other = statementOf([lineOf(line, "out")]);
    const taken = await Promise.all(
      [same, same, other].map((each) => takeStatement(test.db, each, desk.cashier.actor, CLOCK)),
    );
    expect(taken.filter(({ isNew }) => isNew)).toHaveLength(2);
    expect(await treasury()).toBe(before);
    const { rows } = await test.db.pool.query(
      `select (select count(*)::int from payouts where award_id = $1) as payouts,
              (select count(*)::int from bank_lines where payout_line_id = $2 and outcome = 'settled') as settled,
              (select count(*)::int from bank_lines where payout_line_id = $2 and fault = 'double') as doubles`,
      [award.awardId, line.id],
    );
    expect(rows).toEqual([{ payouts: 1, settled: 1, doubles: 1 }]);
    const changed = { ...same, closingFen: "1" };
    await expect(refusalOf(takeStatement(test.db, changed, desk.cashier.actor, CLOCK))).resolves.toBe(
      "statement_differs",
    );
    await expect(refusalOf(takeStatement(test.db, other, desk.approver.actor, CLOCK))).resolves.toBe(
      "wrong_role",
    );
  });

  it("carries nothing but id, amount, date and status", () => {
    const good = statementOf([{ endToEndId: null, amountFen: "1", date: TODAY, status: "in" }]);
    expect(uploadedStatement.safeParse(good).success).toBe(true);
    for (const bad of [
      { ...good, name: "张三" },
      { ...good, number: "6222020200112233445" },
      { ...good, lines: [{ ...good.lines[0], holder: "张三" }] },
      { ...good, lines: [{ ...good.lines[0], endToEndId: "6222020200112233445" }] },
    ])
      expect(uploadedStatement.safeParse(bad).success).toBe(false);
  });

  it("is compared with the books month by month, and a difference is explained", async () => {
    const month = { fundId: desk.fundId, month: "2026-06" };
    const view = await readMonth(test.db, month, desk.reviewer.actor);
    expect(view.openingFen).toBe(100_000_000n);
    expect(view.closingFen).toBe(await treasury());
    const keep = (bankFen: bigint, explanation: string | null, by = desk.preparer) =>
      reconcileMonth(test.db, { ...month, bankFen, explanation }, by.actor, CLOCK);
    const bankSays = (closingFen: bigint) =>
      takeStatement(
        test.db,
        { ...statementOf([]), closingFen: closingFen.toString() },
        desk.cashier.actor,
        CLOCK,
      );
    await bankSays(view.closingFen - 5n);
    await expect(refusalOf(keep(view.closingFen - 5n, null))).resolves.toBe("explanation_required");
    await expect(refusalOf(keep(view.closingFen, null))).resolves.toBe("statement_balance");
    await keep(view.closingFen - 5n, "银行手续费五分，下月入账");
    await bankSays(view.closingFen);
    await expect(refusalOf(keep(view.closingFen, null, desk.cashier))).resolves.toBe("wrong_role");
    await keep(view.closingFen, null);
    const kept = (await readMonth(test.db, month, desk.reviewer.actor)).kept;
    expect(kept).toMatchObject({ bookFen: view.closingFen, bankFen: view.closingFen, explanation: null });
  });

  it.each([
    [
      "a line of a frozen list",
      "payout_lines",
      "amount_fen = amount_fen + 1",
      "state = 'settled'",
      "15 the frozen list says what its lines say",
    ],
    [
      "a frozen list itself",
      "payout_batches",
      "body = replace(body, 'CNY', 'USD'), hash = sha256(convert_to(replace(body, 'CNY', 'USD'), 'UTF8'))",
      "status = 'sent'",
      "15 the frozen list says what its lines say",
    ],
    [
      "a signature over a release",
      "batch_releases",
      "signature = overlay(signature placing '\\x00' from octet_length(signature))",
      "position = 2",
      "10 a release's signature verifies",
    ],
    [
      "who released",
      "batch_releases",
      "actor_id = (select prepared_by from payout_batches b where b.id = batch_id)",
      "position = 2",
      "15 who releases a batch neither prepared, paid nor released it before",
    ],
    [
      "who agreed that a line is set aside",
      "line_decisions",
      "agreed_by = (select s.id from staff s where s.id not in (agreed_by, said_by) limit 1)",
      "agreed_by is not null",
      "3 the audit trail tells who decided about a line",
    ],
    [
      "who said that a payment did not go out",
      "line_decisions",
      "said_by = (select s.id from staff s where s.id not in (agreed_by, said_by) limit 1)",
      "what = 'not_sent'",
      "3 the audit trail tells who decided about a line",
    ],
    [
      "what two agreed to, of a line set aside",
      "line_decisions",
      "agreed_by = null, agreed_at = null",
      "what = 'matched' and agreed_by is not null",
      "9 a line is set aside by two",
    ],
    [
      "what two agreed to, of a payment that did not go out",
      "line_decisions",
      "agreed_by = null, agreed_at = null",
      "what = 'not_sent'",
      "9 a line is set aside by two",
    ],
    [
      "who set a line aside",
      "bank_lines",
      "handled_by = (select uploaded_by from bank_statements limit 1)",
      "outcome = 'dismissed'",
      "9 a line is set aside by the second of two",
    ],
    [
      "the bank's line a payment bounced by",
      "bank_lines",
      "outcome = 'pending'",
      "outcome = 'bounced'",
      "15 a payment of a batch bounces by the bank's line",
    ],
  ])("verification names a change of %s", async (_what, table, change, where, rule) => {
    await test.owner.query(`alter table ${table} disable trigger user`);
    await test.owner.query(`create table kept as select * from ${table} where ${where} order by id limit 1`);
    await test.owner.query(`update ${table} set ${change} where id = (select id from kept)`);
    const { faults } = await verifyLedger(test.db);
    const columns = await test.owner.query<{ names: string }>(
      "select string_agg(column_name, ', ') as names from information_schema.columns where table_name = $1 and table_schema = 'public'",
      [table],
    );
    const names = columns.rows[0]?.names ?? "";
    await test.owner.query(
      `update ${table} t set (${names}) = (select ${names} from kept) where t.id = (select id from kept)`,
    );
    await test.owner.query("drop table kept");
    await test.owner.query(`alter table ${table} enable trigger user`);
    expect(faults.map((fault) => fault.rule)).toContain(rule);
  });

  it("leaves a ledger that verifies", async () => {
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });
});
