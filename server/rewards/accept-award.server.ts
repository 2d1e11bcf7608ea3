import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { lastDayOf, openClaim } from "~server/claims/open-claim.server";
import { claimRefusal } from "~server/claims/refusals.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { ReporterActor } from "~server/staff-auth/actor";
import { assessmentRefusal } from "./assessment-refusals.server";

/**
 * The informant accepts an approved award. They are known by their tip, which the receipt opened; only the day is
 * kept and nothing is posted (finance does that as an act of its own). A second click is the first one's acceptance.
 * Throws `not_found` (another tip's award is none of theirs), `award_moved` (not approved yet), `ended`,
 * `claim_over` (after the last day of its window), `objection_open`.
 */
export async function acceptAward(
  db: Database,
  input: { readonly tipId: string; readonly awardId: string },
  reporter: ReporterActor,
  clock: Clock,
): Promise<{ acceptedOn: string; isNew: boolean }> {
  return withActor(db, reporter, async (tx) => {
    const [award] = await tx
      .select()
      .from(awards)
      .where(and(eq(awards.id, input.awardId), eq(awards.tipId, input.tipId)))
      .for("update");
    if (award === undefined) throw notFound();
    if (award.acceptedOn !== null && award.status !== "revoked")
      return { acceptedOn: award.acceptedOn, isNew: false };
    if (["drafted", "prepared", "reviewed"].includes(award.status)) throw notFound();
    if (award.status !== "approved") throw refusal("ended");
    const [objected] = await tx
      .select({ id: awardObjections.id })
      .from(awardObjections)
      .where(and(eq(awardObjections.awardId, award.id), isNull(awardObjections.outcome)));
    if (objected !== undefined) throw assessmentRefusal("objection_open");
    const acceptedOn = chinaDay(clock.now());
    const lastDay = lastDayOf(await openClaim(tx, award, acceptedOn));
    if (lastDay !== null && acceptedOn > lastDay) throw claimRefusal("claim_over");
    await tx.update(awards).set({ status: "accepted", acceptedOn }).where(eq(awards.id, award.id));
    await recordEvent(
      tx,
      {
        action: "award.accepted",
        subjectTable: "awards",
        subjectId: award.id,
        leadId: award.leadId,
        at: clock.now(),
      },
      reporter,
    );
    return { acceptedOn, isNew: true };
  });
}
