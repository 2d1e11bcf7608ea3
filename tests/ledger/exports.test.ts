import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { exportBeancount } from "~server/ledger/export-beancount.server";
import { exportCsv } from "~server/ledger/export-csv.server";
import { exportHledger, printAmount } from "~server/ledger/export-hledger.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { CLOCK, TODAY, approveTo, makeAcceptedAward, makeAward, makeDesk } from "~tests/factories/make-award";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();
const installed = spawnSync("hledger", ["--version"]).status === 0;
const beanInstalled = spawnSync("bean-check", ["--version"]).status === 0;

let journal = "";
let bean = "";
let table = "";

beforeAll(async () => {
  const desk = await makeDesk(test.db);
  const paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
  await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
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
  await exportBeancount(test.db, (text) => {
    bean += text;
  });
  await exportCsv(test.db, (text) => {
    table += text;
  });
  if (!beanInstalled)
    console.log("SKIPPED: beancount is not installed, so its own check of the export did not run");
  if (!installed)
    console.log("SKIPPED: hledger is not installed, so its own check of the export did not run");
});

/** What a tool answers about a file that holds `text`, as the tool prints it. */
function ask(text: string, command: (file: string) => [string, ...string[]]) {
  const folder = mkdtempSync(path.join(tmpdir(), "books-"));
  try {
    const file = path.join(folder, "main");
    writeFileSync(file, text);
    const [tool, ...args] = command(file);
    const run = spawnSync(tool, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } });
    return { status: run.status, output: `${run.stdout}${run.stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hledger = (...args: string[]) => ask(journal, (file) => ["hledger", "-f", file, ...args]);
const beanCheck = (text: string) => ask(text, (file) => ["bean-check", file]);

type Balance = { book: string; slug: string; year: number | null; kind: string; minor: string };

/** Our own balances of every account that was ever posted to. */
async function readBalances(): Promise<Balance[]> {
  const { rows } = await test.db.pool.query<Balance>(
    `select a.book, f.slug, b.fiscal_year as year, a.kind, (n.debit_fen - n.credit_fen)::text as minor
       from accounts a join account_balances n on n.account_id = a.id join funds f on f.id = a.fund_id
       left join budgets b on b.id = a.budget_id where n.debit_fen + n.credit_fen > 0`,
  );
  expect(rows.length).toBeGreaterThan(6);
  return rows;
}

async function expectNobody(text: string): Promise<void> {
  const { rows } = await test.db.pool.query<{ word: string }>(
    "select display_name as word from staff union select reference from payouts union select id::text from staff union select id::text from tips",
  );
  for (const { word } of rows) expect(text).not.toContain(word);
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
    for (const { book, slug, year, kind, minor } of await readBalances()) {
      const name = book === "budget" ? `budget:${slug}:${year ?? ""}:${kind}` : `financial:${slug}:${kind}`;
      expect([name, theirs.get(name)]).toEqual([name, minor === "0" ? "0" : printAmount(minor, "CNY")]);
    }
  });

  it("carries voucher numbers and code names, and no person, receipt or account", async () => {
    expect(journal).toMatch(/^2026-01-02 \* \(2026-000001\) budget\.approved {2}; posting:/m);
    expect(journal).toMatch(/award:[A-Z0-9]{4}-[A-Z0-9]{4}/);
    await expectNobody(journal);
  });

  it("prints amounts exactly", () => {
    expect(printAmount("1", "CNY")).toBe("0.01 CNY");
    expect(printAmount("-5", "CNY")).toBe("-0.05 CNY");
    expect(printAmount("-1234567", "CNY")).toBe("-12345.67 CNY");
    expect(printAmount("9007199254740993", "CNY")).toBe("90071992547409.93 CNY");
    expect(printAmount("346000000", "KRW")).toBe("346000000. KRW");
  });
});

describe("the export for beancount", () => {
  it.skipIf(!beanInstalled)("passes bean-check, which finds our own balances in it to the 分", async () => {
    expect(beanCheck(bean)).toEqual({ status: 0, output: "" });
    expect(bean.match(/^\d{4}-\d\d-\d\d balance /gm)?.length).toBeGreaterThanOrEqual(
      (await readBalances()).length,
    );
    // One 分 more in one assertion is a fault: the check above is one.
    const changed = bean.replace(
      /( balance Assets:Financial\S+Treasury {2}-?\d+\.\d)(\d)/,
      (_, head: string, last: string) => head + String((Number(last) + 1) % 10),
    );
    expect(changed).not.toBe(bean);
    expect(beanCheck(changed).output).toContain("Balance failed");
  });

  it("names every account under one of beancount's roots, and nobody", async () => {
    expect(bean).toMatch(/^\d{4}-\d\d-\d\d open Assets:Budget:Fund-[0-9a-f]{8}:2026:Available CNY$/m);
    expect(bean).toMatch(/^2026-01-02 \* "budget.approved" "2026-000001"$/m);
    await expectNobody(bean);
  });
});

describe("the export as a table", () => {
  it("has a row an entry, which sum to our own balances, and nobody", async () => {
    const [head, ...rows] = table.slice(1).trim().split("\r\n");
    expect([table.charCodeAt(0), head]).toEqual([
      0xfeff,
      "date,voucher,event,line,book,fund,fiscal_year,debit,credit,amount,currency,award,posting,corrects",
    ]);
    const sums = new Map<string, bigint>();
    for (const row of rows) {
      const [, , , , book, slug, year, debit, credit, amount = ""] = row.split(",");
      const minor = BigInt(amount.replace(".", ""));
      for (const [kind, signed] of [[debit, minor] as const, [credit, -minor] as const]) {
        const key = [book, slug, year, kind].join(" ");
        sums.set(key, (sums.get(key) ?? 0n) + signed);
      }
    }
    for (const { book, slug, year, kind, minor } of await readBalances()) {
      const key = [book, slug, year ?? "", kind].join(" ");
      expect([key, sums.get(key)?.toString()]).toEqual([key, minor]);
    }
    await expectNobody(table);
  });
});
