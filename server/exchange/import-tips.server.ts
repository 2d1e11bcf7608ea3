import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import { lostFirstComeRace } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import type { DeskChannel } from "~/forms/desk";
import { readChannel } from "./channel-names";
import { cleanCell } from "./clean-cell";
import { columnTitle } from "./import-columns";
import { IMPORT_REASONS } from "./import-reasons";
import {
  externalKeyOf,
  type GivenRow,
  type PrepareGround,
  type PreparedRow,
  type RowOutcome,
} from "./prepare-rows.server";
import { openThreads, type Preparer } from "./prepare-threads.server";
import type { RowFault } from "./read-cells";
import type { FileRow } from "./read-rows.server";
import { findImported, receiveBatch, toName } from "./receive-batch.server";

export type ImportTotals = {
  /** Rows of the file that hold something, its header not among them. */
  readonly rows: number;
  readonly imported: number;
  /** Rows whose number was imported before, in this file or another. */
  readonly already: number;
  readonly bad: number;
};

export type BadRow = { readonly row: number; readonly faults: readonly RowFault[] };

export type ImportInput = {
  readonly rows: AsyncIterable<FileRow>;
  readonly channel: DeskChannel | null;
  readonly source: string | null;
  readonly threads: number;
  readonly onBad: (bad: BadRow) => void;
  /**
   * Told of each row that is passed over since its number was imported before. The number alone is known: whether the
   * row says the same as the report that came first can be told by nobody but whoever has the file.
   */
  readonly onPassed: (passed: BadRow) => void;
  readonly onProgress?: (totals: ImportTotals) => void;
  /** Who brings the file; the trail names them. Absent: the command line. */
  readonly by?: StaffActor | undefined;
  /** Asked before each batch; what it throws ends the import with the batches before it kept. */
  readonly admit?: (() => Promise<void>) | undefined;
  /** Given each report's receipt before its batch is committed: what is lost is never a receipt of a stored report. */
  readonly onReceipts?: (receipts: readonly NonNullable<PreparedRow["receipt"]>[]) => Promise<void>;
};

/** Rows a transaction: enough to share its costs, few enough that nobody else waits for it to be noticed. */
const BATCH = 250;
const IMPORT = systemActor("import");
const NUMBER_KNOWN: RowFault = {
  column: columnTitle("externalId"),
  reason: IMPORT_REASONS.numberKnown,
};

/**
 * Loads a file of reports from another channel, sealed and routed as any report is: each row whole or not at all,
 * each number once, whatever was stopped before and whatever else runs. Throws `portal_not_open`.
 */
export async function importTips(portal: Portal, input: ImportInput): Promise<ImportTotals> {
  const at = portal.clock.now();
  const keys = await withActor(portal.db, IMPORT, readIntakeKeys);
  const ground: PrepareGround = {
    pack: portal.pack.pack,
    today: chinaDay(at),
    channel: input.channel,
    source: input.source,
    hashKey: portal.keyring.imports,
    keys,
    at,
    receipts: input.onReceipts !== undefined,
  };
  const threads = openThreads(ground, input.threads);
  const totals = { rows: 0, imported: 0, already: 0, bad: 0 };
  const bad = (one: BadRow) => {
    totals.bad += 1;
    input.onBad(one);
  };
  const pass = (rows: readonly number[]) => {
    totals.already += rows.length;
    for (const row of [...rows].sort((a, b) => a - b)) input.onPassed({ row, faults: [NUMBER_KNOWN] });
  };
  try {
    for await (const piece of prepareAhead(portal, threads, ground, input.rows)) {
      totals.rows += piece.rows;
      for (const fault of piece.bad) bad(fault);
      await input.admit?.();
      const taken = await storeRows(portal, input, piece.prepared, at, bad);
      totals.imported += taken.imported;
      pass([...piece.passed, ...taken.passed]);
      input.onProgress?.(totals);
    }
  } finally {
    await threads.close();
  }
  await recordRun(portal, input, totals, at);
  return totals;
}

/** `passed`: the rows whose number was imported before. */
type Piece = { rows: number; passed: number[]; bad: BadRow[]; prepared: PreparedRow[] };

/** Pieces of the file, ready to be stored, in its order; the threads work on later ones meanwhile. */
async function* prepareAhead(
  portal: Portal,
  threads: Preparer,
  ground: PrepareGround,
  rows: AsyncIterable<FileRow>,
): AsyncGenerator<Piece> {
  const ahead: Promise<Piece>[] = [];
  for await (const piece of inPieces(rows)) {
    const made = prepare(portal, threads, ground, piece);
    // Told when its turn comes; until then it must not end the process.
    made.catch(() => undefined);
    ahead.push(made);
    if (ahead.length > threads.width) yield (await ahead.shift()) as Piece;
  }
  for (const piece of ahead) yield await piece;
}

