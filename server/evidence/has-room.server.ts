import { COPY_LIMITS } from "./make-copy.server";
import { MAX_FILE_BYTES } from "./limits";
import type { EvidenceStore } from "./open-store.server";
import { countReceiving } from "./receiving.server";

const GIB = 1024 * 1024 * 1024;

/** What is left free on the disk for everything else. */
const ROOM_KEPT = GIB;

/** Of the free disk, what drafts leave to messages of reports already sent: drafts cost nothing to make. */
const SHARE_OF_MESSAGES = 1 / 4;

/** Bytes of evidence one known sender may bring a day, and once the disk is more than `scarceFrom` taken. */
const OF_DAY = { most: 5 * GIB, whenScarce: GIB, scarceFrom: 0.7 };

/** The most that was free since this server began: of what is free now, a quarter would never be the last. */
const mostFree = new WeakMap<EvidenceStore, number>();

/**
 * Whether all that is under way, this file among it, may become as large as allowed and a copy be made besides. The
 * last quarter of what was free is for messages.
 */
export async function hasRoom(store: EvidenceStore, kind: "draft" | "message"): Promise<boolean> {
  const free = await store.room();
  const most = Math.max(mostFree.get(store) ?? 0, free);
  mostFree.set(store, most);
  const kept = kind === "message" ? ROOM_KEPT : Math.max(ROOM_KEPT, most * SHARE_OF_MESSAGES);
  return free - countReceiving() * MAX_FILE_BYTES - COPY_LIMITS.bytes >= kept;
}

/** How many bytes of evidence one known sender may bring today. */
export async function bytesOfDay(store: EvidenceStore): Promise<number> {
  return (await store.taken()) > OF_DAY.scarceFrom ? OF_DAY.whenScarce : OF_DAY.most;
}
