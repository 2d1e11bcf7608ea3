import { and, asc, count, desc, eq, inArray, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { funds } from "~db/schema/ledger";
import { staff } from "~db/schema/staff";
import { payWindows, windowDays, windowGuards, windowMovements } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { readLiveGrants } from "~server/ledger/require-finance-role.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

export const MOVEMENTS_A_PAGE = 30;
const DAYS_SHOWN = 10;
const MOST_WINDOWS = 50;

export const WINDOW_READERS: readonly Role[] = [
  "window_clerk",
  "cashier",
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
  "administrator",
  "auditor",
];

export type ListedWindow = typeof payWindows.$inferSelect & {
  readonly source: string;
  readonly proposer: string;
};

export type Movement = {
  readonly id: string;
  readonly kind: "top_up" | "return" | "payment";
  /** 分, into the window positive. */
  readonly amountFen: bigint;
  readonly slip: string | null;
  readonly codeName: string | null;
  readonly by: string;
  readonly at: Date;
};

export type WindowDay = {
  readonly day: string;
  readonly bookFen: bigint;
  readonly countedFen: bigint;
  readonly explanation: string | null;
  readonly status: "counted" | "closed";
  readonly countedBy: string;
  readonly counterId: string;
  readonly agreedBy: string | null;
};

/**
 * The windows there are, open ones first, and of the chosen one what it holds, today's movements a page at a time and its
 * last days. Code names, never names; 404 for whoever has no business at a window.
 */
export async function listWindows(
  db: Database,
  input: { readonly windowId: string | null; readonly page: number },
  actor: StaffActor,
  clock: Clock,
) {
  const today = chinaDay(clock.now());
  return withActor(db, actor, async (tx) => {
    const grants = await readLiveGrants(tx, actor.id);
    if (!grants.some(({ role }) => WINDOW_READERS.includes(role))) throw notFound();
    const windows = await readWindows(tx);
    const chosen =
      windows.find(({ id }) => id === input.windowId) ?? windows.find(({ status }) => status === "open");
    const sources = await tx
      .select({ value: funds.id, label: funds.source })
      .from(funds)
      .orderBy(asc(funds.source))
      .limit(100);
    return {
      today,
      windows,
      sources,
      chosen: chosen === undefined ? null : await readOne(tx, chosen, today, input.page),
    };
  });
}

async function readWindows(tx: Tx): Promise<ListedWindow[]> {
  const rows = await tx
    .select({ window: payWindows, source: funds.source, proposer: staff.displayName })
    .from(payWindows)
    .leftJoin(funds, eq(funds.id, payWindows.fundId))
    .innerJoin(staff, eq(staff.id, payWindows.proposedBy))
    .orderBy(
      sql`case ${payWindows.status} when 'open' then 0 when 'proposed' then 1 else 2 end`,
      asc(payWindows.proposedAt),
    )
    .limit(MOST_WINDOWS);
  return rows.map(({ window, source, proposer }) => ({ ...window, source: source ?? "", proposer }));
}

async function readOne(tx: Tx, window: ListedWindow, today: string, page: number) {
  const of = eq(windowMovements.windowId, window.id);
  const ofToday = and(of, eq(windowMovements.day, today));
  const [sums] = await tx
    .select({ book: sql<string>`coalesce(sum(${windowMovements.amountFen}), 0)::text` })
    .from(windowMovements)
    .where(of);
  const [paid] = await tx
    .select({
      n: count(),
      fen: sql<string>`coalesce(-sum(${windowMovements.amountFen}), 0)::text`,
    })
    .from(windowMovements)
    .where(and(ofToday, eq(windowMovements.kind, "payment")));
  const [moved] = await tx.select({ n: count() }).from(windowMovements).where(ofToday);
  const [guard] = await tx.select().from(windowGuards).where(eq(windowGuards.windowId, window.id));
  return {
    window,
    bookFen: BigInt(sums?.book ?? "0"),
    paidToday: { count: paid?.n ?? 0, fen: BigInt(paid?.fen ?? "0") },
    pages: Math.ceil((moved?.n ?? 0) / MOVEMENTS_A_PAGE),
    movements: await readMovements(tx, { windowId: window.id, day: today, page, most: MOVEMENTS_A_PAGE }),
    days: await readDays(tx, window.id),
    locked: guard !== undefined && guard.lockedAt !== null,
    wrong: guard?.wrong ?? 0,
  };
}

/** Movements of a window's day in their order. */
export async function readMovements(
  tx: Tx,
  input: { readonly windowId: string; readonly day: string; readonly page: number; readonly most: number },
): Promise<Movement[]> {
  const rows = await tx
    .select({ movement: windowMovements, by: staff.displayName })
    .from(windowMovements)
    .innerJoin(staff, eq(staff.id, windowMovements.staffId))
    .where(and(eq(windowMovements.windowId, input.windowId), eq(windowMovements.day, input.day)))
    .orderBy(asc(windowMovements.id))
    .limit(input.most)
    .offset((input.page - 1) * input.most);
  return rows.map(({ movement, by }) => ({
    id: movement.id,
    kind: movement.kind as Movement["kind"],
    amountFen: movement.amountFen,
    slip: movement.slip,
    codeName: movement.codeName,
    by,
    at: movement.recordedAt,
  }));
}

export async function readDays(tx: Tx, windowId: string, day?: string): Promise<WindowDay[]> {
  const rows = await tx
    .select()
    .from(windowDays)
    .where(and(eq(windowDays.windowId, windowId), day === undefined ? undefined : eq(windowDays.day, day)))
    .orderBy(desc(windowDays.day))
    .limit(DAYS_SHOWN);
  const ids = [...new Set(rows.flatMap(({ countedBy, agreedBy }) => [countedBy, agreedBy ?? countedBy]))];
  const people =
    ids.length === 0
      ? []
      : await tx.select({ id: staff.id, name: staff.displayName }).from(staff).where(inArray(staff.id, ids));
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name ?? "";
  return rows.map((row) => ({
    day: row.day,
    bookFen: row.bookFen,
    countedFen: row.countedFen,
    explanation: row.explanation,
    status: row.status as WindowDay["status"],
    countedBy: nameOf(row.countedBy),
    counterId: row.countedBy,
    agreedBy: row.agreedBy === null ? null : nameOf(row.agreedBy),
  }));
}
