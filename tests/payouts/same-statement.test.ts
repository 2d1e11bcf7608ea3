import { beforeAll, describe, expect, it } from "vitest";
import type { StatementLine } from "~/forms/statement-line";
import { takeStatement, type UploadedStatement } from "~server/payouts/take-statement.server";
import { CLOCK, TODAY } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { makePayoutDesk, type PayoutDesk } from "./payout-desk";
import { statementDesk } from "./statement-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const { statementOf, treasury } = statementDesk(() => ({ db: test.db, desk }));
const send = (statement: UploadedStatement) => takeStatement(test.db, statement, desk.cashier.actor, CLOCK);
const said = (statement: UploadedStatement) =>
  send(statement).then(
    () => "accepted",
    ({ code, publicMessage }: { code: string; publicMessage: string }) => `${code} ${publicMessage}`,
  );
const stray = (amountFen: string, over: Partial<StatementLine> = {}): StatementLine => ({
  ...{ endToEndId: null, amountFen, date: TODAY, status: "in" },
  ...over,
});
const kept = async () => {
  const { rows } = await test.owner.query(
    `select (select count(*)::int from bank_statements) as statements, (select count(*)::int from bank_lines) as lines,
            (select count(*)::int from events where action = 'statement.taken') as events`,
  );
  return rows[0] as object;
};

describe("a statement that was taken", () => {
  it("is refused under another number, which is named, and nothing of it is kept or booked", async () => {
    const first = statementOf([stray("1100"), stray("2200"), stray("2200")]);
    const before = await treasury();
    await send(first);
    expect(await treasury()).toBe(before + 5_500n);
    const now = await kept();
    for (const lines of [first.lines, [...first.lines].reverse()]) {
      // The balance is no part of it, nor is the order a bank exported its lines in.
      const again = { ...statementOf(lines), closingFen: "77" };
      await expect(said(again)).resolves.toMatch(new RegExp(`^statement_again .*编号 ${first.number} 上传`));
    }
    expect(await kept()).toEqual(now);
    expect(await treasury()).toBe(before + 5_500n);
    await expect(send(first)).resolves.toMatchObject({ isNew: false, outcomes: { suspense: 3 } });
    expect(await treasury()).toBe(before + 5_500n);
  });

  it("is another one by any line more, less or different, and by its day", async () => {
    const lines = [stray("3300"), stray("4400")];
    await send(statementOf(lines));
    for (const other of [
      [stray("3300")],
      [stray("3300"), stray("4400"), stray("4400")],
      [stray("3300"), stray("3300")],
      [stray("3300"), stray("4400", { status: "out" })],
      [stray("3300"), stray("4400", { date: "2026-05-31" })],
      [stray("3300"), stray("4400", { endToEndId: "HD2026-KXWQBRTM" })],
    ])
      await expect(said(statementOf(other))).resolves.toBe("accepted");
    const may = lines.map((line) => ({ ...line, date: "2026-05-30" }));
    await expect(said(statementOf(may))).resolves.toBe("accepted");
    await expect(said({ ...statementOf(may), closedOn: "2026-05-31" })).resolves.toBe("accepted");
  });

  it("without lines is compared with none", async () => {
    await expect(said(statementOf([]))).resolves.toBe("accepted");
    await expect(said(statementOf([]))).resolves.toBe("accepted");
  });

  it("sent under several numbers at once is taken under one", async () => {
    const lines = [stray("5500"), stray("6600")];
    const before = await treasury();
    const { statements } = (await kept()) as { statements: number };
    const same = statementOf(lines);
    const answers = await Promise.all([same, statementOf(lines), statementOf(lines), same].map(said));
    const refused = answers.filter((each) => each.startsWith("statement_again"));
    expect([2, 3]).toContain(refused.length);
    expect(refused.length + answers.filter((each) => each === "accepted").length).toBe(4);
    expect(await kept()).toMatchObject({ statements: statements + 1 });
    expect(await treasury()).toBe(before + 12_100n);
  });
});
