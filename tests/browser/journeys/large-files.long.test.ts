import { solveChallenge, type Challenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { readDraftFiles, storedFiles } from "~server/evidence/draft-files.server";
import { readOpened } from "~server/evidence/read-opened.server";
import { draftCookie, readDraftReceipt } from "~server/intake/draft-cookie.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt } from "~server/secrecy/receipt";
import { importFileKey } from "~server/secrecy/seal-chunk";
import { reporterActor } from "~server/staff-auth/actor";
import { reportAnswers } from "~tests/factories/report-answers";
import { startPortal, type Portal } from "../portal";
import { besidePortal } from "./beside-portal";
import { copyFolder, demoTemplate } from "./demo-template";

// The real server in a process of its own: what it needs while large files arrive, and what a sudden end costs.

const FULL = process.env.TEST_FULL === "1";
const MIB = 1024 * 1024;
const SIZE = (FULL ? 50 : 12) * MIB;

async function withPortal(
  name: string,
  work: (start: () => Promise<Portal>, dataDir: string) => Promise<void>,
) {
  const dataDir = mkdtempSync(path.join(tmpdir(), "portal-large-"));
  chmodSync(dataDir, 0o711);
  const running: Portal[] = [];
  const template = await demoTemplate();
  if (template !== null) copyFolder(template, dataDir);
  const env = { DATA_DIR: dataDir, QUICK_EXIT_URL: "http://localhost:9/" };
  try {
    await work(async () => {
      const portal = await startPortal({ name, env, startWithin: 90_000 });
      running.push(portal);
      // The demo is still being put in when the first pages answer.
      while (!/^ready /m.test(readFileSync(portal.logFile, "utf8"))) await sleep(100);
      return portal;
    }, dataDir);
  } finally {
    await running.at(-1)?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Begins a report and keeps its cookie. */
async function begin({ origin }: Portal): Promise<string> {
  const answer = await fetch(`${origin}/report`, {
    method: "POST",
    headers: { Origin: origin },
    redirect: "manual",
    body: new URLSearchParams({ intent: "begin" }),
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith("draft="));
  if (cookie === undefined) throw new Error(`no draft: ${String(answer.status)}`);
  return cookie.split(";")[0] ?? "";
}

/** Bytes of a PDF, as far as anybody looks, of one's own kind. */
function* pdf(seed: number, size: number): Generator<Buffer> {
  const block = Buffer.alloc(65_536, `%PDF-1.7 ${String(seed)} `);
  for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

/** Posts one file; `pause` ms between pieces. Answers the status once the page has come whole. */
function post(
  portal: Portal,
  cookie: string,
  file: { name: string; bytes: Iterable<Buffer> },
  pause = 0,
): Promise<number> {
  async function* body() {
    yield Buffer.from(
      `--edge\r\nContent-Disposition: form-data; name="files"; filename="${file.name}"\r\nContent-Type: application/pdf\r\n\r\n`,
    );
    for (const bytes of file.bytes) {
      if (pause > 0) await sleep(pause);
      yield bytes;
    }
    yield Buffer.from("\r\n--edge--\r\n");
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `${portal.origin}/report/evidence`,
      {
        method: "POST",
        headers: {
          Cookie: cookie,
          Origin: portal.origin,
          "Content-Type": "multipart/form-data; boundary=edge",
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", reject);
      },
    );
    sent.on("error", reject);
    Readable.from(body()).on("error", reject).pipe(sent);
  });
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

describe.runIf(process.platform === "linux")("GIVEN ten people with a large file each", () => {
  it("WHEN they send them at once THEN the server grows by 64 MB at most", { timeout: 400_000 }, async () => {
    await withPortal("large-files", async (start) => {
      const portal = await start();
      const cookies = [];
      for (let at = 0; at < 10; at += 1) cookies.push(await begin(portal));
      // Everything a first upload loads is there before it is measured.
      const first = await begin(portal);
      for (let seed = 90; seed < 93; seed += 1) {
        await post(portal, first, { name: `w${String(seed)}.pdf`, bytes: pdf(seed, 8 * MIB) });
      }
      await sleep(2_000);
      const before = residentBytes(portal.pid);
      let most = before;
      const watch = setInterval(() => (most = Math.max(most, residentBytes(portal.pid))), 50);
      const statuses = await Promise.all(
        cookies.map((cookie, at) =>
          post(portal, cookie, { name: `录像${String(at)}.pdf`, bytes: pdf(at, SIZE) }),
        ),
      );
      clearInterval(watch);
      expect(statuses).toEqual(Array(10).fill(302));
      const grown = (most - before) / MIB;
      process.stdout.write(`RSS ${(before / MIB).toFixed(0)} MB, grown by ${grown.toFixed(1)} MB\n`);
      expect(grown).toBeLessThanOrEqual(64);
    });
  });
});

describe("GIVEN a server that is killed while a file arrives", () => {
  it(
    "WHEN it starts again THEN what it acknowledged is there once, whole, and the rest can be sent again",
    { timeout: 240_000 },
    async () => {
      await withPortal("killed-upload", async (start, dataDir) => {
        const first = await start();
        const cookie = await begin(first);
        for (const seed of [1, 2, 3]) {
          expect(
            await post(first, cookie, { name: `${String(seed)}.pdf`, bytes: pdf(seed, 1.5 * MIB) }),
          ).toBe(302);
        }
        const cut = post(first, cookie, { name: "4.pdf", bytes: pdf(4, 8 * MIB) }, 20).catch(() => "cut");
        await sleep(1_200);
        process.kill(first.pid, "SIGKILL");
        expect(await cut).toBe("cut");
        const second = await start();
        const page = await (
          await fetch(`${second.origin}/report/evidence`, { headers: { Cookie: cookie } })
        ).text();
        expect(page.match(/data-state="stored"/g)).toHaveLength(3);
        expect(page.match(/data-state="interrupted"/g)).toHaveLength(1);
        // A browser that never read the answer sends again what had been acknowledged, and what had not.
        for (const seed of [3, 4]) {
          const bytes = pdf(seed, (seed === 3 ? 1.5 : 8) * MIB);
          expect([200, 302]).toContain(await post(second, cookie, { name: `${String(seed)}.pdf`, bytes }));
        }
        await besidePortal({ ...second, dataDir, enrolmentLink: () => "" }, async (portal) => {
          const receipt = readDraftReceipt({ headers: new Headers({ Cookie: cookie }) }, portal);
          if (receipt === null) throw new Error("the cookie does not open");
          const rows = await withActor(portal.db, reporterActor(lookupIdOf(receipt)), (tx) =>
            readDraftFiles(tx, receipt),
          );
          const files = storedFiles(rows);
          expect(files.map(({ name }) => name).sort()).toEqual(["1.pdf", "2.pdf", "3.pdf", "4.pdf"]);
          expect(rows).toHaveLength(4);
          for (const file of files) {
            const hash = createHash("sha256");
            const key = await importFileKey(Buffer.from(file.key, "base64url"));
            const of = { fileId: file.id, part: "original", key, size: file.size } as const;
            for await (const bytes of readOpened(portal.evidence.store, of)) hash.update(bytes);
            expect(hash.digest("hex")).toBe(file.sha256);
          }
        });
      });
    },
  );
});

/** A finished draft's cookie, and under it the report's lookup id. */
async function makeDrafts(portal: Portal, dataDir: string, count: number) {
  return besidePortal({ ...portal, dataDir, enrolmentLink: () => "" }, async (open) => {
    const drafts = [];
    for (let at = 0; at < count; at += 1) {
      const receipt = createReceipt();
      await saveDraft(open.db, { receipt, raw: reportAnswers(), at: open.clock.now() });
      const cookie = draftCookie(open, receipt).split(";")[0] ?? "";
      drafts.push({ cookie, lookupId: lookupIdOf(receipt) });
    }
    return drafts;
  });
}

/** The fields of the list of answers, its work done, as a browser with a script sends them. */
async function fieldsToSend({ origin }: Portal, cookie: string): Promise<URLSearchParams> {
  const page = await (await fetch(`${origin}/report/check`, { headers: { Cookie: cookie } })).text();
  const field = (name: string) => {
    const value = new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(page)?.[1];
    if (value === undefined) throw new Error(`no field ${name}`);
    return value.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  };
  const challenge = field("challenge");
  const found = await solveChallenge({ challenge: JSON.parse(challenge) as Challenge, deriveKey });
  const solution = JSON.stringify({ counter: found?.counter, derivedKey: found?.derivedKey });
  return new URLSearchParams({ intent: "submit", challenge, solution, question: field("question") });
}

/** Where the answer leads; "cut" when none came. */
function submit({ origin }: Portal, cookie: string, body: URLSearchParams): Promise<string> {
  return fetch(`${origin}/report/check`, {
    method: "POST",
    headers: { Cookie: cookie, Origin: origin },
    redirect: "manual",
    body,
  }).then(
    (answer) => answer.headers.get("Location") ?? String(answer.status),
    () => "cut",
  );
}

/** What is there of each report, counted past every policy: tips by lookup id, their leads, files, first events, drafts. */
async function countAll(portal: Portal, dataDir: string, lookupIds: readonly Buffer[]) {
  return besidePortal({ ...portal, dataDir, enrolmentLink: () => "" }, async ({ db }) => {
    const { rows } = await db.pool.query<{
      tips: number;
      leads: number;
      drafts: number;
      received: number;
      files: number;
    }>(
      `select (select count(*)::int from tips where lookup_id = wanted.id) as tips,
              (select count(distinct lead_id)::int from tips where lookup_id = wanted.id) as leads,
              (select count(*)::int from drafts where lookup_id = wanted.id) as drafts,
              (select count(*)::int from events join tips on subject_id = tips.id::text
                where action = 'tip.received' and lookup_id = wanted.id) as received,
              (select count(*)::int from tip_files where lookup_id = wanted.id and tip_id is not null and state = 'stored') as files
         from unnest($1::bytea[]) with ordinality as wanted (id, at) order by at`,
      [lookupIds],
    );
    return rows;
  });
}

describe("GIVEN a server that is killed while reports are being sent", () => {
  it(
    "WHEN it starts again THEN what it acknowledged is there once, and sending all again changes nothing but the rest",
    { timeout: 240_000 },
    async () => {
      await withPortal("killed-submit", async (start, dataDir) => {
        const first = await start();
        const drafts = await makeDrafts(first, dataDir, 8);
        const withFiles = (at: number) => at % 2 === 0;
        for (const [at, { cookie }] of drafts.entries()) {
          if (!withFiles(at)) continue;
          for (const seed of [1, 2]) {
            const file = { name: `${String(seed)}.pdf`, bytes: pdf(10 * at + seed, MIB / 2) };
            expect(await post(first, cookie, file)).toBe(302);
          }
        }
        const bodies: URLSearchParams[] = [];
        for (const { cookie } of drafts) bodies.push(await fieldsToSend(first, cookie));
        const answers = drafts.map(({ cookie }, at) =>
          submit(first, cookie, bodies[at] ?? new URLSearchParams()),
        );
        // As soon as one is acknowledged: the others are on their way, at whatever step they are.
        await Promise.race(answers);
        process.kill(first.pid, "SIGKILL");
        const told = await Promise.all(answers);
        expect(told.filter((one) => one !== "cut" && one !== "/report/done")).toEqual([]);

        const second = await start();
        const lookupIds = drafts.map(({ lookupId }) => lookupId);
        const whole = (at: number) => ({
          tips: 1,
          leads: 1,
          drafts: 0,
          received: 1,
          files: withFiles(at) ? 2 : 0,
        });
        const waiting = { tips: 0, leads: 0, drafts: 1, received: 0, files: 0 };
        for (const [at, found] of (await countAll(second, dataDir, lookupIds)).entries()) {
          // Never half: a report is there with all that is its own, or still a draft; acknowledged, it is there.
          if (told[at] === "/report/done" || found.tips === 1) expect(found).toEqual(whole(at));
          else expect(found).toEqual(waiting);
        }
        // Sent again twice, with the same work: the answer is that of the first time.
        for (const _again of [1, 2]) {
          for (const [at, { cookie }] of drafts.entries()) {
            const body = bodies[at] ?? new URLSearchParams();
            expect(await submit(second, cookie, body)).toBe("/report/done");
          }
        }
        expect(await countAll(second, dataDir, lookupIds)).toEqual(drafts.map((_draft, at) => whole(at)));
      });
    },
  );
});
