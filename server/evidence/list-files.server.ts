import type { Tx } from "~db/client.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { asReporter } from "./as-reporter.server";
import { readDraftFiles, type DraftFileRow } from "./draft-files.server";
import { FILE_TYPES, isMisnamed, type FileType, type RefusalReason } from "./limits";
import { isReceiving } from "./receiving.server";

/** One file of a draft as its reporter sees it. */
export type ListedFile = {
  readonly id: string;
  readonly name: string;
  /** null and 0 where it is not stored. */
  readonly type: FileType | null;
  readonly size: number;
  /** `interrupted`: begun, and cut off before its end. */
  readonly state: "stored" | "receiving" | "interrupted" | "refused";
  readonly reason: RefusalReason | null;
  /** Of a stored one: its name's ending says another type than its bytes. */
  readonly misnamed: boolean;
  /** Of a stored one: `stripped` pictures have a copy without metadata; others carry what their program wrote in. */
  readonly metadata: "stripped" | "picture" | "other" | null;
};

/** The files of a draft, for the pages of the form; in a transaction of the caller's, or one of its own. */
export async function listDraftFiles(
  portal: Pick<Portal, "db">,
  input: { readonly receipt: Receipt },
): Promise<ListedFile[]> {
  return asReporter(portal, lookupIdOf(input.receipt), (tx) => listFilesIn(tx, input.receipt));
}

export async function listFilesIn(tx: Tx, receipt: Receipt): Promise<ListedFile[]> {
  return (await readDraftFiles(tx, receipt)).map(presentFile);
}

function presentFile({ id, file }: DraftFileRow): ListedFile {
  const none = { id, type: null, size: 0, reason: null, misnamed: false, metadata: null };
  switch (file.state) {
    case "receiving":
      return { ...none, name: file.name, state: isReceiving(id) ? "receiving" : "interrupted" };
    case "refused":
      return { ...none, name: file.name, state: "refused", reason: file.reason };
    case "stored": {
      const { name, type, size, copy } = file.file;
      const metadata = copy !== null ? "stripped" : FILE_TYPES[type].image ? "picture" : "other";
      return {
        ...none,
        ...{ name, type, size, metadata },
        state: "stored",
        misnamed: isMisnamed(name, type),
      };
    }
  }
}
