import { asc, eq, isNotNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { boardHabits, savedViews } from "~db/schema/board";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { weighView } from "./weigh-view.server";

export type SavedView = {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly shared: boolean;
  readonly mine: boolean;
  readonly owner: string;
  readonly threshold: number | null;
  /** Whether it now holds more cards than its threshold, in this person's own sight. */
  readonly over: boolean;
  readonly isDefault: boolean;
};

export type BoardHabits = { readonly defaultQuery: string | null; readonly shortcutsOff: boolean };

/** Views shown to one person: their own and their colleagues', the first 60 by name. */
const SHOWN = 60;
/** Views asked on every page whether they hold too much; a count stops one past its threshold. */
const WATCHED = 10;

export async function listViews(
  db: Database,
  input: { readonly today: string },
  actor: StaffActor,
): Promise<{ views: SavedView[]; habits: BoardHabits }> {
  return withActor(db, actor, async (tx) => {
    const habits = await readHabits(tx, actor);
    const rows = await tx
      .select({ view: savedViews, owner: staff.displayName })
      .from(savedViews)
      .innerJoin(staff, eq(staff.id, savedViews.ownerId))
      .orderBy(asc(savedViews.shared), asc(savedViews.name), asc(savedViews.id))
      .limit(SHOWN);
    const over = await findOver(tx, input.today, actor);
    return {
      habits: {
        defaultQuery: rows.find(({ view }) => view.id === habits.defaultViewId)?.view.query ?? null,
        shortcutsOff: habits.shortcutsOff,
      },
      views: rows.map(({ view, owner }) => ({
        id: view.id,
        name: view.name,
        query: view.query,
        shared: view.shared,
        mine: view.ownerId === actor.id,
        owner,
        threshold: view.threshold,
        over: over.has(view.id),
        isDefault: view.id === habits.defaultViewId,
      })),
    };
  });
}

/** How many of the person's views hold more than they want to be told of, for the navigation. */
export async function countViewsOver(
  db: Database,
  input: { readonly today: string },
  actor: StaffActor,
): Promise<number> {
  if (boardReach(actor) === null) return 0;
  return withActor(db, actor, async (tx) => (await findOver(tx, input.today, actor)).size);
}

async function readHabits(
  tx: Tx,
  actor: StaffActor,
): Promise<{ defaultViewId: string | null; shortcutsOff: boolean }> {
  const [row] = await tx
    .select({ defaultViewId: boardHabits.defaultViewId, shortcutsOff: boardHabits.shortcutsOff })
    .from(boardHabits)
    .where(eq(boardHabits.staffId, actor.id));
  return row ?? { defaultViewId: null, shortcutsOff: false };
}

async function findOver(tx: Tx, today: string, actor: StaffActor): Promise<ReadonlySet<string>> {
  const over = new Set<string>();
  if (boardReach(actor) === null) return over;
  const watched = await tx
    .select()
    .from(savedViews)
    .where(isNotNull(savedViews.threshold))
    .orderBy(sql`${savedViews.ownerId} <> ${actor.id}`, asc(savedViews.id))
    .limit(WATCHED);
  for (const view of watched) {
    if (await weighView(tx, { ...view, today }, actor)) over.add(view.id);
  }
  return over;
}
