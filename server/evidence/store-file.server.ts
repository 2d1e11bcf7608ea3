import { createHash } from "node:crypto";
import { faultTrace } from "~server/log.server";
import type { InTurn } from "~server/intake/queue-forms.server";
import { UNKNOWN_SENDER, type Sender } from "~server/intake/weigh-senders.server";
import type { Portal } from "~server/portal.server";
import { toBase64url } from "~server/secrecy/format";
import { importFileKey, makeFileKey } from "~server/secrecy/seal-chunk";
import type { FileMeta, FileOutcome } from "./file-meta";
import { bytesOfDay, hasRoom } from "./has-room.server";
import { FILE_TYPES, type FileType, type RefusalReason } from "./limits";
import { BrokenFormError } from "./parse-multipart.server";
import {
  keepCopy,
  keepFile,
  lookupIdFor,
  placeFile,
  refuseFile,
  type Destination,
} from "./place-file.server";
import { readOpened } from "./read-opened.server";
import { beginReceiving } from "./receiving.server";
import { tellType, watchText, type TextWatch } from "./tell-type.server";
import { writeSealed } from "./write-sealed.server";

type Ground = Pick<Portal, "db" | "clock" | "evidence" | "log">;

export type Arriving = {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Asked after the bytes: whether there were more than may be. */
  readonly cut: () => boolean;
};

export type StoredFrom = { readonly sender?: Sender | undefined; readonly inTurn?: InTurn | undefined };

export const atOnce: InTurn = (work) => work();

/** Why a file is not kept, on its way up from where it was noticed. */
class Refused extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Receives one file: placed, looked at, sealed into the store and noted, in this order; a picture then gets its copy
 * without metadata. Always reads the bytes to their end. Throws BrokenFormError when they break off; the file is then
 * listed as interrupted in a draft, and gone of a message.
 */
export async function storeFile(
  portal: Ground,
  to: Destination,
  arriving: Arriving,
  { sender = UNKNOWN_SENDER, inTurn = atOnce }: StoredFrom = {},
): Promise<FileOutcome> {
  const { name } = arriving;
  const placed = await inTurn(() => placeFile(portal, to, name));
  if ("refused" in placed) {
    for await (const bytes of arriving.bytes) void bytes;
    return { state: "refused", id: placed.id, name, reason: placed.refused };
  }
  const { id } = placed;
  const end = beginReceiving(id, { lookupId: lookupIdFor(to), kind: to.kind, sender });
  try {
    const reason = end === null ? "busy" : (await hasRoom(portal.evidence.store, to.kind)) ? null : "no_room";
    if (reason !== null) {
      // Its place is for somebody else while the rest passes.
      end?.();
      for await (const bytes of arriving.bytes) void bytes;
      return await inTurn(() => takeBack(portal, to, { id, name, reason }));
    }
    const outcome = await receiveCounted(portal, to, id, arriving, sender);
    return outcome.state === "stored" && FILE_TYPES[outcome.file.type].image
      ? { ...outcome, file: await copyPicture(portal, to, outcome.file) }
      : outcome;
  } catch (error) {
    // A draft's list says that it was interrupted; nobody is told of a message that was never sent.
    if (to.kind === "message")
      await refuseFile(portal, to, { id, name, reason: null }).catch(() => undefined);
    else if (error instanceof BrokenFormError) await portal.evidence.store.drop(id).catch(() => undefined);
    throw error;
  } finally {
    end?.();
  }
}

/** Bytes count as they arrive, so that files under way at once share one day's; what is not kept is given back. */
async function receiveCounted(
  portal: Ground,
  to: Destination,
  id: string,
  arriving: Arriving,
  sender: Sender,
): Promise<FileOutcome> {
  const most = sender.known ? await bytesOfDay(portal.evidence.store) : Infinity;
  let [counted, kept] = [0, false];
  const count = (bytes: number) => {
    if (!sender.addBytes(bytes, most)) throw new Refused("too_much_today");
    counted += bytes;
  };
  try {
    const outcome = await receive(portal, to, id, arriving, count);
    kept = outcome.state === "stored";
    return outcome;
  } finally {
    if (!kept && counted > 0) sender.addBytes(-counted, most);
  }
}

