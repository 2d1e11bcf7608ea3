import type { ChunkRef } from "~server/secrecy/file-format";
import type { HandedOver, KeyToHandOver } from "~server/secrecy/hand-over";
import type { Opened } from "~server/secrecy/open-bundle";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { SealedBundle } from "~server/secrecy/sealed-view";
import type {
  MessageBundle,
  MessageToStore,
  OpenedMessage,
  WordsToSeal,
} from "~server/secrecy/staff-message";
import type { DeskReply, DeskRequest, Hit, Likeness, OpenedNarrative } from "./desk-messages";
import { keyringState, watchKeyring } from "./keyring";
import { makeDesk } from "./opening-desk";

/** Work on the page's own thread is cut into pieces of this many milliseconds. */
const SLICE_MS = 12;

type Waiting = {
  readonly onPart?: (narratives: readonly OpenedNarrative[]) => void;
  readonly settle: (reply: DeskReply) => void;
  readonly fail: (error: Error) => void;
};

type Desk = { send(request: DeskRequest, give: Transferable[]): void; close(): void };

let desk: Desk | null = null;
let keysAtDesk: OpenKeyring | null = null;
let workersFail = false;
let lastNumber = 0;
let watching = false;
const waiting = new Map<number, Waiting>();

/** Opens one sealed value away from the page's thread. */
export async function openSealed(bundle: SealedBundle, keyring: OpenKeyring): Promise<Opened> {
  const reply = await ask({ ask: "open", of: nextNumber(), bundle }, keyring);
  return reply.tell === "opened" ? reply.result : { state: "broken" };
}

/** Opens one message of a reporter's thread. */
export async function openMessageBundle(bundle: MessageBundle, keyring: OpenKeyring): Promise<OpenedMessage> {
  const reply = await ask({ ask: "open-message", of: nextNumber(), bundle }, keyring);
  return reply.tell === "message-opened" ? reply.result : { state: "broken" };
}

/** Seals staff's words to the report's readers and its reporter. null when this person cannot open the report. */
export async function sealWords(words: WordsToSeal, keyring: OpenKeyring): Promise<MessageToStore | null> {
  const reply = await ask({ ask: "seal-message", of: nextNumber(), words }, keyring);
  if (reply.tell === "failed") throw new Error("the words could not be sealed");
  return reply.tell === "message-sealed" ? reply.sealed : null;
}

/** Opens a batch of narratives as the server sent it (consumed); they are told as they open, and kept for searching. */
export async function openBatch(
  json: ArrayBuffer,
  keyring: OpenKeyring,
  onPart: (narratives: readonly OpenedNarrative[]) => void,
): Promise<void> {
  const reply = await ask({ ask: "batch", of: nextNumber(), json }, keyring, { onPart, give: [json] });
  if (reply.tell !== "batch") throw new Error("the batch could not be read");
}

/** Where words stand in the narratives opened so far. */
export async function searchNarratives(words: string, keyring: OpenKeyring): Promise<readonly Hit[]> {
  const reply = await ask({ ask: "search", of: nextNumber(), words }, keyring);
  return reply.tell === "found" ? reply.hits : [];
}

/** Which of the narratives opened so far are very like an earlier one. */
export async function compareNarratives(keyring: OpenKeyring): Promise<readonly Likeness[]> {
  const reply = await ask({ ask: "similar", of: nextNumber() }, keyring);
  return reply.tell === "similar" ? reply.likenesses : [];
}

/** Opens content keys and seals them to the bodies they are for; those that do not open are left out. */
export async function sealForBodies(
  keys: readonly KeyToHandOver[],
  keyring: OpenKeyring,
): Promise<readonly HandedOver[]> {
  const reply = await ask({ ask: "hand-over", of: nextNumber(), keys }, keyring);
  return reply.tell === "handed" ? reply.keys : [];
}

/** One sealed chunk of a file, opened away from the page's thread; null when it does not open. `sealed` is given away. */
export async function openSealedChunk(
  chunk: { readonly key: string; readonly ref: ChunkRef; readonly sealed: ArrayBuffer },
  keyring: OpenKeyring,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const reply = await ask({ ask: "chunk", of: nextNumber(), ...chunk }, keyring, { give: [chunk.sealed] });
  return reply.tell === "chunk" ? reply.bytes : null;
}

/** Forgets the narratives opened for searching; keys stay. */
export function clearNarratives(): void {
  desk?.send({ ask: "clear" }, []);
}

function ask(
  request: DeskRequest & { readonly of: number },
  keyring: OpenKeyring,
  options: { onPart?: Waiting["onPart"]; give?: Transferable[] } = {},
): Promise<DeskReply> {
  return new Promise((settle, fail) => {
    const open = deskWith(keyring);
    waiting.set(request.of, { onPart: options.onPart, settle, fail });
    open.send(request, options.give ?? []);
  });
}

/** The desk with these keys on it. Keys closed on the page are gone from the desk too: it is shut with them. */
function deskWith(keyring: OpenKeyring): Desk {
  if (!watching) {
    watching = true;
    watchKeyring(() => {
      if (keyringState().state !== "open") closeDesk();
    });
  }
  desk ??= startDesk();
  if (keysAtDesk !== keyring) {
    desk.send({ ask: "keys", roleKeys: keyring.roleKeys }, []);
    keysAtDesk = keyring;
  }
  return desk;
}

function closeDesk(): void {
  desk?.close();
  desk = null;
  keysAtDesk = null;
  const unanswered = [...waiting.values()];
  waiting.clear();
  for (const { fail } of unanswered) fail(new Error("the desk was shut"));
}

function startDesk(): Desk {
  if (workersFail || typeof Worker === "undefined") return deskOnPage();
  try {
    return deskInWorker();
  } catch {
    return deskOnPage();
  }
}

/** Requests wait until the worker says it runs; one that never does (an older browser) leaves them to the page. */
function deskInWorker(): Desk {
  const worker = new Worker(new URL("./open-worker.ts", import.meta.url), { type: "module" });
  let queue: [DeskRequest, Transferable[]][] | null = [];
  let instead: Desk | null = null;
  worker.onmessage = ({ data }: MessageEvent<DeskReply>) => {
    if (data.tell !== "ready") return hear(data);
    for (const [request, give] of queue ?? []) worker.postMessage(request, give);
    queue = null;
  };
  worker.onerror = () => {
    worker.terminate();
    if (queue === null) return closeDesk();
    workersFail = true;
    instead = deskOnPage();
    for (const [request, give] of queue) instead.send(request, give);
  };
  return {
    send: (request, give) => {
      if (instead !== null) instead.send(request, give);
      else if (queue !== null) queue.push([request, give]);
      else worker.postMessage(request, give);
    },
    close: () => {
      worker.terminate();
      instead?.close();
    },
  };
}

function deskOnPage(): Desk {
  let since = performance.now();
  const breathe = async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((resume) => setTimeout(resume, 0));
    since = performance.now();
  };
  let closed = false;
  const answer = makeDesk((reply) => {
    if (!closed) hear(reply);
  }, breathe);
  return { send: (request) => void answer(request), close: () => (closed = true) };
}

function hear(reply: DeskReply): void {
  if (reply.tell === "ready") return;
  const one = waiting.get(reply.of);
  if (one === undefined) return;
  if (reply.tell === "part") {
    one.onPart?.(reply.narratives);
    return;
  }
  waiting.delete(reply.of);
  one.settle(reply);
}

function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}
