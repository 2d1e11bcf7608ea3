import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { claimRefusal } from "./refusals.server";

export const PAPER_KINDS = [
  "notarised_inheritance",
  "court_decision",
  "village_proof",
  "other_legal",
] as const;
export type PaperKind = (typeof PAPER_KINDS)[number];

type Seen = {
  /** The claim as the caller holds it. */
  readonly claim: typeof awardClaims.$inferSelect;
  readonly leadId: string;
  readonly kind: PaperKind;
};

/**
 * Notes that `person` saw an heir's papers, by their kind alone: the first time as seen, the second time, by somebody
 * else and of the same kind, as confirmed. It holds for the account, or the code, that is there now: the database voids it
 * with the next one. Throws `papers_same`, `papers_done`, `papers_differ`.
 */
export async function notePapers(
  tx: Tx,
  { claim, leadId, kind }: Seen,
  person: StaffActor,
  clock: Clock,
): Promise<{ readonly seen: 1 | 2 }> {
  if (claim.papersToo !== null) throw claimRefusal("papers_done");
  if (claim.papersBy === person.id) throw claimRefusal("papers_same");
  const first = claim.papersBy === null;
  if (!first && claim.papersKind !== kind) throw claimRefusal("papers_differ");
  await tx
    .update(awardClaims)
    .set(
      first
        ? { papersKind: kind, papersBy: person.id }
        : { papersToo: person.id, papersOn: chinaDay(clock.now()) },
    )
    .where(eq(awardClaims.awardId, claim.awardId));
  await recordEvent(
    tx,
    {
      action: first ? "claim.papers_seen" : "claim.papers_confirmed",
      subjectTable: "awards",
      subjectId: claim.awardId,
      leadId,
      data: { kind },
      at: clock.now(),
    },
    person,
  );
  return { seen: first ? 1 : 2 };
}
