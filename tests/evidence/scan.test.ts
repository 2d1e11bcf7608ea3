import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readScannerAddress, scanBytes } from "~server/evidence/scan-bytes.server";
import type { Portal } from "~server/portal.server";
import {
  PDF,
  evidenceFolder,
  evidenceIn,
  filesBelow,
  sendFiles,
  startDraft,
} from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
const VIRUS = "NOT-A-REAL-VIRUS-BUT-FOUND";

/** clamd as far as INSTREAM goes: what it was sent whole, and a verdict. */
let clamd: Server;
let seen: Buffer[] = [];
let portal: Portal;
beforeAll(async () => {
  clamd = createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      got = Buffer.concat([got, bytes]);
      const start = "zINSTREAM\0".length;
      const parts: Buffer[] = [];
      for (let at = start; at + 4 <= got.length;) {
        const length = got.readUInt32BE(at);
        if (length === 0) {
          const whole = Buffer.concat(parts);
          seen.push(whole);
          socket.end(whole.includes(VIRUS) ? "stream: Test.Virus FOUND\0" : "stream: OK\0");
          return;
        }
        parts.push(got.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
    });
  });
  await new Promise<void>((resolve) => clamd.listen(0, "127.0.0.1", resolve));
  const { port } = clamd.address() as AddressInfo;
  const base = testPortal(test.db);
  const scan = () => scanBytes({ host: "127.0.0.1", port });
  portal = { ...base, evidence: evidenceIn(folder, { scan }) };
  await installTestPack(portal);
});
afterAll(() => new Promise((resolve) => clamd.close(resolve)));

describe("clamd", () => {
  it("sees every byte while it arrives, and its word is noted", async () => {
    seen = [];
    const bytes = Buffer.from("一笔一笔的转账记录。\n".repeat(60_000));
    const { outcomes } = await sendFiles(portal, await startDraft(portal), [{ name: "a.txt", bytes }]);
    expect(outcomes).toMatchObject([{ state: "stored", file: { scan: "clean" } }]);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.equals(bytes)).toBe(true);
  });

  it("finding something has the file refused with a reason, and nothing of it kept", async () => {
    const before = filesBelow(folder).length;
    const receipt = await startDraft(portal);
    const { outcomes } = await sendFiles(portal, receipt, [
      { name: "v.txt", bytes: Buffer.from(VIRUS) },
      { name: "合同.pdf", bytes: PDF },
    ]);
    expect(outcomes).toMatchObject([{ state: "refused", reason: "infected" }, { state: "stored" }]);
    expect(filesBelow(folder).length).toBe(before + 1);
  });

  it("that is down or falls silent leaves the file accepted and marked", async () => {
    const closed = {
      ...portal,
      evidence: { ...portal.evidence, scan: () => scanBytes({ host: "127.0.0.1", port: 9 }) },
    };
    const down = await sendFiles(closed, await startDraft(portal), [{ name: "合同.pdf", bytes: PDF }]);
    expect(down.outcomes).toMatchObject([{ state: "stored", file: { scan: "unscanned" } }]);
    const mute = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    const silent = {
      ...portal,
      evidence: { ...portal.evidence, scan: () => scanBytes({ host: "127.0.0.1", port }, 300) },
    };
    const waited = await sendFiles(silent, await startDraft(portal), [{ name: "合同.pdf", bytes: PDF }]);
    expect(waited.outcomes).toMatchObject([{ state: "stored", file: { scan: "unscanned" } }]);
    mute.close();
  });

  it("is given as a path or an address of this machine, and as nothing else", () => {
    expect(readScannerAddress("127.0.0.1:3310")).toEqual({ host: "127.0.0.1", port: 3310 });
    expect(readScannerAddress("[::1]:3310")).toEqual({ host: "::1", port: 3310 });
    expect(readScannerAddress("/run/clamav/clamd.ctl")).toEqual({ path: "/run/clamav/clamd.ctl" });
    for (const wrong of [
      ...[
        "clamd",
        "127.0.0.1:0",
        "127.0.0.1:99999",
        "http://127.0.0.1:1/",
        "",
        "127.0.0.999:1",
        "[::2]:3310",
      ],
      ...["clamd.example:3310", "localhost:3310", "10.0.0.5:3310", "0.0.0.0:3310", "127.0.0.1.example:3310"],
    ])
      expect(readScannerAddress(wrong)).toBeNull();
  });
});
