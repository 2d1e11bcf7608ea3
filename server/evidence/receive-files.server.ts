import type { InTurn } from "~server/intake/queue-forms.server";
import type { Sender } from "~server/intake/weigh-senders.server";
import type { Portal } from "~server/portal.server";
import { dropUnsent } from "./drop-unsent.server";
import type { FileOutcome } from "./file-meta";
import { MAX_FILE_BYTES, MAX_FILES, MAX_MESSAGE_FILES } from "./limits";
import { BrokenFormError, parseMultipart, type FormPart } from "./parse-multipart.server";
import type { Destination } from "./place-file.server";
import { atOnce, storeFile } from "./store-file.server";
import type { Pace } from "./watch-pace";

/** Files of one post that are answered by name; what a browser sends beyond them is passed over. */
const ANSWERED = 3 * MAX_FILES;
const NAME_LENGTH = 120;

/** What is known of who posts: its share of what is received at once, and how it waits for its turn at the rest. */
export type ReceivedFrom = {
  readonly sender?: Sender | undefined;
  readonly inTurn?: InTurn | undefined;
  readonly pace?: Pace | undefined;
};

export type Received = {
  /** The form's text fields; of several of one name the first. */
  readonly fields: ReadonlyMap<string, string>;
  readonly outcomes: readonly FileOutcome[];
};

/**
 * Takes a posted form with files in it, one after the other, each sealed while it arrives. `admit` settles for whom,
 * once, before the first byte of a file is stored; it sees the text fields that stand before the first file, and what it
 * throws is thrown after the rest of the form has passed (its sender reads no answer before). One file's refusal keeps
 * the others. A message takes 5 files. Throws BrokenFormError where the form ends too early: a draft's files
 * told of as stored before stay, those not yet told of are found in its list; a message's are dropped.
 */
export async function receiveFiles(
  portal: Pick<Portal, "db" | "clock" | "evidence" | "log">,
  request: Request,
  admit: (fields: ReadonlyMap<string, string>) => Promise<Destination> | Destination,
  from: ReceivedFrom = {},
): Promise<Received> {
  const state: Arrived = { fields: new Map(), outcomes: [], to: null };
  try {
    await receiveParts(portal, request, admit, from, state);
  } catch (error) {
    await dropWithMessage(portal, state);
    throw error;
  }
  return state;
}

type Arrived = {
  readonly fields: Map<string, string>;
  readonly outcomes: FileOutcome[];
  to: Destination | null;
};

async function receiveParts(
  portal: Pick<Portal, "db" | "clock" | "evidence" | "log">,
  request: Request,
  admit: (fields: ReadonlyMap<string, string>) => Promise<Destination> | Destination,
  from: ReceivedFrom,
  state: Arrived,
): Promise<void> {
  const { fields, outcomes } = state;
  let refusal: { readonly error: unknown } | null = null;
  const limits = { fileBytes: MAX_FILE_BYTES, files: ANSWERED };
  for await (const part of parseMultipart(request, limits, from.pace)) {
    if (part.kind === "field") {
      if (!fields.has(part.name)) fields.set(part.name, part.value);
      continue;
    }
    const name = cleanName(part.filename);
    if (state.to === null && refusal === null && name !== "") {
      try {
        state.to = await (from.inTurn ?? atOnce)(async () => admit(fields));
      } catch (error) {
        refusal = { error };
      }
    }
    const { to } = state;
    if (to === null || name === "") {
      await pass(part);
      continue;
    }
    if (
      to.kind === "message" &&
      outcomes.filter((one) => one.state === "stored").length >= MAX_MESSAGE_FILES
    ) {
      outcomes.push({ state: "refused", id: null, name, reason: "too_many_message" });
      await pass(part);
      continue;
    }
    outcomes.push(await storeFile(portal, to, { name, bytes: part.bytes, cut: part.cut }, from));
  }
  if (refusal !== null) throw refusal.error;
}

/** What came whole before the form broke off: a draft keeps it in its list, a message that was never sent does not. */
async function dropWithMessage(
  portal: Pick<Portal, "db" | "evidence">,
  { to, outcomes }: Arrived,
): Promise<void> {
  if (to?.kind !== "message") return;
  const ids = outcomes.flatMap((one) => (one.state === "stored" ? [one.id] : []));
  // Where the database does not answer, the job (`sweepEvidence`) ends it.
  if (ids.length > 0) await dropUnsent(portal, { lookupId: to.lookupId, ids }).catch(() => undefined);
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
