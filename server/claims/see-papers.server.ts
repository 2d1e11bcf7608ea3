import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { lockAward } from "~server/ledger/lock-award.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { notePapers, type PaperKind } from "./note-papers.server";
import { claimRefusal } from "./refusals.server";

/**
 * One of finance records that the papers of an heir who chose a transfer were shown, by their kind alone; another of
 * finance, who saw them too, confirms it. Only then a batch takes the award. At a window, with a code on the counter, it
 * is recordPapers. `mark`: what the page was about (readClaim). Throws `papers_not_here`, `papers_moved`, `papers_same`, `papers_done`, `papers_differ`, `wrong_role`, `needs_passkey`, `not_found`.
 */
export async function seePapers(
  db: Database,
  input: { readonly awardId: string; readonly kind: PaperKind; readonly mark: string },
  actor: Actor,
  clock: Clock,
): Promise<{ readonly seen: 1 | 2 }> {
  return withActor(db, actor, async (tx) => {
    const roles = ["finance_preparer", "finance_reviewer", "finance_approver"] as const;
    const { person } = await requireFinanceRole(tx, actor, ...roles);
    const award = await lockAward(tx, input.awardId);
    const [claim] = await tx
      .select()
      .from(awardClaims)
      .where(eq(awardClaims.awardId, award.id))
      .for("update");
    if (claim?.claimant !== "heir" || claim.way !== "transfer") throw claimRefusal("papers_not_here");
    if (!["accepted", "posted"].includes(award.status)) throw claimRefusal("claim_closed");
    if (claim.papersToo === null && claim.papersBy !== person.id) {
      const { rows } = await tx.execute<{ mark: string }>(sql`select papers_mark(${award.id}) as mark`);
      if (rows[0]?.mark !== input.mark) throw claimRefusal("papers_moved");
    }
    return notePapers(tx, { claim, leadId: award.leadId, kind: input.kind }, person, clock);
  });
}
