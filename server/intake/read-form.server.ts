import { DomainError } from "~server/errors.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** Room for the longest answers, three bytes a 汉字, percent-encoded, and as much again. */
const LARGEST_BYTES = 512 * 1024;

/** The posted form, refusing more than 512 KiB before it is in memory. Throws the 413 answer `too_large`. */
export async function readForm(request: Request): Promise<FormData> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) break;
    const bytes = chunk.value as Uint8Array;
    size += bytes.byteLength;
    if (size > LARGEST_BYTES) {
      await reader?.cancel();
      throw refusalResponse(new DomainError("too_large", 413, "提交的内容太大，请删减后再试。"));
    }
    parts.push(bytes);
  }
  const type = request.headers.get("Content-Type") ?? "application/x-www-form-urlencoded";
  return new Response(Buffer.concat(parts), { headers: { "Content-Type": type } }).formData();
}
