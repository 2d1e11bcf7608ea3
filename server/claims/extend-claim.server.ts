import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { Actor } from "~server/staff-auth/actor";
import { lastDayOf } from "./open-claim.server";
import { claimRefusal } from "./refusals.server";

/**
 * Finance gives the informant longer, with a reason, while the award still waits to be accepted; the informant has news of
 * it. `until` (YYYY-MM-DD) is after the day so far and today, at most a year from now. Throws `extension_late`,
 * `extension_day`, `extension_reason`, `wrong_role`, `needs_passkey`, `not_found`.
 */
export async function extendClaim(
  db: Database,
  input: { readonly awardId: string; readonly until: string; readonly reason: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const at = clock.now();
  const today = chinaDay(at);
  const reason = input.reason.trim();
  const done = withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(
      tx,
      actor,
      "finance_preparer",
      "finance_reviewer",
      "finance_approver",
    );
    const award = await lockAward(tx, input.awardId);
    const [claim] = await tx
      .select()
      .from(awardClaims)
      .where(eq(awardClaims.awardId, award.id))
      .for("update");
    if (award.status !== "approved" || claim === undefined || claim.claimBy === null)
      throw claimRefusal("extension_late");
    const sofar = lastDayOf(claim) ?? today;
    if (
      !/^\d{4}-\d{2}-\d{2}$/.test(input.until) ||
      input.until <= sofar ||
      input.until <= today ||
      input.until > addDays(today, 366)
    )
      throw claimRefusal("extension_day");
    if (reason.length < 5 || reason.length > 300) throw claimRefusal("extension_reason");
    await tx
      .update(awardClaims)
      .set({ extendedTo: input.until, extendedReason: reason, extendedBy: person.id })
      .where(eq(awardClaims.awardId, award.id));
    await noteNews(tx, { tipIds: [award.tipId] }, today);
    await recordEvent(
      tx,
      {
        action: "claim.extended",
        subjectTable: "awards",
        subjectId: award.id,
        leadId: award.leadId,
        data: { until: input.until, reason },
        at,
      },
      actor,
    );
  });
  await done.catch((error: unknown) => {
    if (databaseFault(error).constraint === "award_claims_reason_ck") throw claimRefusal("extension_reason");
    throw error;
  });
}
