import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import type { FileMeta } from "~server/evidence/file-meta";
import { MAX_FILES, MAX_FILE_BYTES } from "~server/evidence/limits";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { readOpened } from "~server/evidence/read-opened.server";
import { cleanName, receiveFiles } from "~server/evidence/receive-files.server";
import { removeFile } from "~server/evidence/remove-file.server";
import { attachFiles } from "~server/evidence/send-files.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { importFileKey } from "~server/secrecy/seal-chunk";
import { reporterActor } from "~server/staff-auth/actor";
import * as made from "~tests/factories/evidence";
import { openField } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const { evidenceFolder, evidenceIn, filesBelow, multipart, photo, sendFiles, startDraft, streamed } = made;

const test = testDatabase();
const folder = evidenceFolder();
let portal: Portal;

beforeAll(async () => {
  const base = testPortal(test.db);
  portal = { ...base, evidence: evidenceIn(folder) };
  await installTestPack(portal);
});

const list = (receipt: Receipt) => listDraftFiles(portal, { receipt });
const text = (words: string) => Buffer.from(words.repeat(20), "utf8");

async function open(file: FileMeta, part: "original" | "copy"): Promise<Buffer> {
  const key = await importFileKey(Buffer.from(file.key, "base64url"));
  const size = part === "original" ? file.size : (file.copy?.size ?? 0);
  const parts: Uint8Array[] = [];
  for await (const bytes of readOpened(portal.evidence.store, { fileId: file.id, part, key, size }))
    parts.push(bytes);
  return Buffer.concat(parts);
}

