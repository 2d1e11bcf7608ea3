import { DomainError } from "~server/errors.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** Room for the longest answers, three bytes a 汉字, percent-encoded, and as much again. */
const LARGEST_BYTES = 512 * 1024;
/** The server lets no more than 1 MiB in; without it (a test, a script) reading ends here. */
const DRAINED_BYTES = 2 * 1024 * 1024;

/**
 * The body as posted. Of one above 512 KiB nothing is kept: it is read to its end, since a sender cut off sees no
 * answer, and throws the 413 answer `too_large`.
 */
export async function readBody(request: Request): Promise<Buffer<ArrayBuffer>> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) break;
    const bytes = chunk.value as Uint8Array;
    size += bytes.byteLength;
    if (size <= LARGEST_BYTES) parts.push(bytes);
    else parts = [];
    if (size > DRAINED_BYTES) {
      await reader?.cancel();
      break;
    }
  }
  if (size > LARGEST_BYTES) {
    throw refusalResponse(new DomainError("too_large", 413, "提交的内容太大，请删减后再试。"));
  }
  return Buffer.concat(parts);
}
