import { and, asc, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { NOTICES_A_LIST } from "~/forms/notices";
import type { Database } from "~db/client.server";
import { notices } from "~db/schema/mail";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { SealedView } from "~server/secrecy/sealed-view";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** A waiting notice and its address, sealed. */
export type WaitingNotice = {
  readonly id: string;
  /** YYYY-MM-DD: since when there is news. */
  readonly raisedOn: string;
  readonly attempts: number;
  readonly contact: SealedView;
};

/**
 * Waiting notices with their sealed addresses, oldest first, after the one named; 100 at most. That addresses were
 * handed out is an event. 404 for anyone but the notice desk. A member's recusals leave those notices to colleagues.
 */
export async function listWaitingNotices(
  db: Database,
  input: { readonly after: { readonly on: string; readonly id: string } | null; readonly at: Date },
  actor: StaffActor,
): Promise<{ notices: WaitingNotice[] }> {
  if (!hasRole(actor, "notice_desk")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({
        id: notices.id,
        tipId: notices.tipId,
        raisedOn: notices.raisedOn,
        attempts: notices.attempts,
      })
      .from(notices)
      .where(
        and(
          eq(notices.status, "waiting"),
          input.after === null
            ? undefined
            : sql`(${notices.raisedOn}, ${notices.id}) > (${input.after.on}::date, ${input.after.id}::uuid)`,
        ),
      )
      .orderBy(asc(notices.raisedOn), asc(notices.id))
      .limit(NOTICES_A_LIST);
    if (rows.length === 0) return { notices: [] };
    const tipIds = rows.map(({ tipId }) => tipId);
    const sealed = await readSealed(tx, { tipIds, fields: ["contact"] }, actor);
    await recordEvent(
      tx,
      {
        action: "notices.opened",
        subjectTable: "notices",
        subjectId: uuidv7(),
        data: { notices: rows.length },
        at: input.at,
      },
      actor,
    );
    return { notices: rows.map(({ tipId, ...row }) => ({ ...row, contact: sealed(tipId, "contact") })) };
  });
}