async function receive(
  portal: Ground,
  to: Destination,
  id: string,
  arriving: Arriving,
  count: (bytes: number) => void,
): Promise<FileOutcome> {
  const { name } = arriving;
  const raw = makeFileKey();
  const scan = portal.evidence.scan?.() ?? null;
  const hash = createHash("sha256");
  const seen: { type: FileType | null; text: TextWatch | null } = { type: null, text: null };
  const look = async (bytes: Uint8Array, index: number) => {
    if (index === 0) {
      const told = await tellType(bytes, name);
      if ("refused" in told) throw new Refused(told.refused);
      if (told.type === "maybe_text") seen.text = watchText();
      else seen.type = told.type;
    }
    seen.text?.add(bytes);
    if (seen.text?.isText() === false) throw new Refused("unknown_type");
    hash.update(bytes);
    await scan?.write(bytes);
  };
  const writer = writeSealed(
    portal.evidence.store,
    { fileId: id, part: "original", key: await importFileKey(raw) },
    look,
  );
  try {
    let reason: RefusalReason | null = null;
    // To its end, whatever becomes of it: a sender cut off in the middle reads no answer.
    for await (const bytes of arriving.bytes) {
      if (reason !== null) continue;
      reason = await reasonOf(portal, () => {
        count(bytes.byteLength);
        return writer.write(bytes);
      });
    }
    if (reason === null && arriving.cut()) reason = "too_large";
    const whole = { size: 0, chunks: 0 };
    reason ??= await reasonOf(portal, async () => {
      Object.assign(whole, await writer.end());
      if (seen.text?.isText({ whole: true }) === false) throw new Refused("unknown_type");
    });
    const verdict = reason !== null || scan === null ? "off" : await scan.verdict();
    if (verdict === "infected") reason = "infected";
    if (reason !== null || verdict === "infected") return await takeBack(portal, to, { id, name, reason });
    const file: FileMeta = {
      ...{ id, name, type: seen.type ?? "txt", size: whole.size, copy: null, scan: verdict },
      sha256: hash.digest("hex"),
      key: toBase64url(raw),
    };
    const kept = await keepFile(portal, to, { ...file, chunks: whole.chunks });
    if ("kept" in kept) return { state: "stored", id, name, file };
    if ("refused" in kept) return await takeBack(portal, to, { id, name, reason: kept.refused });
    await refuseFile(portal, to, { id, name, reason: null });
    return { state: "already", id: kept.already, name };
  } finally {
    scan?.drop();
  }
}

async function takeBack(
  portal: Ground,
  to: Destination,
  file: { readonly id: string; readonly name: string; readonly reason: RefusalReason | null },
): Promise<FileOutcome> {
  const reason = file.reason ?? "failed";
  return { state: "refused", id: await refuseFile(portal, to, { ...file, reason }), name: file.name, reason };
}

/** null when it went well. A full or failing disk is this file's misfortune, not that of the others in the post. */
async function reasonOf(portal: Ground, work: () => Promise<void>): Promise<RefusalReason | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    const { code } = error as NodeJS.ErrnoException;
    portal.log.error(
      { code: typeof code === "string" ? code : "unknown", trace: faultTrace(error) },
      "file not stored",
    );
    return code === "ENOSPC" || code === "EDQUOT" ? "no_room" : "failed";
  }
}

/** Without a copy the picture stays as it came, and counts as carrying metadata. */
async function copyPicture(portal: Ground, to: Destination, file: FileMeta): Promise<FileMeta> {
  const { store, makeCopy } = portal.evidence;
  let noted = false;
  try {
    const key = await importFileKey(Buffer.from(file.key, "base64url"));
    const writer = writeSealed(store, { fileId: file.id, part: "copy", key });
    const original = readOpened(store, { fileId: file.id, part: "original", key, size: file.size });
    const made = await makeCopy({ type: file.type, original, keep: (bytes) => writer.write(bytes) });
    if (made === "made") {
      const { size, chunks } = await writer.end();
      const copied = { ...file, copy: { size } };
      // Where the answer is lost it may have been noted: then it must stay.
      noted = true;
      noted = await keepCopy(portal, to, { ...copied, copyChunks: chunks });
      if (noted) return copied;
    }
  } catch (error) {
    portal.log.error({ trace: faultTrace(error) }, "picture not copied");
  }
  if (!noted) await store.drop(file.id, "copy").catch(() => undefined);
  return file;
}
