import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

export const ENCODINGS = ["utf-8", "gb18030", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file by its path, or its bytes where they must not touch a disk. */
export type FileSource = string | Uint8Array;

const PIECE = 256 * 1024;

async function* piecesOf(source: FileSource): AsyncGenerator<Uint8Array> {
  if (typeof source === "string") {
    for await (const piece of createReadStream(source, { highWaterMark: PIECE })) yield piece as Buffer;
    return;
  }
  for (let at = 0; at < source.length; at += PIECE) yield source.subarray(at, at + PIECE);
}

async function readHead(source: FileSource): Promise<string> {
  if (typeof source !== "string") return Buffer.from(source.subarray(0, 3)).toString("hex");
  const handle = await open(source);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0);
    return buffer.subarray(0, bytesRead).toString("hex");
  } finally {
    await handle.close();
  }
}

/** Characters beyond ASCII: of two bytes in UTF-8, of more (all Chinese), and places that are no character at all. */
type Count = { narrow: number; wide: number; faults: number };

/** So many characters to a fault, and a file is in an encoding in spite of it. */
const FAR_MORE = 10;
/** Fewer characters beyond ASCII could be any encoding's. */
const FEWEST = 4;

/**
 * How a file's text is written: by its byte order mark; else UTF-8 where all of it is, or all but a few places; else
 * GB18030 (which GBK and GB2312 are part of) where all of it is and little is UTF-8. Null where that leaves a doubt:
 * a wrong choice would store noise. Reads the whole file, a piece at a time.
 */
export async function detectEncoding(file: FileSource): Promise<Encoding | null> {
  const head = await readHead(file);
  if (head.startsWith("fffe")) return "utf-16le";
  if (head.startsWith("feff")) return "utf-16be";
  if (head === "efbbbf") return "utf-8";
  const utf8 = await countCharacters(file, "utf-8");
  if (utf8.faults === 0 && (utf8.wide > 0 || utf8.narrow === 0)) return "utf-8";
  if (utf8.faults > 0 && utf8.wide >= FAR_MORE * utf8.faults) return "utf-8";
  const gb = await countCharacters(file, "gb18030");
  // Of GBK text a sixth of the characters happens to be UTF-8 too, none of them Chinese.
  const isGb =
    gb.faults === 0 && gb.wide >= FEWEST && utf8.faults > 3 * utf8.wide && utf8.faults > utf8.narrow;
  return isGb ? "gb18030" : null;
}

async function countCharacters(file: FileSource, encoding: Encoding): Promise<Count> {
  const count: Count = { narrow: 0, wide: 0, faults: 0 };
  for await (const text of decodeFile(file, encoding)) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 0x80) continue;
      if (code === 0xfffd) count.faults += 1;
      else if (code < 0x800) count.narrow += 1;
      else count.wide += 1;
    }
  }
  return count;
}

/**
 * A file's text, a piece at a time, without its byte order mark. What is not in the encoding becomes U+FFFD, so that
 * one bad byte spoils its row and not the file. `onBytes` is told how many bytes were read.
 */
export async function* decodeFile(
  file: FileSource,
  encoding: Encoding,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of piecesOf(file)) {
    onBytes(piece.length);
    yield decoder.decode(piece, { stream: true });
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}
