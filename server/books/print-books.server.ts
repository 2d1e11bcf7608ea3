import { interpolate } from "~server/documents/interpolate";
import { staffBooks } from "~/i18n/zh-CN/staff-books";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import { notFound } from "~server/errors.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { BookDocument } from "./book-formats";
import { layOutPayouts } from "./lay-out-payouts";
import { layOutStatement } from "./lay-out-statement";
import { layOutVouchers } from "./lay-out-vouchers";
import type { Month } from "./month";
import { readPayouts } from "./read-payouts.server";
import { readStatement } from "./read-statement.server";
import { readVouchers } from "./read-vouchers.server";

type Wanted = {
  readonly document: BookDocument;
  readonly month: Month;
  /** The first voucher number of the part, the one voucher's number, or the part of the payment list. From 1. */
  readonly from: number;
};

/**
 * A document of the month's books as a PDF (experience.md 33): vouchers, the payment list or the statement, with amounts
 * in digits and 大写 and a code that holds its hash. Who printed what is recorded. Throws `not_found` for who may not
 * see money, and for a voucher that is not of the month.
 */
export async function printBooks(
  { db, clock }: Pick<Portal, "db" | "clock">,
  wanted: Wanted,
  actor: StaffActor,
): Promise<{ bytes: Buffer; fileName: string }> {
  const { month, document } = wanted;
  const name = `${document}-${month.text}${wanted.from > 1 || document === "voucher" ? `-${String(wanted.from)}` : ""}`;
  const made = await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const read = await readFacts(tx, wanted);
    const sha256 = hashContent({ document, month: month.text, facts: plain(read.facts) });
    await recordEvent(
      tx,
      {
        ...{ action: "books.printed", subjectTable: "books", subjectId: name },
        data: { document, month: month.text, sha256 },
        at: clock.now(),
      },
      actor,
    );
    return { ...read, sha256 };
  });
  const madeOn = chinaDay(clock.now());
  const bytes = await makePdf({
    title: `${made.title} ${month.text}`,
    number: `${made.title} ${interpolate(staffBooks.pdf.scope, { year: month.year, month: month.month })}`,
    sha256: made.sha256,
    createdAt: clock.now(),
    content: made.layOut(made.sha256, madeOn),
  });
  return { bytes, fileName: `${name}.pdf` };
}

async function readFacts(tx: Parameters<typeof readVouchers>[0], { document, month, from }: Wanted) {
  const said = staffBooks.pdf;
  switch (document) {
    case "statement": {
      const facts = await readStatement(tx, month);
      return { facts, title: said.statement, layOut: layOutStatement(facts, month) };
    }
    case "payouts": {
      const facts = await readPayouts(tx, month, from);
      return { facts, title: said.payouts, layOut: layOutPayouts(facts, month) };
    }
    case "voucher":
    case "vouchers": {
      const facts = await readVouchers(tx, { month, from, only: document === "voucher" });
      if (facts.length === 0) throw notFound();
      return { facts, title: said.voucher, layOut: layOutVouchers(facts) };
    }
  }
}

/** Amounts as strings: canonical JSON has no bigint. */
function plain(facts: unknown): unknown {
  return JSON.parse(
    JSON.stringify(facts, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
}
