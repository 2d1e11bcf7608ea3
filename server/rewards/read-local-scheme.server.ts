import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { schemes } from "~db/schema/packs";
import { notFound } from "~server/errors.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { localScheme } from "./local-scheme";

/** The id of the scheme the lead's own plan rewards by. Throws `not_found`. */
export async function readLocalScheme(tx: Tx, leadId: string): Promise<string> {
  const [lead] = await tx.select({ packId: leads.packId }).from(leads).where(eq(leads.id, leadId));
  if (lead === undefined) throw notFound();
  const pack = await readPackInForce(tx, lead.packId, null);
  return localScheme(pack?.pack ?? { localReward: null });
}

/** Whether a scheme's line is the one the lead's own plan rewards by. */
export async function isLocalLine(tx: Tx, leadId: string, line: string): Promise<boolean> {
  const local = await readLocalScheme(tx, leadId);
  const [known] = await tx
    .select({ line: schemes.line })
    .from(schemes)
    .where(eq(schemes.schemeId, local))
    .limit(1);
  return known?.line === line;
}
