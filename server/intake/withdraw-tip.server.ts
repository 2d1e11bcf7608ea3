import { eq } from "drizzle-orm";
import { tips } from "~db/schema/intake";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import { lapseWishes } from "~server/messages/lapse-wishes.server";
import type { Portal } from "~server/portal.server";
import { reporterActor } from "~server/staff-auth/actor";
import { trailLead } from "./trail-lead";

/** From approval until it is paid an award waits for its informant: without the receipt nobody could claim it. */
const AWAITED = ["approved", "accepted", "posted"];

/**
 * The reporter takes their report back: from now on the receipt opens nothing. What was said of the platform stays
 * with the office, which may be acting on it. Twice is once. Throws `not_found` where the receipt opens no report,
 * `award_waiting` (409) while an approved award is not paid yet.
 */
export async function withdrawTip(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly lookupId: Buffer },
): Promise<void> {
  const at = portal.clock.now();
  const reporter = reporterActor(input.lookupId);
  await withActor(portal.db, reporter, async (tx) => {
    const [tip] = await tx
      .select({
        id: tips.id,
        leadId: tips.leadId,
        concernsOfficial: tips.concernsOfficial,
        closedWhy: tips.receiptClosedWhy,
      })
      .from(tips)
      .where(eq(tips.lookupId, input.lookupId))
      .for("update");
    if (tip === undefined || tip.closedWhy === "expired") throw notFound();
    if (tip.closedWhy === "withdrawn") return;
    // Locked, so that an approval under way is seen before or after, never during.
    const own = await tx
      .select({ status: awards.status })
      .from(awards)
      .where(eq(awards.tipId, tip.id))
      .for("update");
    if (own.some(({ status }) => AWAITED.includes(status))) {
      throw new DomainError(
        "award_waiting",
        409,
        "这条举报有已批准、还没有发放的奖励，现在不能撤回。请先领取奖励，发放以后再撤回。",
      );
    }
    // Nobody waits for an answer any more.
    await lapseWishes(tx, [tip.id], chinaDay(at));
    await tx
      .update(tips)
      .set({ receiptClosedOn: chinaDay(at), receiptClosedWhy: "withdrawn" })
      .where(eq(tips.id, tip.id));
    await recordEvent(
      tx,
      {
        action: "tip.withdrawn",
        subjectTable: "tips",
        subjectId: tip.id,
        ...trailLead(tip),
        at,
      },
      reporter,
    );
  });
}
