import { fileTypeFromBuffer } from "file-type";
import { FILE_TYPES, endingOf, type FileType, type RefusalReason } from "./limits";

export type Told =
  | { readonly type: FileType }
  /** No signature at all: it may be text, which only its whole content shows (`watchText`). */
  | { readonly type: "maybe_text" }
  | { readonly refused: RefusalReason };

/** Beginnings a deeper look is worth; file-type's other parsers are never reached by what a stranger sends. */
const WORTH_A_LOOK: readonly ((head: Uint8Array) => boolean)[] = [
  (head) => starts(head, [0xff, 0xd8, 0xff]),
  (head) => starts(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  (head) => says(head, 0, "RIFF") && says(head, 8, "WEBP"),
  (head) => says(head, 0, "%PDF-"),
  (head) => starts(head, [0x50, 0x4b, 0x03, 0x04]),
  (head) => says(head, 0, "ID3"),
  // An MPEG audio frame without a tag before it.
  (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2,
  (head) => says(head, 4, "ftyp"),
];

/**
 * The type of a file by its first bytes (up to 1 MiB of them). The name decides nothing, it only helps to say why
 * something is refused.
 */
export async function tellType(head: Uint8Array, name: string): Promise<Told> {
  if (head.length === 0) return { refused: "empty" };
  if (starts(head, [0xd0, 0xcf, 0x11, 0xe0])) return { refused: "old_office" };
  if (WORTH_A_LOOK.some((looks) => looks(head))) {
    const found = await fileTypeFromBuffer(head).catch(() => undefined);
    if (found !== undefined && Object.hasOwn(FILE_TYPES, found.ext)) return { type: found.ext as FileType };
    if (found?.ext === "heic" || found?.ext === "avif") return { refused: "heic" };
    if (found?.ext === "mov") return { refused: "quicktime" };
    if (starts(head, [0x50, 0x4b, 0x03, 0x04])) return tellOffice(head);
    return { refused: "unknown_type" };
  }
  return mayBeText(head) ? { type: "maybe_text" } : { refused: reasonByName(name) };
}

/**
 * A Word or Excel file whose list of contents stands behind more than is looked at: told by the names of its parts.
 * One that carries macros is none of the types taken.
 */
function tellOffice(head: Uint8Array): Told {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  let found: FileType | null = null;
  for (let at = 0, entries = 0; at !== -1 && entries < 1_000; entries += 1) {
    const name = text.toString("latin1", at + 30, at + 30 + Math.min(text.readUInt16LE(at + 26), 200));
    if (name.endsWith("vbaProject.bin")) return { refused: "unknown_type" };
    if (name.startsWith("word/")) found ??= "docx";
    else if (name.startsWith("xl/")) found ??= "xlsx";
    const next = text.indexOf("PK\x03\x04", at + 30, "latin1");
    at = next !== -1 && next + 30 <= text.length ? next : -1;
    if (text.length < 30) break;
  }
  return found === null ? { refused: "unknown_type" } : { type: found };
}

function reasonByName(name: string): RefusalReason {
  const ending = endingOf(name);
  if (ending === "heic" || ending === "heif") return "heic";
  return ending === "mov" ? "quicktime" : "unknown_type";
}

function mayBeText(head: Uint8Array): boolean {
  const text = watchText();
  text.add(head);
  return text.isText();
}

export type TextWatch = {
  add(bytes: Uint8Array): void;
  /** Whether all of it so far may be text; `whole` asks that it also ends with a whole character. */
  isText(options?: { whole: boolean }): boolean;
};

/** Follows a stream and tells whether it is text in UTF-8 or GBK, without control characters. */
export function watchText(): TextWatch {
  const decoders = ["utf-8", "gb18030"].map((label) => ({
    decoder: new TextDecoder(label, { fatal: true }),
    valid: true,
  }));
  let plain = true;
  return {
    add(bytes) {
      if (!plain) return;
      plain = !hasControl(bytes);
      for (const one of decoders) {
        if (!one.valid) continue;
        try {
          one.decoder.decode(bytes, { stream: true });
        } catch {
          one.valid = false;
        }
      }
    },
    isText({ whole } = { whole: false }) {
      return plain && decoders.some((one) => one.valid && (!whole || endsWhole(one.decoder)));
    },
  };
}

function endsWhole(decoder: TextDecoder): boolean {
  try {
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** Control characters no text file has; tab, line ends, form feed and escape (terminal logs) do occur. */
function hasControl(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte >= 0x20 ? byte === 0x7f : byte < 9 || byte === 11 || (byte > 13 && byte !== 0x1b)) return true;
  }
  return false;
}

function starts(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

function says(head: Uint8Array, at: number, text: string): boolean {
  return starts(
    head.subarray(at),
    [...text].map((char) => char.charCodeAt(0)),
  );
}
