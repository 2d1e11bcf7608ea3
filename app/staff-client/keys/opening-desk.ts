import { handOver, type HandedOver } from "~server/secrecy/hand-over";
import { openBundle, type OpenedDataKeys } from "~server/secrecy/open-bundle";
import type { HeldRoleKey } from "~server/secrecy/open-keyring";
import { fromBase64url } from "~server/secrecy/format";
import { importFileKey, openChunk } from "~server/secrecy/seal-chunk";
import { openForStaff, sealForReporter, type ContentPairs } from "~server/secrecy/staff-message";
import { findSimilar, sketchText } from "../text/find-similar";
import { findSpans, foldText, type Folded } from "../text/fold-text";
import type {
  DeskReply,
  DeskRequest,
  Hit,
  Likeness,
  OpenedNarrative,
  SealedNarrative,
} from "./desk-messages";

/** Narratives told to the page at a time, so that its progress moves and no message is large. */
const PART = 20;

type Kept = { readonly id: string; readonly rank: number; readonly text: string; folded: Folded | null };

/**
 * Opens, searches and compares texts for a page: inside a worker, or on the page's own thread where there are none.
 * It talks to nobody but the page; `breathe` lets other work in between, where there is other work.
 */
export function makeDesk(
  tell: (reply: DeskReply) => void,
  breathe: () => Promise<void> = async () => {},
): (request: DeskRequest) => Promise<void> {
  let roleKeys: readonly HeldRoleKey[] = [];
  let dataKeys: OpenedDataKeys = new Map();
  let pairs: ContentPairs = new Map();
  const kept = new Map<string, Kept>();
  /** A batch under way when the texts are forgotten ends there. */
  let turn = 0;
  const forget = () => {
    turn += 1;
    kept.clear();
  };

  const openOne = async ({ narrative, ...place }: SealedNarrative): Promise<OpenedNarrative> => {
    if (narrative.state !== "sealed") return { ...place, result: narrative };
    const result = await openBundle(narrative, roleKeys, dataKeys);
    if (result.state === "open") {
      kept.set(place.id, { id: place.id, rank: place.rank, text: result.text, folded: null });
    }
    return { ...place, result };
  };

  const openBatch = async (of: number, json: ArrayBuffer): Promise<void> => {
    const { narratives } = JSON.parse(new TextDecoder().decode(json)) as { narratives: SealedNarrative[] };
    const mine = turn;
    let part: OpenedNarrative[] = [];
    for (const one of narratives) {
      if (turn !== mine) break;
      part.push(await openOne(one));
      if (part.length >= PART) {
        tell({ tell: "part", of, narratives: part });
        part = [];
      }
      await breathe();
    }
    if (part.length > 0) tell({ tell: "part", of, narratives: part });
    tell({ tell: "batch", of });
  };

  const search = async (words: string): Promise<Hit[]> => {
    const hits: Hit[] = [];
    for (const one of inOrder()) {
      one.folded ??= foldText(one.text);
      const spans = findSpans(one.folded, words);
      if (spans.length > 0) hits.push({ id: one.id, spans });
      await breathe();
    }
    return hits;
  };

  const compare = async (): Promise<Likeness[]> => {
    const texts = inOrder();
    const sketches = [];
    for (const { text } of texts) {
      sketches.push(sketchText(text));
      await breathe();
    }
    const like = await findSimilar(sketches, breathe);
    return texts.flatMap(({ rank }, at) => {
      const earlier = texts[like[at] ?? -1];
      return earlier === undefined ? [] : [{ rank, like: earlier.rank }];
    });
  };

  const rewrap = async (keys: Extract<DeskRequest, { ask: "hand-over" }>["keys"]): Promise<HandedOver[]> => {
    const handed: HandedOver[] = [];
    for (const key of keys) {
      const one = await handOver(key, roleKeys).catch(() => null);
      if (one !== null) handed.push(one);
      await breathe();
    }
    return handed;
  };

  const inOrder = () => [...kept.values()].sort((a, b) => a.rank - b.rank);

  const answer = async (request: DeskRequest): Promise<void> => {
    switch (request.ask) {
      case "keys":
        roleKeys = request.roleKeys;
        dataKeys = new Map();
        pairs = new Map();
        forget();
        return;
      case "clear":
        forget();
        return;
      case "open":
        return tell({
          tell: "opened",
          of: request.of,
          result: await openBundle(request.bundle, roleKeys, dataKeys),
        });
      case "open-message":
        return tell({
          tell: "message-opened",
          of: request.of,
          result: await openForStaff(request.bundle, roleKeys, pairs),
        });
      case "seal-message":
        return tell({
          tell: "message-sealed",
          of: request.of,
          sealed: await sealForReporter(request.words, roleKeys, pairs),
        });
      case "batch":
        return openBatch(request.of, request.json);
      case "search":
        return tell({ tell: "found", of: request.of, hits: await search(request.words) });
      case "similar":
        return tell({ tell: "similar", of: request.of, likenesses: await compare() });
      case "chunk": {
        const key = await importFileKey(fromBase64url(request.key));
        const bytes = await openChunk(key, request.ref, new Uint8Array(request.sealed));
        return tell({ tell: "chunk", of: request.of, bytes });
      }
      case "hand-over":
        return tell({ tell: "handed", of: request.of, keys: await rewrap(request.keys) });
    }
  };

  return (request) =>
    answer(request).catch(() => {
      if ("of" in request) tell({ tell: "failed", of: request.of });
    });
}
