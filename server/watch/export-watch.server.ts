import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { matching, readEntries, type WatchEntry, type WatchFilters } from "./list-watch.server";

/** Rows of one export, at most; what is filtered more narrowly fits. */
export const EXPORT_ROWS = 10_000;

const COLUMNS: readonly (readonly [string, (entry: WatchEntry) => string | null])[] = [
  ["企业名称", ({ name }) => name],
  ["统一社会信用代码", ({ uscc }) => uscc],
  ["住所", ({ address }) => address],
  ["行政区划代码", ({ placeCode }) => placeCode],
  ["法定代表人", ({ representative }) => representative],
  ["成立日期", ({ registeredOn }) => registeredOn],
  ["登记状态", ({ state }) => state],
  ["名称中的字样", ({ inName }) => inName.join("、")],
  ["经营范围中的字样", ({ inScope }) => inScope.join("、")],
  ["不在名录的日期", ({ goneOn }) => goneOn],
  ["理由", ({ reason }) => reason],
  ["经营范围", ({ scope }) => scope],
];

/** The watch list as CSV (UTF-8 with a byte order mark, for spreadsheets). 404 for anyone but triage and audit. */
export async function exportWatch(
  db: Database,
  input: {
    readonly packId: string;
    readonly filters: WatchFilters;
    readonly nameStatus: (status: WatchEntry["status"]) => string;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<string> {
  if (!hasRole(actor, "triage_officer", "auditor")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const entries = await readEntries(tx, matching(input.packId, input.filters), EXPORT_ROWS, 0);
    await recordEvent(
      tx,
      {
        action: "watch.exported",
        subjectTable: "watch_entries",
        subjectId: input.packId,
        data: { rows: entries.length },
        at: input.at,
      },
      actor,
    );
    const lines = [
      [...COLUMNS.map(([title]) => title), "处理情况"],
      ...entries.map((entry) => [
        ...COLUMNS.map(([, of]) => of(entry) ?? ""),
        input.nameStatus(entry.status),
      ]),
    ];
    return `\ufeff${lines.map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
  });
}

/** A cell no spreadsheet runs: text that begins like a formula gets an apostrophe before it. */
export function csvCell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
