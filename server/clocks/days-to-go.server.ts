import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leadClocks } from "~db/schema/clocks";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { daysToGo, type DaysToGo } from "./due-day";
import { readCalendar } from "./read-calendar.server";

/**
 * How far the running deadline of each lead is away, counted in the days of its own limit, as its page counts it. Leads
 * this person may not see, and those without a running deadline, are not in the answer.
 */
export async function countDaysToGo(
  db: Database,
  input: { readonly leads: readonly { id: string; dueOn: string | null }[]; readonly today: string },
  actor: StaffActor,
): Promise<ReadonlyMap<string, DaysToGo>> {
  const due = new Map(input.leads.flatMap(({ id, dueOn }) => (dueOn === null ? [] : [[id, dueOn] as const])));
  if (due.size === 0) return new Map();
  return withActor(db, actor, async (tx) => {
    const { calendar } = await readCalendar(tx);
    const rows = await tx
      .select({
        leadId: leadClocks.leadId,
        dueOn: leadClocks.dueOn,
        limitKind: leadClocks.limitKind,
        limitDays: leadClocks.limitDays,
      })
      .from(leadClocks)
      .innerJoin(leads, eq(leads.id, leadClocks.leadId))
      .where(
        and(
          inArray(leadClocks.leadId, [...due.keys()]),
          // Both may end on one day.
          sql`${leadClocks.kind} = case when ${leads.stage} = 'dispatched' then 'accept' else 'handle' end`,
          isNull(leadClocks.endedOn),
        ),
      );
    return new Map(
      rows.flatMap(({ leadId, dueOn, limitKind, limitDays }) =>
        dueOn !== null && dueOn === due.get(leadId)
          ? [
              [
                leadId,
                daysToGo(
                  calendar,
                  { dueOn, limitDays, limitKind: limitKind as DaysToGo["unit"] },
                  input.today,
                ),
              ],
            ]
          : [],
      ),
    );
  });
}
