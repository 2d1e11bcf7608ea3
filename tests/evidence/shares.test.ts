import { randomBytes, randomUUID } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { action } from "~/routes/_public.report.evidence";
import { MAX_FILE_BYTES } from "~server/evidence/limits";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { COPY_LIMITS } from "~server/evidence/make-copy.server";
import { receiveFiles } from "~server/evidence/receive-files.server";
import { beginReceiving, countReceiving } from "~server/evidence/receiving.server";
import { watchPace } from "~server/evidence/watch-pace";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { UNKNOWN_SENDER, weighSenders, type Sender } from "~server/intake/weigh-senders.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";
import {
  PDF,
  evidenceFolder,
  evidenceIn,
  filesBelow,
  multipart,
  sendFiles,
  startDraft,
  streamed,
} from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
let portal: Portal;

beforeAll(async () => {
  portal = { ...testPortal(test.db), evidence: evidenceIn(folder) };
  await installTestPack(portal);
});

const HEAD = `--edge\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n`;

/** An upload that has begun and waits for its end. */
async function begin(of: Portal, receipt: Receipt) {
  const body = new PassThrough();
  body.write(`${HEAD}${randomUUID()}`);
  const before = countReceiving();
  const received = receiveFiles(of, streamed(body, "edge"), () => ({ kind: "draft", receipt }));
  await vi.waitFor(() => expect(countReceiving()).toBe(before + 1));
  return () => {
    body.end("\r\n--edge--\r\n");
    return received;
  };
}

describe("of the places for files under way", () => {
  it("one draft has three: a fourth file is told to try again, and another draft's is taken", async () => {
    const [receipt, other] = [await startDraft(portal), await startDraft(portal)];
    const ends = [await begin(portal, receipt), await begin(portal, receipt), await begin(portal, receipt)];
    const fourth = [{ name: "合同.pdf", bytes: PDF }];
    expect((await sendFiles(portal, receipt, fourth)).outcomes).toMatchObject([
      { state: "refused", name: "合同.pdf", reason: "busy" },
    ]);
    expect((await sendFiles(portal, other, fourth)).outcomes).toMatchObject([{ state: "stored" }]);
    for (const end of ends) expect((await end()).outcomes).toMatchObject([{ state: "stored" }]);
    expect((await sendFiles(portal, receipt, fourth)).outcomes).toMatchObject([{ state: "stored" }]);
    expect(countReceiving()).toBe(0);
  });

  it("one sender has twenty, whatever drafts they are for, and another sender still comes in", () => {
    const at = weighSenders(portal.clock);
    const take = (sender: Sender) =>
      beginReceiving(randomUUID(), { lookupId: randomBytes(32), kind: "draft", sender });
    const taken = Array.from({ length: 20 }, () => take(at("198.51.100.7")));
    expect(taken).not.toContain(null);
    expect(take(at("198.51.100.7"))).toBeNull();
    const others = [take(at("198.51.100.8")), take(UNKNOWN_SENDER)];
    expect(others).not.toContain(null);
    // Given back twice counts once.
    taken[0]?.();
    taken[0]?.();
    const again = take(at("198.51.100.7"));
    expect(again).not.toBeNull();
    expect(take(at("198.51.100.7"))).toBeNull();
    for (const end of [...taken, ...others, again]) end?.();
    expect(countReceiving()).toBe(0);
  });

  it("senders nothing is known of leave some to every other report, and the last quarter to messages", () => {
    const take = (kind: "draft" | "message", lookupId: Buffer, sender: Sender = UNKNOWN_SENDER) =>
      beginReceiving(randomUUID(), { lookupId, kind, sender });
    const ends: ReturnType<typeof take>[] = [];
    const keep = (end: ReturnType<typeof take>) => (ends.push(end), end !== null);
    const mine = randomBytes(32);
    expect([keep(take("draft", mine)), keep(take("draft", mine))]).toEqual([true, true]);
    // One sender behind many drafts, as fast as it can.
    while (keep(take("draft", randomBytes(32)))) if (ends.length > 200) throw new Error("no end");
    expect(countReceiving()).toBe(75);
    expect(keep(take("draft", mine))).toBe(false);
    const reporter = randomBytes(32);
    expect(keep(take("message", reporter))).toBe(true);
    expect(keep(take("message", reporter))).toBe(false);
    expect(keep(take("message", randomBytes(32)))).toBe(true);
    // Whoever is known has a share of their own instead.
    expect(keep(take("draft", mine, weighSenders(portal.clock)("198.51.100.7")))).toBe(true);
    ends[2]?.();
    while (keep(take("message", randomBytes(32)))) if (ends.length > 300) throw new Error("no end");
    expect(countReceiving()).toBe(100);
    for (const end of ends) end?.();
    expect(countReceiving()).toBe(0);
  });

  it("a sender who has taken all of theirs is told so on the page", async () => {
    const sender = weighSenders(portal.clock)("198.51.100.7");
    const held = Array.from({ length: 20 }, () => sender.hold(20));
    const receipt = await startDraft(portal);
    const post = async () => {
      const form = multipart([{ name: "合同.pdf", bytes: PDF }]);
      form.headers.set("Cookie", draftCookie(portal, receipt).split(";")[0] ?? "");
      const context = { portal, nonce: "", sender };
      return (await action({ request: form, params: {}, context })) as { data: unknown };
    };
    expect((await post()).data).toMatchObject({ refused: [{ name: "合同.pdf", reason: "busy" }] });
    held[0]?.();
    expect(await post()).toMatchObject({ status: 302 });
  });
});

