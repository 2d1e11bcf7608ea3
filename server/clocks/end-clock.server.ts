import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { clockPauses, leadClocks } from "~db/schema/clocks";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { BOARD_CLOCKS, type ClockKind } from "./clock-kinds";
import { setDueDay } from "./set-due-day.server";
import { toldOnLead } from "./told-on-lead.server";

/**
 * Ends a lead's clock of a kind (and subject), because what it counts is done; what it waited for it waits for no more.
 * False where none runs. The deadline it had stays readable. Recorded on the lead (`toldOnLead`), but for 受理 and 办理,
 * which the move that ends them tells.
 */
export async function endClock(
  tx: Tx,
  input: { readonly leadId: string; readonly kind: ClockKind; readonly subject?: string; readonly at: Date },
  actor: Actor,
): Promise<boolean> {
  const { leadId, kind, subject = "" } = input;
  const on = chinaDay(input.at);
  const [clock] = await tx
    .select()
    .from(leadClocks)
    .where(
      and(
        eq(leadClocks.leadId, leadId),
        eq(leadClocks.kind, kind),
        eq(leadClocks.subject, subject),
        isNull(leadClocks.endedOn),
      ),
    )
    .for("update");
  if (clock === undefined) return false;
  const waiting = await tx
    .update(clockPauses)
    .set({ toOn: on })
    .where(and(eq(clockPauses.clockId, clock.id), isNull(clockPauses.toOn)))
    .returning({ id: clockPauses.id });
  if (waiting.length > 0) await setDueDay(tx, clock);
  await tx.update(leadClocks).set({ endedOn: on }).where(eq(leadClocks.id, clock.id));
  if (!BOARD_CLOCKS.includes(kind)) {
    await recordEvent(
      tx,
      {
        action: "clock.ended",
        subjectTable: "lead_clocks",
        subjectId: clock.id,
        ...(await toldOnLead(tx, clock)),
        data: { clock: kind },
        at: input.at,
      },
      actor,
    );
  }
  return true;
}
