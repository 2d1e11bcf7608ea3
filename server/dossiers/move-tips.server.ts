import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { recordEvents } from "~server/audit/record-event.server";
import { databaseFault, DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";

const BATCH = 1_000;

/**
 * Moves tips between two leads, each with its event: from it the reporter's page tells what happened since the tip came
 * to its lead. Told on no lead's trail, which the merge itself is told on. Refusal: `tip_has_award`.
 */
export async function moveTips(
  tx: Tx,
  input: { tipIds: readonly string[]; from: string; to: string; mergeId: string; at: Date },
  actor: StaffActor,
): Promise<number> {
  const { from, to, mergeId, at } = input;
  let moved = 0;
  for (let done = 0; done < input.tipIds.length; done += BATCH) {
    const tipIds = input.tipIds.slice(done, done + BATCH);
    const rows = await tx
      .update(tips)
      .set({ leadId: to })
      .where(and(inArray(tips.id, tipIds), eq(tips.leadId, from)))
      .returning({ id: tips.id })
      .catch((error: unknown) => {
        // Triage sees no awards: the database knows of them.
        if (databaseFault(error).constraint !== "tips_awarded") throw error;
        throw new DomainError(
          "tip_has_award",
          409,
          "其中有举报已有奖励记录，不能再移动。请先办结奖励，或者保持现状。",
        );
      });
    moved += rows.length;
    await recordEvents(
      tx,
      rows.map(({ id }) => ({
        action: "tip.attached",
        subjectTable: "tips",
        subjectId: id,
        data: { from, to, merge: mergeId },
        at,
      })),
      actor,
    );
  }
  return moved;
}