describe("a sender", () => {
  it.each<[string, () => Readable]>([
    ["from whom a byte comes now and then", () => Readable.from(trickle())],
    [
      "who falls silent",
      () => {
        const body = new PassThrough();
        body.write(`${HEAD}a`);
        return body;
      },
    ],
  ])("%s loses the place, and the file is listed as interrupted", async (_, body) => {
    const receipt = await startDraft(portal);
    const before = filesBelow(folder).length;
    const pace = watchPace({ grace: 100, span: 200, rate: 1_000_000 });
    await expect(
      receiveFiles(portal, streamed(body(), "edge"), () => ({ kind: "draft", receipt }), { pace }),
    ).rejects.toThrow();
    expect(await listDraftFiles(portal, { receipt })).toMatchObject([
      { name: "a.txt", state: "interrupted" },
    ]);
    expect(countReceiving()).toBe(0);
    expect(filesBelow(folder).length).toBe(before);
  });

  it("has half a minute to begin, then sends a KiB a second on average over the last minute", () => {
    const clock = { at: 0 };
    const paceNow = () => watchPace(undefined, () => clock.at);
    const pass = (pace: ReturnType<typeof paceNow>, seconds: number, bytes: number) => {
      for (let second = 0; second < seconds; second += 1) {
        pace.wait();
        clock.at += 1_000;
        if (bytes > 0) pace.came(bytes);
      }
      return pace.tooSlow();
    };
    const trickling = paceNow();
    expect(pass(trickling, 29, 1)).toBe(false);
    expect(pass(trickling, 2, 1)).toBe(true);
    const steady = paceNow();
    expect(pass(steady, 600, 1_100)).toBe(false);
    expect(pass(steady, 60, 900)).toBe(true);
    const fast = paceNow();
    expect(pass(fast, 40, 1_000_000)).toBe(false);
    expect(pass(fast, 50, 0)).toBe(false);
    expect(pass(fast, 15, 0)).toBe(true);
    // What this server takes its time for is not the sender's.
    const waitedFor = paceNow();
    pass(waitedFor, 1, 1);
    clock.at += 300_000;
    expect(waitedFor.tooSlow()).toBe(false);
  });
});

