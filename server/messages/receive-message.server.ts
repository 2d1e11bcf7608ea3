import { and, count, eq, isNotNull } from "drizzle-orm";
import { tipFiles } from "~db/schema/evidence";
import type { MessageFault } from "~/forms/own-message";
import { chinaDay } from "~server/clock";
import { asReporter } from "~server/evidence/as-reporter.server";
import { dropUnsent } from "~server/evidence/drop-unsent.server";
import type { FileMeta } from "~server/evidence/file-meta";
import { MAX_FILES, type RefusalReason } from "~server/evidence/limits";
import { isBrokenForm, receiveFiles, type ReceivedFrom } from "~server/evidence/receive-files.server";
import { readActionToken } from "~server/intake/action-token.server";
import { readForm } from "~server/intake/read-form.server";
import { readStatus } from "~server/intake/read-status.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";

export type RefusedFile = { readonly name: string; readonly reason: RefusalReason };

/** What came beside a message. `fault` says why nothing was taken, or that the form broke off. */
export type MessageFiles = {
  /** Whose token let the files in: an upload may outlast the token. null when none was let in. */
  readonly receipt: Receipt | null;
  readonly stored: readonly FileMeta[];
  readonly refused: readonly RefusedFile[];
  readonly fault: MessageFault | null;
};

const NO_FILES: MessageFiles = { receipt: null, stored: [], refused: [], fault: null };

/** Why files are not let in. A token that opens nothing, or a report that is gone, is told before `again` is. */
class NotAdmitted extends Error {
  readonly fault: MessageFault;
  constructor(fault: MessageFault) {
    super("files not admitted");
    this.fault = fault;
  }
}

/**
 * Reads a post of /status. One that brings files is read as it arrives: no byte of a file is stored before the token
 * that stands first in the form opens a report; `from.sender` has a share of what is received at once. `work` is told what came; files no message took in it are dropped
 * afterwards, whatever it ends in.
 */
export async function receiveMessage<T>(
  portal: Portal,
  request: Request,
  from: Omit<ReceivedFrom, "pace">,
  work: (form: FormData, files: MessageFiles) => Promise<T>,
): Promise<T> {
  if (!/^multipart\/form-data\b/i.test(request.headers.get("Content-Type") ?? "")) {
    return work(await readForm(request), NO_FILES);
  }
  let seen: ReadonlyMap<string, string> = new Map();
  let receipt: Receipt | null = null;
  try {
    const admitted = async (before: ReadonlyMap<string, string>) => {
      seen = before;
      const found = await admit(portal, before.get("token") ?? "");
      receipt = found.receipt;
      return { kind: "message" as const, lookupId: found.lookupId };
    };
    const { fields, outcomes } = await receiveFiles(portal, request, admitted, from);
    const stored = outcomes.flatMap((one) => (one.state === "stored" ? [one.file] : []));
    const refused = outcomes.flatMap((one) =>
      one.state === "refused" ? [{ name: one.name, reason: one.reason }] : [],
    );
    try {
      return await work(formOf(fields), { receipt, stored, refused, fault: null });
    } finally {
      if (receipt !== null && stored.length > 0) {
        await dropUnsent(portal, { lookupId: lookupIdOf(receipt), ids: stored.map(({ id }) => id) });
      }
    }
  } catch (error) {
    if (error instanceof NotAdmitted) return work(formOf(seen), { ...NO_FILES, fault: error.fault });
    if (!isBrokenForm(error)) throw error;
    return work(formOf(seen), { ...NO_FILES, receipt, fault: "filesBroken" });
  }
}

async function admit(portal: Portal, token: string): Promise<{ receipt: Receipt; lookupId: Buffer }> {
  const receipt = readActionToken(portal, token);
  if (receipt === null) throw new NotAdmitted("again");
  const lookupId = lookupIdOf(receipt);
  const status = await readStatus(portal, { lookupId });
  if (status?.kind !== "tip") throw new NotAdmitted("again");
  const [today] = await asReporter(portal, lookupId, (tx) =>
    tx
      .select({ sent: count() })
      .from(tipFiles)
      .where(
        and(
          eq(tipFiles.lookupId, lookupId),
          isNotNull(tipFiles.messageId),
          eq(tipFiles.addedOn, chinaDay(portal.clock.now())),
        ),
      ),
  );
  if ((today?.sent ?? 0) >= MAX_FILES) throw new NotAdmitted("tooManyFiles");
  return { receipt, lookupId };
}

function formOf(fields: ReadonlyMap<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  // The button's own field stands behind the files, and is missing of a form that broke off.
  if (!form.has("intent") && form.has("token")) form.set("intent", "message");
  return form;
}
