import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { refusal } from "~server/ledger/refusals.server";
import type { LoadedScheme } from "./load-scheme.server";

/**
 * Keeps a checked scheme version for good, so that what it decides can be recomputed. The same version again changes
 * nothing; another content under a known version throws `scheme_changed` (ledger invariant 13).
 */
export async function storeScheme(tx: Tx, { scheme, sha256 }: LoadedScheme): Promise<void> {
  await tx
    .insert(schemes)
    .values({
      schemeId: scheme.id,
      version: scheme.version,
      sha256,
      content: scheme,
      effectiveFrom: scheme.effective.from,
      effectiveTo: scheme.effective.to,
    })
    .onConflictDoNothing();
  const [known] = await tx
    .select({ sha256: schemes.sha256 })
    .from(schemes)
    .where(and(eq(schemes.schemeId, scheme.id), eq(schemes.version, scheme.version)));
  if (known?.sha256 !== sha256) throw refusal("scheme_changed");
}