it("a file finds no room where those under way may still need it", async () => {
  const room = 1024 ** 3 + COPY_LIMITS.bytes + 1.5 * MAX_FILE_BYTES;
  const store = { ...portal.evidence.store, room: () => Promise.resolve(room) };
  const tight = { ...portal, evidence: { ...portal.evidence, store } };
  const [receipt, other] = [await startDraft(portal), await startDraft(portal)];
  const end = await begin(tight, receipt);
  const file = [{ name: "合同.pdf", bytes: PDF }];
  expect((await sendFiles(tight, other, file)).outcomes).toMatchObject([
    { state: "refused", reason: "no_room" },
  ]);
  expect((await end()).outcomes).toMatchObject([{ state: "stored" }]);
  expect((await sendFiles(tight, other, file)).outcomes).toMatchObject([{ state: "stored" }]);
});

it("drafts leave the last quarter of the free disk to messages of reports already sent", async () => {
  const disk = { free: 80 * 1024 ** 3 };
  const store = { ...portal.evidence.store, room: () => Promise.resolve(disk.free) };
  const tight = { ...portal, evidence: { ...portal.evidence, store } };
  const receipt = await startDraft(portal);
  const outcome = async (name: string) =>
    (await sendFiles(tight, receipt, [{ name, bytes: Buffer.concat([PDF, Buffer.from(name)]) }])).outcomes[0];
  expect(await outcome("一.pdf")).toMatchObject({ state: "stored" });
  disk.free /= 4;
  expect(await outcome("二.pdf")).toMatchObject({ state: "refused", reason: "no_room" });
  const message = multipart([{ name: "补充.pdf", bytes: PDF }]);
  const to = { kind: "message" as const, lookupId: randomBytes(32) };
  expect((await receiveFiles(tight, message, () => to)).outcomes).toMatchObject([{ state: "stored" }]);
  disk.free *= 2;
  expect(await outcome("二.pdf")).toMatchObject({ state: "stored" });
});

describe("a day's bytes of one sender", () => {
  const GIB = 1024 ** 3;
  const brimming = (taken: number, begun: number) => {
    const store = { ...portal.evidence.store, taken: () => Promise.resolve(taken) };
    const sender = weighSenders(portal.clock)("198.51.100.7");
    sender.addBytes(begun, Infinity);
    const ground = { ...portal, evidence: { ...portal.evidence, store } };
    return async (receipt: Receipt, files: { name: string; bytes: Uint8Array }[], from = sender) =>
      (
        await receiveFiles(ground, multipart(files), () => ({ kind: "draft", receipt }), { sender: from })
      ).outcomes.map((one) => (one.state === "refused" ? one.reason : one.state));
  };

  it.each([
    ["5 GiB", 0.5, 5 * GIB],
    ["1 GiB once the disk is mostly taken", 0.71, GIB],
  ])("are %s; what exceeds it is told apart, and others are not touched", async (_, taken, most) => {
    const receipt = await startDraft(portal);
    const send = brimming(taken, most - PDF.length);
    const another = { name: "b.pdf", bytes: Buffer.concat([PDF, Buffer.from("b")]) };
    // What is not kept does not count: the same file comes after one that exceeds.
    expect(await send(receipt, [another, { name: "a.pdf", bytes: PDF }, another])).toEqual([
      ...["too_much_today", "stored", "too_much_today"],
    ]);
    expect(await send(receipt, [another], weighSenders(portal.clock)("198.51.100.8"))).toEqual(["stored"]);
    expect(await send(await startDraft(portal), [another], UNKNOWN_SENDER)).toEqual(["stored"]);
  });

  it("leave the report itself to be sent", async () => {
    const receipt = await startDraft(portal);
    expect(await brimming(0.5, 5 * GIB)(receipt, [{ name: "a.pdf", bytes: PDF }])).toEqual([
      "too_much_today",
    ]);
    const { outcome } = await submitTip(portal, { receipt, language: "zh-CN" });
    expect(outcome).toBe("created");
  });
});

async function* trickle() {
  yield Buffer.from(HEAD);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield Buffer.from("a");
  }
}
