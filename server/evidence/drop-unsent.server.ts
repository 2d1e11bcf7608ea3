import type { Portal } from "~server/portal.server";
import { asReporter } from "./as-reporter.server";
import { markRemoved } from "./draft-files.server";
import { dropRemoved } from "./drop-removed.server";

/** Drops received files that no message took; those that were sent stay. Cut off, the job (`sweepEvidence`) ends it. */
export async function dropUnsent(
  portal: Pick<Portal, "db" | "evidence">,
  input: { readonly lookupId: Buffer; readonly ids: readonly string[] },
): Promise<void> {
  const { lookupId } = input;
  const ids = await asReporter(portal, lookupId, (tx) => markRemoved(tx, lookupId, input.ids));
  await dropRemoved(portal, { lookupId, ids });
}
