import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { lastDayOf } from "./open-claim.server";
import type { PaperKind } from "./note-papers.server";

/**
 * How an award is claimed, as finance sees it: the window and its extension, the way, and an heir's papers by kind. Never
 * a name or where the money goes. Throws `not_found`.
 */
export async function readClaim(db: Database, input: { readonly awardId: string }, actor: Actor) {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [row] = await tx
      .select({
        id: awards.id,
        codeName: awards.codeName,
        amountFen: awards.amountFen,
        status: awards.status,
        claim: awardClaims,
        mark: sql<string | null>`papers_mark(${awards.id})`,
      })
      .from(awards)
      .leftJoin(awardClaims, eq(awardClaims.awardId, awards.id))
      .where(eq(awards.id, input.awardId));
    if (row === undefined) throw notFound();
    const { claim, mark, ...award } = row;
    return {
      ...award,
      claim:
        claim === null
          ? null
          : {
              toldOn: claim.toldOn,
              lastDay: lastDayOf(claim),
              extendedReason: claim.extendedReason,
              way: claim.way as "transfer" | "window" | null,
              claimant: claim.claimant as "self" | "proxy" | "heir" | null,
              papersKind: claim.papersKind as PaperKind | null,
              papersBy: claim.papersBy,
              papersOn: claim.papersOn,
              papersVoidedOn: claim.papersVoidedOn,
              papersMark: mark ?? "",
            },
    };
  });
}
