import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { readByCode } from "~server/windows/find-claim.server";
import { windowRefusal } from "~server/windows/refusals.server";
import { claimRefusal } from "./refusals.server";

export const PAPER_KINDS = [
  "notarised_inheritance",
  "court_decision",
  "village_proof",
  "other_legal",
] as const;
export type PaperKind = (typeof PAPER_KINDS)[number];

/**
 * A clerk records that an heir's papers were seen, by their kind alone; a second clerk, with the code on the counter like
 * the first, confirms it. Throws `wrong_role`, `code_unknown`, `papers_not_heir`, `papers_same`, `papers_done`.
 */
export async function recordPapers(
  db: Database,
  input: { readonly code: string; readonly kind: PaperKind },
  actor: Actor,
  clock: Clock,
): Promise<{ readonly seen: 1 | 2 }> {
  return withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(tx, actor, "window_clerk");
    const found = await readByCode(tx, input.code);
    if (found === null) throw windowRefusal("code_unknown");
    const { claim } = found;
    if (claim.claimant !== "heir") throw claimRefusal("papers_not_heir");
    if (claim.papersToo !== null) throw claimRefusal("papers_done");
    if (claim.papersBy === person.id) throw claimRefusal("papers_same");
    const first = claim.papersBy === null;
    await tx
      .update(awardClaims)
      .set(
        first
          ? { papersKind: input.kind, papersBy: person.id }
          : { papersToo: person.id, papersOn: chinaDay(clock.now()) },
      )
      .where(eq(awardClaims.awardId, claim.awardId));
    await recordEvent(
      tx,
      {
        action: first ? "claim.papers_seen" : "claim.papers_confirmed",
        subjectTable: "awards",
        subjectId: claim.awardId,
        leadId: found.award.leadId,
        data: { kind: first ? input.kind : claim.papersKind },
        at: clock.now(),
      },
      actor,
    );
    return { seen: first ? 1 : 2 };
  });
}
