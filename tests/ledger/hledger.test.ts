import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { exportHledger, printAmount } from "~server/ledger/export-hledger.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { CLOCK, TODAY, approveTo, makeAcceptedAward, makeAward, makeDesk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
const installed = spawnSync("hledger", ["--version"]).status === 0;

let journal = "";

beforeAll(async () => {
  const desk = await makeDesk(test.db);
  const paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
  await recordPayment(test.db, payment, desk.cashier.actor, CLOCK);
  const posted = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, posted, desk.preparer.actor, CLOCK);
  const approved = await makeAward(test.db, desk);
  await approveTo(test.db, desk, approved.awardId, "approved");
  const slip = { fundId: desk.fundId, amountFen: 701n, requestKey: "slip-701" };
  // Entered today for an earlier day: the export is in date order all the same.
  const wrong = await receiveFunds(test.db, { ...slip, eventOn: "2026-01-15" }, desk.approver.actor, CLOCK);
  await correctTransaction(test.db, wrong, desk.approver.actor, CLOCK);
  await exportHledger(test.db, (text) => {
    journal += text;
  });
  if (!installed)
    console.log("SKIPPED: hledger is not installed, so its own check of the export did not run");
});

/** hledger's answer about the journal, as the tool prints it. */
function hledger(...args: string[]): { status: number | null; output: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "hledger-"));
  try {
    const file = path.join(folder, "main.journal");
    writeFileSync(file, journal);
    const run = spawnSync("hledger", ["-f", file, ...args], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    return { status: run.status, output: `${run.stdout}${run.stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the export for hledger", () => {
  it.skipIf(!installed)("passes hledger check --strict, and its checks of payees, dates and codes", () => {
    expect(hledger("check", "--strict")).toEqual({ status: 0, output: "" });
    expect(hledger("check", "--strict", "payees", "ordereddates")).toEqual({ status: 0, output: "" });
  });

  it.skipIf(!installed)("gives hledger our own balances", async () => {
    const { status, output } = hledger("balance", "--flat", "--no-total", "-E", "-O", "csv");
    expect(status).toBe(0);
    const theirs = new Map(
      output
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => JSON.parse(`[${line}]`) as [string, string]),
    );
    const { rows } = await test.db.pool.query<{ name: string; minor: string }>(
      `select case when a.book = 'budget' then 'budget:' || f.slug || ':' || b.fiscal_year || ':' || a.kind
                else 'financial:' || f.slug || ':' || a.kind end as name, (n.debit_fen - n.credit_fen)::text as minor
         from accounts a join account_balances n on n.account_id = a.id join funds f on f.id = a.fund_id
         left join budgets b on b.id = a.budget_id where n.debit_fen + n.credit_fen > 0`,
    );
    expect(rows.length).toBeGreaterThan(6);
    for (const { name, minor } of rows) {
      expect([name, theirs.get(name)]).toEqual([name, minor === "0" ? "0" : printAmount(minor, "CNY")]);
    }
  });

  it("carries voucher numbers and code names, and no person, receipt or account", async () => {
    expect(journal).toMatch(/^2026-01-02 \* \(2026-000001\) budget\.approved {2}; posting:/m);
    expect(journal).toMatch(/award:[A-Z0-9]{4}-[A-Z0-9]{4}/);
    const { rows } = await test.db.pool.query<{ word: string }>(
      "select display_name as word from staff union select reference from payouts union select id::text from staff union select id::text from tips",
    );
    for (const { word } of rows) expect(journal).not.toContain(word);
  });

  it("prints amounts exactly", () => {
    expect(printAmount("1", "CNY")).toBe("0.01 CNY");
    expect(printAmount("-5", "CNY")).toBe("-0.05 CNY");
    expect(printAmount("-1234567", "CNY")).toBe("-12345.67 CNY");
    expect(printAmount("9007199254740993", "CNY")).toBe("90071992547409.93 CNY");
    expect(printAmount("346000000", "KRW")).toBe("346000000. KRW");
  });
});
