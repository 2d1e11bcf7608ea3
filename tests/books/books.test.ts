import { inflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { loader as page } from "~/routes/staff.books";
import { loader as file } from "~/routes/staff.books_.file";
import { loader as pdf } from "~/routes/staff.books_.pdf";
import { withActor } from "~db/with-actor.server";
import { parseMonth, type Month } from "~server/books/month";
import { readStatement } from "~server/books/read-statement.server";
import { readVouchers } from "~server/books/read-vouchers.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { StaffActor } from "~server/staff-auth/actor";
import { financePortal } from "~tests/factories/finance-portal";
import {
  CLOCK,
  TODAY,
  makeAcceptedAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { readPdfText } from "~tests/setup/read-pdf-text";
import type { TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let desk: Desk;
let paid: TestAward;
const month = parseMonth(TODAY.slice(0, 7)) as Month;
const january = parseMonth("2026-01") as Month;

beforeAll(async () => {
  portal = financePortal(test.db);
  desk = await makeDesk(test.db);
  paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
  await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
});

const get = (loader: Parameters<typeof call>[0], search: string, actor: StaffActor = desk.preparer.actor) =>
  call(loader, { portal, actor, url: `/staff/books${search}` });

/** The bytes of a download: the text of an answer would spoil them. */
async function bytesOf(search: string, actor: StaffActor = desk.preparer.actor): Promise<Buffer> {
  const request = new Request(new URL(`/staff/books/pdf${search}`, portal.env.publicOrigin));
  const answer = await pdf({ request, params: {}, context: { portal, nonce: "", actor } });
  expect(answer.headers.get("Content-Type")).toBe("application/pdf");
  return Buffer.from(await answer.arrayBuffer());
}

/** How many pages a PDF says it has, and all it draws, unpacked. */
function readPdf(bytes: Buffer): { pages: number; drawn: string } {
  const text = bytes.toString("latin1");
  const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, stream = ""]) => {
    try {
      return inflateSync(Buffer.from(stream, "latin1")).toString("latin1");
    } catch {
      return "";
    }
  });
  return { pages: Number(/\/Count (\d+)/.exec(text)?.[1]), drawn: streams.join("\n") };
}

describe("the books of a month", () => {
  it("list its vouchers by number with event, amount and code name, and no other month's", async () => {
    const answer = await get(page, `?month=${month.text}`);
    expect(answer.field("rows")).toMatchObject([
      { event: "award.encumbered", codeName: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) as string },
      {
        event: "award.posted",
        codeName: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) as string,
        entries: [{ book: "budget" }, { book: "financial" }],
      },
      { event: "award.paid", codeName: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) as string },
    ]);
    expect((await get(page, "?month=2026-01")).field("rows")).toMatchObject([
      { name: "2026-000001", event: "budget.approved" },
      { event: "funds.received" },
    ]);
    // What is no month is this one.
    expect((await get(page, "?month=2026-13&from=x")).field("month")).toMatchObject({ text: month.text });
    expect((await get(page, "?month=2031-01")).field("count")).toBe(0);
  });

  it("are the auditor's to read and the cashier's, and are not there for anybody else", async () => {
    const auditor = (await makeStaff(test.db, ["auditor"])).actor;
    for (const actor of [auditor, desk.cashier.actor]) expect((await get(page, "", actor)).status).toBe(200);
    const officer = (await makeStaff(test.db, ["agency_officer"])).actor;
    for (const loader of [page, file, pdf]) {
      const search = "?document=statement&format=csv&month=2026-06";
      expect((await get(loader, search, officer)).status).toBe(404);
    }
  });

  it("tell who posted and who signed, and the hash that was signed", async () => {
    const [, posted] = await withActor(test.db, desk.preparer.actor, (tx) => readVouchers(tx, { month }));
    expect(posted).toMatchObject({
      poster: desk.preparer.actor.displayName,
      signers: {
        review: desk.reviewer.actor.displayName,
        approve: desk.approver.actor.displayName,
      },
    });
    expect(posted?.signedHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("open with what the months before closed with, and close with our own balances", async () => {
    const read = (of: Month) => withActor(test.db, desk.preparer.actor, (tx) => readStatement(tx, of));
    const [first, last] = [await read(january), await read(month)];
    const treasury = (lines: typeof first) => lines.find(({ kind }) => kind === "treasury");
    expect(treasury(first)).toMatchObject({
      openingFen: 0n,
      debitFen: 100_000_000n,
      closingFen: 100_000_000n,
    });
    expect(treasury(last)).toMatchObject({
      openingFen: 100_000_000n,
      creditFen: paid.amountFen,
      closingFen: 100_000_000n - paid.amountFen,
    });
    const { rows } = await test.owner.query<{ kind: string; balance: string }>(
      `select a.kind, abs(n.debit_fen - n.credit_fen)::text as balance from accounts a
         join account_balances n on n.account_id = a.id where n.debit_fen + n.credit_fen > 0 order by a.kind`,
    );
    expect(
      last
        .map(({ kind, closingFen }) => ({ kind, balance: closingFen.toString() }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    ).toEqual(rows);
  });

  it("print as PDF: every voucher, one voucher, the payments, the statement; and it is recorded who printed what", async () => {
    for (const search of [
      `?document=vouchers&month=${month.text}`,
      `?document=voucher&month=${month.text}&from=4`,
      `?document=payouts&month=${month.text}`,
      `?document=statement&month=${month.text}`,
      "?document=payouts&month=2031-01",
    ]) {
      const bytes = await bytesOf(search);
      expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
      const { pages, drawn } = readPdf(bytes);
      expect([pages > 0, drawn.length > 500]).toEqual([true, true]);
    }
    // In 大写 too: what each voucher moves, what was paid, and what is left.
    const left = 100_000_000n - paid.amountFen;
    for (const [document, fen] of [
      ["vouchers", paid.amountFen],
      ["payouts", paid.amountFen],
      ["statement", left],
    ] as const) {
      const text = readPdfText(await bytesOf(`?document=${document}&month=${month.text}`));
      expect(text.replaceAll("\n", "")).toContain(capitalAmount(fen));
    }
    const { rows } = await test.owner.query<{ data: object }>(
      "select data from events where action = 'books.printed' order by seq limit 1",
    );
    expect(rows).toMatchObject([{ data: { document: "vouchers", month: month.text } }]);
    // Not of that month, not at all, no month, no document.
    for (const search of [
      "?document=voucher&month=2026-01&from=4",
      "?document=voucher&month=2026-06&from=400",
      "?document=statement&month=june",
      "?document=everything&month=2026-06",
    ])
      expect((await get(pdf, search)).status).toBe(404);
  });

  it("leave as a file in three forms, and it is recorded who took them", async () => {
    expect((await get(file, "?format=hledger")).text).toContain("account financial:");
    expect((await get(file, "?format=beancount")).text).toContain(" balance Assets:");
    expect((await get(file, "?format=csv")).text).toContain("date,voucher,event");
    expect((await get(file, "?format=abacus")).status).toBe(404);
    const { rows } = await test.owner.query("select 1 from events where action = 'books.exported'");
    expect(rows).toHaveLength(3);
  });
});
