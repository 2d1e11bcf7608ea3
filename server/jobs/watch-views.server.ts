import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { savedViews } from "~db/schema/board";
import { staffMails } from "~db/schema/mail";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { weighView } from "~server/triage/weigh-view.server";

const WATCHER = systemActor("watch-views");
/** Views are counted from this hour on, in China. */
const MORNING_HOUR = 8;
/** Views read at a time. */
const BATCH = 100;

type View = Pick<typeof savedViews.$inferSelect, "id" | "ownerId" | "query" | "threshold" | "overOn">;

/**
 * Counts each kept view that has a threshold once a day, in its owner's own sight, and has its owner told by one mail
 * that it passed the threshold: not again until a day on which it held no more. Once a day and with its day alone,
 * because a card may come with a report's arrival, whose hour no row tells (secrecy.md); the board's page says at once
 * what a view holds. A view kept today is first counted tomorrow: its owner has just seen it. Says how many mails wait.
 */
export async function watchViews(db: Database, clock: Clock): Promise<{ mails: number }> {
  const today = chinaDay(clock.now());
  const morning = new Date(`${today}T${String(MORNING_HOUR).padStart(2, "0")}:00:00+08:00`);
  if (clock.now() < morning) return { mails: 0 };
  let mails = 0;
  for (let after = ""; ;) {
    const views = await listDue(db, { today, after });
    for (const view of views) {
      const over = await isOver(db, view, today);
      if (await settle(db, { view, over, today, morning })) mails += 1;
    }
    after = views.at(-1)?.id ?? "";
    if (views.length < BATCH) return { mails };
  }
}

/** The next views not counted today. */
function listDue(db: Database, input: { readonly today: string; readonly after: string }): Promise<View[]> {
  return withActor(db, WATCHER, (tx) =>
    tx
      .select({
        id: savedViews.id,
        ownerId: savedViews.ownerId,
        query: savedViews.query,
        threshold: savedViews.threshold,
        overOn: savedViews.overOn,
      })
      .from(savedViews)
      .where(
        and(
          isNotNull(savedViews.threshold),
          input.after === "" ? undefined : gt(savedViews.id, input.after),
          sql`coalesce(${savedViews.watchedOn}, (${savedViews.createdAt} at time zone 'Asia/Shanghai')::date) < ${input.today}::date`,
        ),
      )
      .orderBy(asc(savedViews.id))
      .limit(BATCH),
  );
}

/** Whether it holds too much for its owner; never for somebody suspended or without a board. */
async function isOver(db: Database, view: View, today: string): Promise<boolean> {
  const owner = await withActor(db, WATCHER, (tx) => loadStaffActor(tx, view.ownerId, "passkey"));
  return owner !== null && (await withActor(db, owner, (tx) => weighView(tx, { ...view, today }, owner)));
}

/** Notes the day and what it found; true where a mail now waits. Of several processes one notes it. */
async function settle(
  db: Database,
  found: { readonly view: View; readonly over: boolean; readonly today: string; readonly morning: Date },
): Promise<boolean> {
  const { view, over, today, morning } = found;
  return withActor(db, WATCHER, async (tx) => {
    const noted = await tx
      .update(savedViews)
      .set({ watchedOn: today, overOn: over ? (view.overOn ?? today) : null })
      .where(and(eq(savedViews.id, view.id), sql`${savedViews.watchedOn} is distinct from ${today}::date`))
      .returning({ id: savedViews.id });
    if (noted.length === 0 || !over || view.overOn !== null) return false;
    const [owner] = await tx.select({ email: staff.email }).from(staff).where(eq(staff.id, view.ownerId));
    if (typeof owner?.email !== "string") return false;
    await tx.insert(staffMails).values({
      id: uuidv7(),
      staffId: view.ownerId,
      kind: "view",
      data: { view: view.id, on: today },
      causeKey: `${view.id}:${today}`,
      createdAt: morning,
      nextAt: morning,
    });
    return true;
  });
}
