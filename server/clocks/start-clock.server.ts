import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { leadClocks } from "~db/schema/clocks";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { BOARD_CLOCKS, type ClockKind, type ClockLimit } from "./clock-kinds";
import { dueDay } from "./due-day";
import { readCalendar } from "./read-calendar.server";
import { toldOnLead } from "./told-on-lead.server";

/**
 * Starts a clock on a lead, unless one of its kind and subject runs already: a lead that is routed anew keeps the one it
 * has. Returns the clock's id and its last day (YYYY-MM-DD; null while it stands still). Recorded on the lead
 * (`toldOnLead`), but for 受理 and 办理, which the dispatch tells.
 */
export async function startClock(
  tx: Tx,
  input: {
    readonly leadId: string;
    readonly kind: ClockKind;
    /** The notice or measure it is about, where a lead may have several of the kind. */
    readonly subject?: string;
    readonly limit: ClockLimit;
    readonly at: Date;
    /** Its first day (YYYY-MM-DD), where what it counts from was recorded later; absent: today. */
    readonly startedOn?: string;
  },
  actor: Actor,
): Promise<{ clockId: string; dueOn: string | null }> {
  const { leadId, kind, limit, subject = "" } = input;
  const [running] = await tx
    .select({ clockId: leadClocks.id, dueOn: leadClocks.dueOn })
    .from(leadClocks)
    .where(
      and(
        eq(leadClocks.leadId, leadId),
        eq(leadClocks.kind, kind),
        eq(leadClocks.subject, subject),
        isNull(leadClocks.endedOn),
      ),
    );
  if (running !== undefined) return running;
  const { calendar, listNo } = await readCalendar(tx);
  const startedOn = input.startedOn ?? chinaDay(input.at);
  const dueOn = dueDay(calendar, { startedOn, limitKind: limit.kind, days: limit.days, pauses: [] });
  const clockId = uuidv7();
  await tx.insert(leadClocks).values({
    id: clockId,
    leadId,
    kind,
    subject,
    startedOn,
    limitDays: limit.days,
    limitKind: limit.kind,
    clause: limit.clause ?? null,
    extensionDays: limit.extension ?? 0,
    waitDays: limit.wait?.days ?? 1,
    waitTimes: limit.wait?.times ?? 0,
    dueOn,
    calendarNo: listNo,
    startedBy: actor.kind === "staff" ? actor.id : null,
  });
  if (!BOARD_CLOCKS.includes(kind)) {
    await recordEvent(
      tx,
      {
        action: "clock.started",
        subjectTable: "lead_clocks",
        subjectId: clockId,
        ...(await toldOnLead(tx, { id: clockId, leadId, kind, subject })),
        data: { clock: kind, due: dueOn },
        at: input.at,
      },
      actor,
    );
  }
  return { clockId, dueOn };
}
