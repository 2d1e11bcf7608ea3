import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

export const ENCODINGS = ["utf-8", "gb18030", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * How a file's text is written: by its byte order mark, else UTF-8 where every byte of it is UTF-8, else GB18030
 * (which GBK and GB2312 are part of). Reads the whole file, a piece at a time.
 */
export async function detectEncoding(file: string): Promise<Encoding> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0).finally(() => handle.close());
  const head = buffer.subarray(0, bytesRead).toString("hex");
  if (head.startsWith("fffe")) return "utf-16le";
  if (head.startsWith("feff")) return "utf-16be";
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of createReadStream(file)) utf8.decode(piece as Buffer, { stream: true });
    utf8.decode();
    return "utf-8";
  } catch {
    return "gb18030";
  }
}

/**
 * A file's text, a piece at a time, without its byte order mark. What is not in the encoding becomes U+FFFD, so that
 * one bad byte spoils its row and not the file. `onBytes` is told how many bytes were read.
 */
export async function* decodeFile(
  file: string,
  encoding: Encoding,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    onBytes((piece as Buffer).length);
    yield decoder.decode(piece as Buffer, { stream: true });
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}
