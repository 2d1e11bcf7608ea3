import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { asReporter } from "./as-reporter.server";
import { markRemoved } from "./draft-files.server";
import { dropRemoved } from "./drop-removed.server";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Takes a file out of a draft, whatever its state. One that is not there, or is sent, stays as it is. */
export async function removeFile(
  portal: Pick<Portal, "db" | "evidence">,
  input: { readonly receipt: Receipt; readonly fileId: string },
): Promise<void> {
  if (!UUID.test(input.fileId)) return;
  const lookupId = lookupIdOf(input.receipt);
  const ids = await asReporter(portal, lookupId, (tx) => markRemoved(tx, lookupId, [input.fileId]));
  await dropRemoved(portal, { lookupId, ids });
}
