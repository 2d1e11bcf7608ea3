import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { calendarLists } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { YearList } from "./business-calendar";
import { recomputeClocks } from "./recompute-clocks.server";

/**
 * Keeps a year's official list and counts running clocks anew; a year entered again is a correction. Counting is begun
 * after the list is kept: what a stop cuts off the hourly job finishes. Says how many deadlines moved so far. 404 for
 * anyone but administrators.
 */
export async function addCalendarList(
  portal: { readonly db: Database; readonly clock: Clock },
  input: YearList,
  actor: StaffActor,
): Promise<{ moved: number }> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const at = portal.clock.now();
  await withActor(portal.db, actor, async (tx) => {
    const id = uuidv7();
    await tx.insert(calendarLists).values({
      id,
      year: input.year,
      document: input.document,
      daysOff: [...input.off],
      workDays: [...input.work],
      enteredBy: actor.id,
      enteredAt: at,
    });
    await recordEvent(
      tx,
      {
        action: "calendar.list_added",
        subjectTable: "calendar_lists",
        subjectId: id,
        data: { year: input.year, document: input.document },
        at,
      },
      actor,
    );
  });
  return recomputeClocks(portal.db, portal.clock);
}
