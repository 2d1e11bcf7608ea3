import { and, eq, inArray } from "drizzle-orm";
import { tipFiles } from "~db/schema/evidence";
import type { Portal } from "~server/portal.server";
import { asReporter } from "./as-reporter.server";

/**
 * Drops what lies on disk of files marked as removed, then their rows. Cut off half-way, the job (`sweepEvidence`) ends
 * it: the marks are there, the keys are not.
 */
export async function dropRemoved(
  portal: Pick<Portal, "db" | "evidence">,
  input: { readonly lookupId: Buffer; readonly ids: readonly string[] },
): Promise<void> {
  if (input.ids.length === 0) return;
  for (const id of input.ids) await portal.evidence.store.drop(id);
  await asReporter(portal, input.lookupId, (tx) =>
    tx
      .delete(tipFiles)
      .where(
        and(
          eq(tipFiles.lookupId, input.lookupId),
          eq(tipFiles.state, "removed"),
          inArray(tipFiles.id, [...input.ids]),
        ),
      ),
  );
}
