import type { Sender } from "~server/intake/weigh-senders.server";
import type { Portal } from "~server/portal.server";
import type { FileOutcome } from "./file-meta";
import { MAX_FILE_BYTES, MAX_FILES, MAX_MESSAGE_FILES } from "./limits";
import { BrokenFormError, parseMultipart, type FormPart } from "./parse-multipart.server";
import type { Destination } from "./place-file.server";
import { storeFile } from "./store-file.server";
import type { Pace } from "./watch-pace";

/** Files of one post that are answered by name; what a browser sends beyond them is passed over. */
const ANSWERED = 3 * MAX_FILES;
const NAME_LENGTH = 120;

export type Received = {
  /** The form's text fields; of several of one name the first. */
  readonly fields: ReadonlyMap<string, string>;
  readonly outcomes: readonly FileOutcome[];
};

/**
 * Takes a posted form with files in it, one after the other, each sealed while it arrives. `admit` settles for whom,
 * once, before the first byte of a file is stored; it sees the text fields that stand before the first file, and what it
 * throws is thrown after the rest of the form has passed (its sender reads no answer before). One file's refusal keeps
 * the others. A message takes 5 files. Throws BrokenFormError where the form ends too early: files told of as stored
 * before stay, and those not yet told of are found in the draft's list. `from.sender` has a share of what this server
 * receives at once.
 */
export async function receiveFiles(
  portal: Pick<Portal, "db" | "clock" | "evidence" | "log">,
  request: Request,
  admit: (fields: ReadonlyMap<string, string>) => Promise<Destination> | Destination,
  from: { readonly sender?: Sender | undefined; readonly pace?: Pace | undefined } = {},
): Promise<Received> {
  const fields = new Map<string, string>();
  const outcomes: FileOutcome[] = [];
  let to: Destination | null = null;
  let refusal: { readonly error: unknown } | null = null;
  const limits = { fileBytes: MAX_FILE_BYTES, files: ANSWERED };
  for await (const part of parseMultipart(request, limits, from.pace)) {
    if (part.kind === "field") {
      if (!fields.has(part.name)) fields.set(part.name, part.value);
      continue;
    }
    const name = cleanName(part.filename);
    if (to === null && refusal === null && name !== "") {
      try {
        to = await admit(fields);
      } catch (error) {
        refusal = { error };
      }
    }
    if (to === null || name === "") {
      await pass(part);
      continue;
    }
    if (
      to.kind === "message" &&
      outcomes.filter(({ state }) => state === "stored").length >= MAX_MESSAGE_FILES
    ) {
      outcomes.push({ state: "refused", id: null, name, reason: "too_many_message" });
      await pass(part);
      continue;
    }
    outcomes.push(await storeFile(portal, to, { name, bytes: part.bytes, cut: part.cut }, from.sender));
  }
  if (refusal !== null) throw refusal.error;
  return { fields, outcomes };
}

/** Whether a thrown error is the sender's: a connection that broke, or a body that is no form. */
export function isBrokenForm(error: unknown): boolean {
  return error instanceof BrokenFormError;
}

async function pass(part: Extract<FormPart, { kind: "file" }>): Promise<void> {
  for await (const bytes of part.bytes) void bytes;
}

/** A file's name as it may be shown: no path, no characters that are not seen or turn the line around. */
export function cleanName(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/^.*[\\/]/, "")
    .replace(/\p{C}/gu, "")
    .trim();
  if (plain.length <= NAME_LENGTH) return plain;
  const ending = /\.[a-z0-9]{1,10}$/i.exec(plain)?.[0] ?? "";
  return `${plain.slice(0, NAME_LENGTH - ending.length - 1)}…${ending}`;
}
