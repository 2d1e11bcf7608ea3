import { and, asc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { awards } from "~db/schema/rewards";
import { informantsMissing } from "./assessment-refusals.server";
import type { Listed } from "./build-case.server";

/**
 * Whoever had a share in the computation that is replaced is listed again, and every question answered of them: nobody
 * loses a reward without a word. A report that was moved to another lead is asked about there. Throws `holders_missing`,
 * naming their places among those who asked.
 */
export async function checkHolders(
  tx: Tx,
  input: { readonly leadId: string; readonly replaces?: string | null },
  listed: Listed,
): Promise<void> {
  if (input.replaces === undefined || input.replaces === null) return;
  const holders = await tx
    .selectDistinct({ tipId: awards.tipId, arrivalNo: tips.arrivalNo })
    .from(awards)
    .innerJoin(tips, and(eq(tips.id, awards.tipId), eq(tips.leadId, input.leadId)))
    .where(eq(awards.poolId, input.replaces))
    .orderBy(asc(tips.arrivalNo));
  const known = new Set(listed.informants.map(({ tipId }) => tipId));
  const missing = holders.filter(({ tipId }) => !known.has(tipId)).map(({ tipId }) => tipId);
  if (missing.length === 0) return;
  const places = await readPlaces(tx, input.leadId);
  throw informantsMissing(missing.map((tipId) => places.get(tipId) ?? 0));
}

/** The places of those who asked for a reward, from 1, as the page counts them. */
async function readPlaces(tx: Tx, leadId: string): Promise<Map<string, number>> {
  const askers = await tx
    .select({ id: tips.id })
    .from(tips)
    .where(and(eq(tips.leadId, leadId), eq(tips.wantsReward, true)))
    .orderBy(asc(tips.arrivalNo));
  return new Map(askers.map(({ id }, at) => [id, at + 1]));
}
