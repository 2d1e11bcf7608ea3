import { and, eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { disputes } from "~db/schema/disputes";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readOpenDispute, requireTriage } from "./dispute-scope.server";

/**
 * The office words the question that is argued; every wording stays in the trail. Refusals: 404, `not_mediator`,
 * `dispute_ended`, `stale_dispute`.
 */
export async function editQuestion(
  db: Database,
  input: { leadId: string; version: number; question: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    requireTriage(actor);
    const changed = await tx
      .update(disputes)
      .set({ question: input.question, version: sql`${disputes.version} + 1` })
      .where(
        and(eq(disputes.id, dispute.id), eq(disputes.version, input.version), eq(disputes.status, "open")),
      )
      .returning({ id: disputes.id });
    if (changed.length === 0) throw staleDispute();
    await recordEvent(
      tx,
      {
        action: "dispute.question_changed",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { before: dispute.question, question: input.question },
        at: input.at,
      },
      actor,
    );
  });
}

export function staleDispute(): DomainError {
  return new DomainError("stale_dispute", 409, "会商刚刚被别人更新过。请对照下面不同的地方，确认后再提交。");
}