async function* inPieces(rows: AsyncIterable<FileRow>): AsyncGenerator<FileRow[]> {
  let piece: FileRow[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length < BATCH) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

async function prepare(
  portal: Portal,
  threads: Preparer,
  ground: PrepareGround,
  rows: readonly FileRow[],
): Promise<Piece> {
  const broken = rows.flatMap((one) => ("faults" in one ? [one] : []));
  const given = rows.flatMap((one) => ("cells" in one ? [one] : []));
  const fresh = await dropImported(portal, ground, given);
  const left = new Set(fresh.map(({ row }) => row));
  const outcomes: readonly RowOutcome[] = fresh.length === 0 ? [] : await threads.prepare(fresh);
  return {
    rows: rows.length,
    passed: given.flatMap(({ row }) => (left.has(row) ? [] : [row])),
    bad: [...broken, ...outcomes.flatMap((one) => (one.kind === "bad" ? [one] : []))]
      .map(({ row, faults }) => ({ row, faults }))
      .sort((a, b) => a.row - b.row),
    prepared: outcomes.flatMap((one) => (one.kind === "prepared" ? [one.row] : [])),
  };
}

/** Without the rows imported before, so that a second run of a file costs next to nothing. */
async function dropImported(
  portal: Portal,
  ground: PrepareGround,
  rows: readonly GivenRow[],
): Promise<readonly GivenRow[]> {
  const keyed = rows.map((one) => {
    const named = cleanCell(one.cells.channel ?? "");
    const source = ground.source ?? (named === "" ? ground.channel : readChannel(named)) ?? "";
    return { one, key: externalKeyOf(ground.hashKey, source, cleanCell(one.cells.externalId ?? "")) };
  });
  const known = await withActor(portal.db, IMPORT, (tx) =>
    findImported(
      tx,
      keyed.map(({ key }) => key),
    ),
  );
  return keyed.filter(({ key }) => !known.has(toName(key))).map(({ one }) => one);
}

/** Rows of one transaction; where the database takes one of them for bad, the others are stored without it. */
async function storeRows(
  portal: Portal,
  input: ImportInput,
  rows: readonly PreparedRow[],
  at: Date,
  onBad: (bad: BadRow) => void,
): Promise<{ imported: number; passed: readonly number[] }> {
  if (rows.length === 0) return { imported: 0, passed: [] };
  try {
    const taken = await withActor(
      portal.db,
      IMPORT,
      async (tx) => {
        const stored = await receiveBatch(tx, { rows, pack: portal.pack, at }, IMPORT);
        const receipts = stored.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));
        if (receipts.length > 0) await input.onReceipts?.(receipts);
        return new Set(stored.map(({ row }) => row));
      },
      { alsoRetry: lostFirstComeRace },
    );
    const passed = rows.flatMap(({ row }) => (taken.has(row) ? [] : [row]));
    return { imported: taken.size, passed };
  } catch (error) {
    if (!isRowsFault(error)) throw error;
    const [first, ...others] = rows;
    if (first !== undefined && others.length === 0) {
      onBad({ row: first.row, faults: [{ column: null, reason: IMPORT_REASONS.refused }] });
      return { imported: 0, passed: [] };
    }
    const half = Math.ceil(rows.length / 2);
    const left = await storeRows(portal, input, rows.slice(0, half), at, onBad);
    const right = await storeRows(portal, input, rows.slice(half), at, onBad);
    return { imported: left.imported + right.imported, passed: [...left.passed, ...right.passed] };
  }
}

/** Whether what a row holds is at fault (data, constraint, limit), rather than the database or the way to it. */
function isRowsFault(error: unknown): boolean {
  return /^(22|23|54|P0)/.test(databaseFault(error).code ?? "");
}

async function recordRun(portal: Portal, input: ImportInput, totals: ImportTotals, at: Date): Promise<void> {
  await withActor(portal.db, IMPORT, (tx) =>
    recordEvent(
      tx,
      {
        action: "tips.imported",
        subjectTable: "tip_imports",
        subjectId: input.source ?? input.channel ?? "rows",
        data: { ...totals },
        at,
      },
      input.by ?? IMPORT,
    ),
  );
}
