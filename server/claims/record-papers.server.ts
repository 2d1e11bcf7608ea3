import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { readByCode } from "~server/windows/find-claim.server";
import { windowRefusal } from "~server/windows/refusals.server";
import { notePapers, type PaperKind } from "./note-papers.server";
import { claimRefusal } from "./refusals.server";

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
    // At the counter the second clerk confirms what the first wrote and is not asked again.
    const kind = (claim.papersKind as PaperKind | null) ?? input.kind;
    return notePapers(tx, { claim, leadId: found.award.leadId, kind }, person, clock);
  });
}
