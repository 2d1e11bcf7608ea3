import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { exportBeancount } from "~server/ledger/export-beancount.server";
import { exportCsv } from "~server/ledger/export-csv.server";
import { exportHledger } from "~server/ledger/export-hledger.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { BookFormat } from "./book-formats";

const FORMATS = {
  hledger: { write: exportHledger, extension: "journal", type: "text/plain" },
  beancount: { write: exportBeancount, extension: "beancount", type: "text/plain" },
  csv: { write: exportCsv, extension: "csv", type: "text/csv" },
} as const;

/**
 * The whole ledger as a download, written as it is read: memory does not grow with it. Who took it is recorded first.
 * Throws `not_found` for who may not see money.
 */
export async function exportBooks(
  { db, clock }: Pick<Portal, "db" | "clock">,
  format: BookFormat,
  actor: StaffActor,
): Promise<{ body: ReadableStream<Uint8Array>; fileName: string; type: string }> {
  await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    await recordEvent(
      tx,
      {
        ...{ action: "books.exported", subjectTable: "books", subjectId: format },
        data: { format },
        at: clock.now(),
      },
      actor,
    );
  });
  const { write, extension, type } = FORMATS[format];
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  // What fails half-way breaks the download off, so that no cut file passes for a whole one.
  void write(db, async (text) => {
    await writer.ready;
    await writer.write(encoder.encode(text));
  }).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error).catch(() => undefined),
  );
  return { body: readable, fileName: `ledger-${chinaDay(clock.now())}.${extension}`, type };
}
