import type { HandedOver, KeyToHandOver } from "~server/secrecy/hand-over";
import type { ChunkRef } from "~server/secrecy/file-format";
import type { HeldRoleKey } from "~server/secrecy/open-keyring";
import type { Opened } from "~server/secrecy/open-bundle";
import type { SealedBundle, SealedView } from "~server/secrecy/sealed-view";
import type {
  MessageBundle,
  MessageToStore,
  OpenedMessage,
  WordsToSeal,
} from "~server/secrecy/staff-message";
import type { Span } from "../text/fold-text";

/** One tip of a batch as the server hands it out: its place on the lead and its narrative, sealed. */
export type SealedNarrative = {
  readonly id: string;
  /** Place in the order of arrival within the lead, from 1. */
  readonly rank: number;
  /** YYYY-MM-DD */
  readonly arrivedOn: string;
  readonly narrative: SealedView;
};

/** The same, opened as far as this person can. */
export type OpenedNarrative = Omit<SealedNarrative, "narrative"> & {
  readonly result: Opened | { readonly state: "absent" | "destroyed" | "not_yours" };
};

/** What a page asks of the desk, a worker that holds the keys while texts are opened, searched and compared. */
export type DeskRequest =
  /** Replaces the keys; everything opened with the former ones is forgotten. */
  | { readonly ask: "keys"; readonly roleKeys: readonly HeldRoleKey[] }
  | { readonly ask: "open"; readonly of: number; readonly bundle: SealedBundle }
  /** `json` is a server answer `{ narratives: SealedNarrative[] }`, parsed off the page's thread. */
  | { readonly ask: "batch"; readonly of: number; readonly json: ArrayBuffer }
  | { readonly ask: "search"; readonly of: number; readonly words: string }
  | { readonly ask: "similar"; readonly of: number }
  | { readonly ask: "open-message"; readonly of: number; readonly bundle: MessageBundle }
  | { readonly ask: "seal-message"; readonly of: number; readonly words: WordsToSeal }
  | { readonly ask: "hand-over"; readonly of: number; readonly keys: readonly KeyToHandOver[] }
  /** One sealed chunk of a file (given away), under the key its report's or message's text holds; base64url. */
  | {
      readonly ask: "chunk";
      readonly of: number;
      readonly key: string;
      readonly ref: ChunkRef;
      readonly sealed: ArrayBuffer;
    }
  /** Forgets the texts of batches (another page of the list). */
  | { readonly ask: "clear" };

export type Hit = { readonly id: string; readonly spans: readonly Span[] };
/** A narrative very like an earlier one: ranks. */
export type Likeness = { readonly rank: number; readonly like: number };

export type DeskReply =
  /** A worker runs: until then nothing is given away to it. */
  | { readonly tell: "ready" }
  | { readonly tell: "opened"; readonly of: number; readonly result: Opened }
  | { readonly tell: "part"; readonly of: number; readonly narratives: readonly OpenedNarrative[] }
  | { readonly tell: "batch"; readonly of: number }
  | { readonly tell: "found"; readonly of: number; readonly hits: readonly Hit[] }
  | { readonly tell: "similar"; readonly of: number; readonly likenesses: readonly Likeness[] }
  | { readonly tell: "handed"; readonly of: number; readonly keys: readonly HandedOver[] }
  /** null: it does not open. */
  | { readonly tell: "chunk"; readonly of: number; readonly bytes: Uint8Array<ArrayBuffer> | null }
  | { readonly tell: "message-opened"; readonly of: number; readonly result: OpenedMessage }
  /** null: this person cannot open the report, and so cannot answer it. */
  | { readonly tell: "message-sealed"; readonly of: number; readonly sealed: MessageToStore | null }
  | { readonly tell: "failed"; readonly of: number };
