import type { FileType, RefusalReason } from "./limits";

/**
 * All that is known of a stored file. Sealed wherever it is kept: under the receipt while the report is a draft, in the
 * report's `files` or in a message's text afterwards. Client-safe: staff browsers read it.
 */
export type FileMeta = {
  readonly id: string;
  readonly name: string;
  readonly type: FileType;
  /** Bytes of the original. Its number of chunks follows (`countChunks`). */
  readonly size: number;
  /** SHA-256 of the original, hex. */
  readonly sha256: string;
  /** base64url; opens both parts. */
  readonly key: string;
  /** The copy without metadata, where there is one: same type, its own size in bytes. */
  readonly copy: { readonly size: number } | null;
  /** `off`: no scanner is set up; `unscanned`: it did not answer. */
  readonly scan: "clean" | "unscanned" | "off";
};

/** What the sealed `meta` of a draft's file holds, whatever became of the file. */
export type DraftFile =
  | { readonly state: "receiving"; readonly name: string }
  | { readonly state: "stored"; readonly file: FileMeta }
  | { readonly state: "refused"; readonly name: string; readonly reason: RefusalReason };

/** What came of one file of a post. */
export type FileOutcome =
  | { readonly state: "stored"; readonly id: string; readonly name: string; readonly file: FileMeta }
  /** The same bytes were in the list already. */
  | { readonly state: "already"; readonly id: string; readonly name: string }
  /** `id` names the row that tells of it in a draft's list. */
  | {
      readonly state: "refused";
      readonly id: string | null;
      readonly name: string;
      readonly reason: RefusalReason;
    };