/** A form of one file of so many bytes of `fill`, never whole in memory; `end` false breaks it off. */
function longFile(name: string, size: number, fill: Buffer, end = true, more = ""): Readable {
  function* parts() {
    yield Buffer.from(
      `--edge\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    );
    yield fill;
    const block = Buffer.alloc(65_536, "a");
    for (let left = size - fill.length; left > 0; left -= block.length) {
      yield block.subarray(0, Math.min(left, block.length));
    }
    if (end) yield Buffer.from(`\r\n${more}--edge--\r\n`);
  }
  return Readable.from(parts());
}

describe("files of a draft", () => {
  it("are told by their bytes, whatever their names say", async () => {
    const receipt = await startDraft(portal);
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#123" } })
      .png()
      .toBuffer();
    const webp = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#321" } })
      .webp()
      .toBuffer();
    const sent = [
      { name: "a.jpg", bytes: await photo() },
      { name: "b.png", bytes: png },
      { name: "c.webp", bytes: webp },
      { name: "d.pdf", bytes: made.PDF },
      { name: "e.docx", bytes: made.DOCX },
      { name: "f.xlsx", bytes: made.XLSX },
      { name: "g.mp3", bytes: made.MP3 },
      { name: "h.m4a", bytes: made.M4A },
      { name: "i.mp4", bytes: made.MP4 },
      { name: "j.txt", bytes: text("转账记录，请查收。\n") },
      { name: "k.txt", bytes: made.GBK_TEXT },
      { name: "其实是照片.pdf", bytes: await photo(2) },
    ];
    const { outcomes } = await sendFiles(portal, receipt, sent);
    expect(outcomes.map(({ state, name }) => `${name} ${state}`)).toEqual(
      sent.map(({ name }) => `${name} stored`),
    );
    const files = await list(receipt);
    expect(files.map(({ type }) => type)).toEqual([
      ...["jpg", "png", "webp", "pdf", "docx", "xlsx", "mp3", "m4a", "mp4", "txt", "txt", "jpg"],
    ]);
    expect(files.filter(({ misnamed }) => misnamed).map(({ name }) => name)).toEqual(["其实是照片.pdf"]);
    expect(files.map(({ metadata }) => metadata === "stripped")).toEqual(
      files.map(({ type }) => ["jpg", "png", "webp"].includes(type ?? "")),
    );
  });

  it.each<[string, string, Uint8Array, string]>([
    ["an empty file", "a.txt", new Uint8Array(), "empty"],
    ["a HEIC photo", "IMG_0001.HEIC", made.HEIC, "heic"],
    ["a MOV video", "IMG_0002.MOV", made.MOV, "quicktime"],
    ["an old Word file", "合同.doc", made.DOC, "old_office"],
    ["a program named like a photo", "photo.jpg", Buffer.from("MZ\x90\x00\x03\x00\x00\x00"), "unknown_type"],
    ["an archive", "a.docx", made.zip({ "a.txt": "x" }), "unknown_type"],
    [
      "a Word file with macros",
      "m.docx",
      made.zip({ "word/document.xml": "x", "word/vbaProject.bin": "x" }),
      "unknown_type",
    ],
    ["bytes that are no text", "a.txt", Buffer.from([0x41, 0x81, 0x20, 0xff, 0xfe]), "unknown_type"],
    ["a GIF", "a.gif", Buffer.from("GIF89a\x01\x00\x01\x00"), "unknown_type"],
  ])("refuse %s by name, and keep the others of the post", async (_, name, bytes, reason) => {
    const receipt = await startDraft(portal);
    const before = filesBelow(folder).length;
    const { outcomes } = await sendFiles(portal, receipt, [
      { name, bytes },
      { name: "合同.pdf", bytes: made.PDF },
    ]);
    expect(outcomes).toMatchObject([
      { state: "refused", name, reason },
      { state: "stored", name: "合同.pdf" },
    ]);
    expect(await list(receipt)).toMatchObject([
      { name, state: "refused", reason },
      { name: "合同.pdf", state: "stored" },
    ]);
    expect(filesBelow(folder).length).toBe(before + 1);
  });

  it("which stop being text half-way are refused, and nothing of them stays", async () => {
    const receipt = await startDraft(portal);
    const before = filesBelow(folder).length;
    const bytes = Buffer.concat([Buffer.alloc(1_500_000, "a"), Buffer.from([0, 1, 2])]);
    const { outcomes } = await sendFiles(portal, receipt, [{ name: "a.txt", bytes }]);
    expect(outcomes).toMatchObject([{ state: "refused", reason: "unknown_type" }]);
    expect(filesBelow(folder).length).toBe(before);
  });

  it("that are too long are cut off and refused by name, and the next in the post is kept", async () => {
    const receipt = await startDraft(portal);
    const next = `--edge\r\nContent-Disposition: form-data; name="files"; filename="短.txt"\r\n\r\n短的一份\r\n`;
    const body = longFile("long.txt", MAX_FILE_BYTES + 1, Buffer.from("a"), true, next);
    const { outcomes } = await receiveFiles(portal, streamed(body, "edge"), () => ({
      kind: "draft",
      receipt,
    }));
    expect(outcomes).toMatchObject([
      { state: "refused", name: "long.txt", reason: "too_large" },
      { state: "stored", name: "短.txt" },
    ]);
    const whole = longFile("whole.txt", MAX_FILE_BYTES, Buffer.from("a"));
    const kept = await receiveFiles(portal, streamed(whole, "edge"), () => ({ kind: "draft", receipt }));
    expect(kept.outcomes).toMatchObject([{ state: "stored", file: { size: MAX_FILE_BYTES } }]);
  });

  it("are kept as they came, with their hash; a picture's copy is upright and says nothing of place or phone", async () => {
    const receipt = await startDraft(portal);
    const bytes = await photo(5);
    const { outcomes } = await sendFiles(portal, receipt, [{ name: "现场.jpg", bytes }]);
    const [one] = outcomes;
    if (one?.state !== "stored") throw new Error("not stored");
    expect(one.file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect((await open(one.file, "original")).equals(bytes)).toBe(true);
    const copy = await open(one.file, "copy");
    const { width, height, exif, orientation } = await sharp(copy).metadata();
    expect({ width, height, exif, orientation }).toEqual({
      width: 60,
      height: 80,
      exif: undefined,
      orientation: undefined,
    });
    expect(bytes.includes("CANARYPHONE")).toBe(true);
    expect(copy.includes("CANARYPHONE")).toBe(false);
  });

  it("of the same bytes are kept once, so that a retry doubles nothing", async () => {
    const receipt = await startDraft(portal);
    await sendFiles(portal, receipt, [{ name: "合同.pdf", bytes: made.PDF }]);
    const before = filesBelow(folder).length;
    const { outcomes } = await sendFiles(portal, receipt, [{ name: "又一份.pdf", bytes: made.PDF }]);
    expect(outcomes).toMatchObject([{ state: "already", name: "又一份.pdf" }]);
    expect(await list(receipt)).toMatchObject([{ name: "合同.pdf" }]);
    expect(filesBelow(folder).length).toBe(before);
  });

  it("are twenty at most, also when two posts reach for the last places at once", async () => {
    const receipt = await startDraft(portal);
    const some = (count: number, from: string) =>
      Array.from({ length: count }, (_, at) => ({ name: `${from}${at}.txt`, bytes: text(`${from}${at} `) }));
    await sendFiles(portal, receipt, some(15, "a"));
    const both = await Promise.all([
      sendFiles(portal, receipt, some(5, "b")),
      sendFiles(portal, receipt, some(5, "c")),
    ]);
    const states = both.flatMap(({ outcomes }) =>
      outcomes.map((one) => (one.state === "refused" ? one.reason : one.state)),
    );
    expect(states.filter((state) => state === "stored")).toHaveLength(5);
    expect(states.filter((state) => state === "too_many")).toHaveLength(5);
    expect((await list(receipt)).filter(({ state }) => state === "stored")).toHaveLength(MAX_FILES);
  });

  it("that break off are listed as such, leave no bytes, and make way when they are sent again", async () => {
    const receipt = await startDraft(portal);
    const before = filesBelow(folder).length;
    const half = longFile("录音.txt", 3_000_000, Buffer.from("前半段"), false);
    await expect(
      receiveFiles(portal, streamed(half, "edge"), () => ({ kind: "draft", receipt })),
    ).rejects.toThrow();
    expect(await list(receipt)).toMatchObject([{ name: "录音.txt", state: "interrupted" }]);
    expect(filesBelow(folder).length).toBe(before);
    await sendFiles(portal, receipt, [{ name: "录音.txt", bytes: text("后来传完了") }]);
    expect(await list(receipt)).toMatchObject([{ name: "录音.txt", state: "stored" }]);
  });

  it("are removed with their bytes; another receipt removes nothing", async () => {
    const [receipt, other] = [await startDraft(portal), await startDraft(portal)];
    const before = filesBelow(folder).length;
    await sendFiles(portal, receipt, [{ name: "a.pdf", bytes: made.PDF }]);
    const [file] = await list(receipt);
    await removeFile(portal, { receipt: other, fileId: file?.id ?? "" });
    await removeFile(portal, { receipt: other, fileId: "not-an-id" });
    expect(await list(receipt)).toHaveLength(1);
    expect(await list(other)).toHaveLength(0);
    await removeFile(portal, { receipt, fileId: file?.id ?? "" });
    expect(await list(receipt)).toHaveLength(0);
    expect(filesBelow(folder).length).toBe(before);
    const { rows } = await test.db.pool.query("select 1 from tip_files where id = $1", [file?.id]);
    expect(rows).toEqual([]);
  });

  it("without a draft are refused, and nothing is stored", async () => {
    const before = filesBelow(folder).length;
    const { outcomes } = await sendFiles(portal, createReceipt(), [{ name: "a.pdf", bytes: made.PDF }]);
    expect(outcomes).toMatchObject([{ state: "refused", reason: "already_sent", id: null }]);
    expect(filesBelow(folder).length).toBe(before);
  });

  it("find no room where the disk is nearly full", async () => {
    const receipt = await startDraft(portal);
    const full = {
      ...portal,
      evidence: {
        ...portal.evidence,
        store: { ...portal.evidence.store, room: () => Promise.resolve(1000) },
      },
    };
    const { outcomes } = await sendFiles(full, receipt, [{ name: "a.pdf", bytes: made.PDF }]);
    expect(outcomes).toMatchObject([{ state: "refused", reason: "no_room" }]);
  });

  it("leave nothing in the table but counts", async () => {
    const receipt = await startDraft(portal);
    await sendFiles(portal, receipt, [{ name: "别人不该看到的名字.pdf", bytes: made.PDF }]);
    const { rows } = await test.db.pool.query<{ row: string; bytes: number }>(
      "select t::text as row, octet_length(meta) as bytes from tip_files t where lookup_id = $1",
      [lookupIdOf(receipt)],
    );
    expect(rows[0]?.row).not.toContain("别人不该看到");
    expect(rows[0]?.bytes).toBe(4096 + 28);
  });
});

describe("sending the report", () => {
  it("takes its stored files along, sealed with its content, and drops the rest", async () => {
    const receipt = await startDraft(portal);
    await sendFiles(portal, receipt, [
      { name: "合同.pdf", bytes: made.PDF },
      { name: "a.heic", bytes: made.HEIC },
      { name: "现场.jpg", bytes: await photo(7) },
    ]);
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
    const files = JSON.parse((await openField(portal, tipId, "files")) ?? "[]") as FileMeta[];
    expect(files.map(({ name, type }) => [name, type])).toEqual([
      ["合同.pdf", "pdf"],
      ["现场.jpg", "jpg"],
    ]);
    const [contract] = files;
    if (contract === undefined) throw new Error("no file");
    expect((await open(contract, "original")).equals(made.PDF)).toBe(true);
    const { rows } = await test.db.pool.query(
      "select state, meta, tip_id from tip_files where lookup_id = $1 order by tip_id nulls last",
      [lookupIdOf(receipt)],
    );
    expect(rows).toEqual([
      { state: "stored", meta: null, tip_id: tipId },
      { state: "stored", meta: null, tip_id: tipId },
      { state: "removed", meta: null, tip_id: null },
    ]);
    expect(await list(receipt)).toEqual([]);
  });

  it("without files seals no list", async () => {
    const receipt = await startDraft(portal);
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
    expect(await openField(portal, tipId, "files")).toBeNull();
  });

  it("races with an upload: the file goes with it or is told that it came too late", async () => {
    for (let round = 0; round < 4; round += 1) {
      const receipt = await startDraft(portal);
      const [sent, { tipId }] = await Promise.all([
        sendFiles(portal, receipt, [{ name: "赶上没有.txt", bytes: text(`第${round}回`) }]),
        submitTip(portal, { receipt, language: "zh-CN" }),
      ]);
      const files = JSON.parse((await openField(portal, tipId, "files")) ?? "[]") as FileMeta[];
      const [outcome] = sent.outcomes;
      expect(files.length).toBe(outcome?.state === "stored" ? 1 : 0);
      if (outcome?.state !== "stored") expect(outcome).toMatchObject({ state: "refused" });
    }
  });
});

describe("files of a message", () => {
  it("come back to the caller, who gives them to the report in the transaction that seals the message", async () => {
    const receipt = await startDraft(portal);
    const { tipId } = await submitTip(portal, { receipt, language: "zh-CN" });
    const lookupId = lookupIdOf(receipt);
    const request = multipart([{ name: "补充.pdf", bytes: made.PDF }], { token: "t", text: "补充一份合同" });
    const { fields, outcomes } = await receiveFiles(portal, request, (seen) => {
      expect(seen.get("token")).toBe("t");
      return { kind: "message", lookupId };
    });
    expect(fields.get("text")).toBe("补充一份合同");
    const [one] = outcomes;
    if (one?.state !== "stored") throw new Error("not stored");
    const files = [one.file];
    await withActor(portal.db, reporterActor(lookupId), (tx) =>
      attachFiles(tx, { lookupId, tipId, messageId: null, files }),
    );
    await expect(
      withActor(portal.db, reporterActor(lookupId), (tx) =>
        attachFiles(tx, { lookupId, tipId, messageId: null, files }),
      ),
    ).rejects.toThrow("not there any more");
  });

  it("are stored for nobody who is not admitted; the rest of the form passes first", async () => {
    const before = filesBelow(folder).length;
    const request = multipart([{ name: "a.pdf", bytes: made.PDF }], { token: "forged" });
    await expect(
      receiveFiles(portal, request, () => {
        throw new Error("not yours");
      }),
    ).rejects.toThrow("not yours");
    expect(filesBelow(folder).length).toBe(before);
  });
});

it("a file's name loses paths, unseen characters and what turns a line around, and keeps its ending", () => {
  expect(cleanName("C:\\Users\\me\\合同.pdf")).toBe("合同.pdf");
  expect(cleanName("/etc/passwd")).toBe("passwd");
  expect(cleanName("a\u202Efdp.exe\u0000")).toBe("afdp.exe");
  expect(cleanName(`${"长".repeat(300)}.jpg`)).toMatch(/^长+….jpg$/);
  expect(cleanName(`${"长".repeat(300)}.jpg`)).toHaveLength(120);
});
