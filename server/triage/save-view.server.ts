import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import type { Database } from "~db/client.server";
import { boardHabits, savedViews } from "~db/schema/board";
import { withActor } from "~db/with-actor.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";

/** Views one person keeps: what a board lists stays short. */
export const VIEWS_A_PERSON = 20;

export type SaveView = {
  readonly name: string;
  /** The query of its address, as `viewQuery` keeps it. */
  readonly query: string;
  readonly shared: boolean;
  readonly makeDefault: boolean;
  readonly threshold: number | null;
  readonly at: Date;
};

/** Keeps a view under a name, for oneself or for one's body. Refusals: `view_name_taken`, `too_many_views`. */
export async function saveView(db: Database, input: SaveView, actor: StaffActor): Promise<{ id: string }> {
  const id = uuidv7();
  const done = withActor(db, actor, async (tx) => {
    const own = await tx
      .select({ id: savedViews.id })
      .from(savedViews)
      .where(eq(savedViews.ownerId, actor.id))
      .limit(VIEWS_A_PERSON);
    if (own.length >= VIEWS_A_PERSON) {
      throw new DomainError(
        "too_many_views",
        409,
        `您已保存 ${VIEWS_A_PERSON} 个视图，请先删除不用的视图再保存。`,
      );
    }
    await tx.insert(savedViews).values({
      id,
      ownerId: actor.id,
      agencyId: actor.agencyId,
      name: input.name,
      query: input.query,
      shared: input.shared,
      threshold: input.threshold,
      createdAt: input.at,
    });
    if (input.makeDefault) await setHabit(tx, { defaultViewId: id }, actor);
    return { id };
  });
  return done.catch((error: unknown) => {
    if (databaseFault(error).constraint !== "saved_views_name_uq") throw error;
    throw new DomainError("view_name_taken", 409, "您已有同名的视图，请换一个名称，或者先删除原来的视图。");
  });
}

/** Removes a view of one's own; anybody else's is not there. */
export async function removeView(db: Database, viewId: string, actor: StaffActor): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const removed = validate(viewId)
      ? await tx
          .delete(savedViews)
          .where(and(eq(savedViews.id, viewId), eq(savedViews.ownerId, actor.id)))
          .returning({ id: savedViews.id })
      : [];
    if (removed.length === 0) throw notFound();
  });
}

/** The view one's board opens with (null for the whole board), and whether single keys act. */
export async function setHabits(
  db: Database,
  input: { readonly defaultViewId?: string | null; readonly shortcutsOff?: boolean },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    if (input.defaultViewId) {
      const [view] = validate(input.defaultViewId)
        ? await tx
            .select({ id: savedViews.id })
            .from(savedViews)
            .where(eq(savedViews.id, input.defaultViewId))
        : [];
      if (view === undefined) throw notFound();
    }
    await setHabit(tx, input, actor);
  });
}

async function setHabit(
  tx: Parameters<Parameters<typeof withActor>[2]>[0],
  input: { readonly defaultViewId?: string | null; readonly shortcutsOff?: boolean },
  actor: StaffActor,
): Promise<void> {
  await tx
    .insert(boardHabits)
    .values({ staffId: actor.id, ...input })
    .onConflictDoUpdate({ target: boardHabits.staffId, set: { ...input, staffId: sql`excluded.staff_id` } });
}
