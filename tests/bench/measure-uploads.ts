import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Portal } from "~server/portal.server";
import { makeDrafts, type Draft } from "./measure-intake";

const FILES = 10;
const MIB = 1024 * 1024;
/** Files sent before anything is measured: what a first upload loads stays. */
const WARM = 3;

/**
 * How far the server's memory grows while ten files of `megabytes` MB arrive at once (issue 4: at most 64 MB). null where
 * the system does not tell (not Linux). Throws when a file is not taken.
 */
export async function measureUploads(
  portal: Portal,
  serverPid: number,
  megabytes: number,
): Promise<string[][] | null> {
  if (residentBytes(serverPid) === null) return null;
  const [warm, ...drafts] = await makeDrafts(portal, FILES + 1);
  if (warm === undefined) throw new Error("no draft was made");
  for (let at = 0; at < WARM; at += 1) await upload(portal, warm, 100 + at, 8 * MIB);
  await sleep(2_000);
  const before = residentBytes(serverPid) ?? 0;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, residentBytes(serverPid) ?? 0)), 50);
  const from = process.hrtime.bigint();
  try {
    await Promise.all(drafts.map((draft, at) => upload(portal, draft, at, megabytes * MIB)));
  } finally {
    clearInterval(watch);
  }
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  return [
    [
      `${String(FILES)} × ${String(megabytes)} MB`,
      (before / MIB).toFixed(0),
      ((most - before) / MIB).toFixed(1),
      ((FILES * megabytes) / seconds).toFixed(0),
    ],
  ];
}

/** Bytes of a PDF, as far as anybody looks, of one's own kind. */
function* body(seed: number, size: number): Generator<Buffer> {
  yield Buffer.from(
    `--edge\r\nContent-Disposition: form-data; name="files"; filename="${String(seed)}.pdf"\r\nContent-Type: application/pdf\r\n\r\n`,
  );
  const block = Buffer.alloc(65_536, `%PDF-1.7 ${String(seed)} `);
  for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
  yield Buffer.from("\r\n--edge--\r\n");
}

async function upload(portal: Portal, { cookie }: Draft, seed: number, size: number): Promise<void> {
  const status = await new Promise<number>((resolve, reject) => {
    const sent = httpRequest(
      `http://127.0.0.1:${String(portal.env.port)}/report/evidence`,
      {
        method: "POST",
        headers: {
          host: new URL(portal.env.publicOrigin).host,
          origin: portal.env.publicOrigin,
          cookie,
          "x-forwarded-for": `198.18.0.${String(seed)}`,
          "content-type": "multipart/form-data; boundary=edge",
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", reject);
      },
    );
    sent.on("error", reject);
    Readable.from(body(seed, size)).on("error", reject).pipe(sent);
  });
  if (status !== 302) throw new Error(`a file was answered ${String(status)}`);
}

function residentBytes(pid: number): number | null {
  try {
    const told = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1];
    return told === undefined ? null : Number(told) * 1024;
  } catch {
    return null;
  }
}
