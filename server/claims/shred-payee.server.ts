import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { payeeDetails } from "~db/schema/claims";

/** Why a payee record goes: the transfer is settled, other details took its place, or nothing is paid by transfer. */
export type ShredReason = "settled" | "replaced" | "ended";

/**
 * Ends an award's live payee record inside the caller's transaction: body, shares and whatever was released of them are
 * gone at commit; that there was one, and its days, stay. `on` is the day in China. Says whether there was one. The
 * database lets cashiers, the portal and the informant do it. (PostgreSQL keeps the old bytes, all of them sealed,
 * until its vacuum and its backups have moved on.)
 */
export async function shredPayee(
  tx: Tx,
  awardId: string,
  input: { readonly on: string; readonly why: ShredReason },
): Promise<boolean> {
  const shredded = await tx
    .update(payeeDetails)
    .set({ body: null, shreddedOn: input.on, shreddedWhy: input.why })
    .where(and(eq(payeeDetails.awardId, awardId), isNull(payeeDetails.shreddedOn)))
    .returning({ id: payeeDetails.id });
  return shredded.length > 0;
}
