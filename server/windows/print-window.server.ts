import { and, eq, lt, sql } from "drizzle-orm";
import type { Content } from "pdfmake/interfaces";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { staffWindow } from "~/i18n/zh-CN/staff-window";
import type { Database, Tx } from "~db/client.server";
import { payWindows, windowMovements } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { interpolate } from "~server/documents/interpolate";
import { hashContent, makePdf } from "~server/documents/make-pdf.server";
import { notFound } from "~server/errors.server";
import { readLiveGrants } from "~server/ledger/require-finance-role.server";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { StaffActor } from "~server/staff-auth/actor";
import { WINDOW_READERS, readDays, readMovements } from "./list-windows.server";

const words = staffWindow.print;
/** Of one day's list; a window that pays more in a day prints its first thousand. */
const MOST = 1000;
type Pair = readonly [label: string, value: string];

/** 付款凭单: number, code name, amount in digits and words, window, day. No name, and a mark the informant may leave out. */
export async function printSlip(
  db: Database,
  input: { readonly slip: string },
  actor: StaffActor,
): Promise<{ pdf: Buffer; facts: readonly Pair[] }> {
  const row = await withActor(db, actor, async (tx) => {
    await requireReader(tx, actor);
    const [found] = await tx
      .select({ movement: windowMovements, name: payWindows.nameZh })
      .from(windowMovements)
      .innerJoin(payWindows, eq(payWindows.id, windowMovements.windowId))
      .where(eq(windowMovements.slip, input.slip));
    return found;
  });
  if (row === undefined) throw notFound();
  const { movement, name } = row;
  const amount = -movement.amountFen;
  const factsWith = (capital: string): Pair[] => [
    [words.number, movement.slip ?? ""],
    [words.codeName, movement.codeName ?? ""],
    [words.amount, formatFen(amount)],
    [words.capital, capital],
    [words.window, name],
    [words.day, formatDay(movement.day)],
  ];
  const inWords = capitalAmount(amount);
  const facts = factsWith(interpolate(words.words, { words: inWords }));
  const pdf = await makePdf({
    title: words.slipTitle,
    number: movement.slip ?? "",
    // Over the words without 人民币, as slips were first printed: the same slip printed again has the same mark.
    sha256: hashContent(factsWith(inWords)),
    createdAt: movement.recordedAt,
    content: [
      { text: words.slipTitle, style: "title" },
      pairTable(facts),
      { text: words.code, margin: [0, 10, 0, 0] },
      { text: `${words.mark}：`, margin: [0, 40, 0, 0] },
    ],
  });
  return { pdf, facts };
}

/** 日结单: a window's day, movement by movement, against what was counted. */
export async function printDay(
  db: Database,
  input: { readonly windowId: string; readonly day: string },
  actor: StaffActor,
  at: Date,
): Promise<Buffer> {
  const { windowId, day } = input;
  const found = await withActor(db, actor, async (tx) => {
    await requireReader(tx, actor);
    const [window] = await tx.select().from(payWindows).where(eq(payWindows.id, windowId));
    if (window === undefined) throw notFound();
    const movements = await readMovements(tx, { windowId, day, page: 1, most: MOST });
    const [before] = await tx
      .select({ fen: sql<string>`coalesce(sum(${windowMovements.amountFen}), 0)::text` })
      .from(windowMovements)
      .where(and(eq(windowMovements.windowId, windowId), lt(windowMovements.day, day)));
    const [counted] = await readDays(tx, windowId, day);
    return { window, movements, opening: BigInt(before?.fen ?? "0"), counted };
  });
  const { window, movements, opening, counted } = found;
  const closing = movements.reduce((sum, { amountFen }) => sum + amountFen, opening);
  const head: Pair[] = [
    [words.window, window.nameZh],
    [words.day, formatDay(day)],
    [words.opening, formatFen(opening)],
    [words.closing, formatFen(closing)],
    [words.counted, counted === undefined ? words.notCounted : formatFen(counted.countedFen)],
    ...(counted === undefined
      ? []
      : [
          [words.difference, formatFen(counted.countedFen - counted.bookFen)] as const,
          [staffWindow.day.explanation, counted.explanation ?? ""] as const,
          [staffWindow.day.people, `${counted.countedBy} / ${counted.agreedBy ?? ""}`] as const,
        ]),
  ];
  const rows = movements.map(({ kind, codeName, amountFen, slip, by }) => [
    staffWindow.today.kinds[kind],
    codeName ?? "",
    slip ?? "",
    { text: formatFen(amountFen), alignment: "right" as const },
    by,
  ]);
  const list: Content =
    rows.length === 0
      ? { text: staffWindow.today.empty }
      : {
          margin: [0, 10, 0, 0],
          table: {
            headerRows: 1,
            widths: ["auto", "auto", "*", "auto", "auto"],
            body: [
              [
                staffWindow.today.what,
                words.codeName,
                staffWindow.today.slip,
                { text: words.amount, alignment: "right" as const },
                staffWindow.today.by,
              ],
              ...rows,
            ],
          },
        };
  return makePdf({
    title: words.dayTitle,
    number: `${window.code} ${day}`,
    sha256: hashContent({ head, rows: movements.map(({ slip, amountFen }) => [slip, amountFen.toString()]) }),
    createdAt: at,
    content: [{ text: words.dayTitle, style: "title" }, pairTable(head), list],
  });
}

async function requireReader(tx: Tx, actor: StaffActor): Promise<void> {
  const grants = await readLiveGrants(tx, actor.id);
  if (!grants.some(({ role }) => role !== "administrator" && WINDOW_READERS.includes(role))) throw notFound();
}

function pairTable(pairs: readonly Pair[]): Content {
  return {
    margin: [0, 10, 0, 0],
    table: { widths: [110, "*"], body: pairs.map(([label, value]) => [{ text: label, bold: true }, value]) },
  };
}
