import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DomainError } from "~server/errors.server";
import { BrokenFormError, parseMultipart } from "~server/evidence/parse-multipart.server";
import { LIST_BYTES } from "./list-columns";

export type ReceivedList = {
  readonly file: string | null;
  readonly fields: Readonly<Record<string, string>>;
};

/**
 * A posted registration list in a folder of its own for as long as `work` takes: a public register, nothing of a
 * reporter's. `file` is null where none was chosen. Throws `list_too_large` (413), `bad_form` (400).
 */
export async function receiveList<T>(request: Request, work: (list: ReceivedList) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "portal-list-"));
  try {
    return await work(await readParts(request, path.join(folder, "list")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readParts(request: Request, at: string): Promise<ReceivedList> {
  const fields: Record<string, string> = {};
  let file: string | null = null;
  try {
    for await (const part of parseMultipart(request, { fileBytes: LIST_BYTES, files: 1 })) {
      if (part.kind === "field") {
        fields[part.name] = part.value;
        continue;
      }
      let bytes = 0;
      const counted = (async function* () {
        for await (const piece of part.bytes) {
          bytes += piece.byteLength;
          yield piece;
        }
      })();
      await pipeline(Readable.from(counted), createWriteStream(at, { mode: 0o600 }));
      if (part.cut())
        throw new DomainError("list_too_large", 413, "文件超过 20 MB，请按地区或者登记年份拆开后分次载入。");
      file = bytes > 0 ? at : null;
    }
  } catch (error) {
    if (error instanceof BrokenFormError)
      throw new DomainError("bad_form", 400, "没能读出提交的内容，请返回上一页再试一次。");
    throw error;
  }
  return { file, fields };
}
