import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { COPY_LIMITS, openCopyMaker, type CopyMaker } from "~server/evidence/make-copy.server";
import type { FileType } from "~server/evidence/limits";
import { evidenceFolder, photo } from "~tests/factories/evidence";

const folder = evidenceFolder();

async function copyOf(make: CopyMaker, type: FileType, bytes: Buffer): Promise<Buffer | null> {
  const kept: Buffer[] = [];
  const made = await make({
    type,
    original: (function* () {
      for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000);
    })() as unknown as AsyncIterable<Uint8Array>,
    keep: (some) => Promise.resolve(void kept.push(Buffer.from(some))),
  });
  return made === "made" ? Buffer.concat(kept) : null;
}

/** A picture maker that misbehaves in its own way. */
function script(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}

/** A PNG that says it is this large, and whose data unpack to `unpacked` bytes of nothing. */
function hugePng(width: number, height: number, unpacked: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(4);
    frame.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([frame, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.alloc(unpacked))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("a picture's copy", () => {
  it("is made of jpg, png and webp, and of nothing else", async () => {
    const make = openCopyMaker();
    const plain = sharp(await photo());
    for (const [type, bytes] of [
      ["jpg", await photo()],
      ["png", await plain.clone().keepMetadata().png().toBuffer()],
      ["webp", await plain.clone().keepMetadata().webp().toBuffer()],
    ] as const) {
      expect(bytes.includes("CANARYPHONE"), type).toBe(true);
      const copy = await copyOf(make, type, bytes);
      expect(copy, type).not.toBeNull();
      expect(copy?.includes("CANARYPHONE"), type).toBe(false);
      expect((await sharp(copy ?? undefined).metadata()).format, type).toBe(type === "jpg" ? "jpeg" : type);
    }
    expect(await copyOf(make, "pdf", Buffer.from("%PDF-"))).toBeNull();
  });

  it("is not made of a picture of 30,000 × 30,000, nor of data that unpack to far more than they say", async () => {
    const make = openCopyMaker();
    expect(await copyOf(make, "png", hugePng(30_000, 30_000, 1_000))).toBeNull();
    // 300 MB of nothing behind a picture of 10 × 10: what does not belong to it is not unpacked into memory.
    const copy = await copyOf(make, "png", hugePng(10, 10, 300_000_000));
    if (copy !== null) expect(copy.length).toBeLessThan(10_000);
  });

  it("is not made of one format under another's name, nor of bytes that are no picture", async () => {
    const make = openCopyMaker();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    for (const bytes of [await photo(), svg, Buffer.from("nothing of the kind")]) {
      expect(await copyOf(make, "png", bytes)).toBeNull();
    }
  });

  it.each<[string, string]>([
    ["hangs", "setInterval(() => {}, 1000);"],
    ["dies at once", "process.exit(1);"],
    ["kills itself", "process.kill(process.pid, 'SIGKILL');"],
    ["fills its memory", "const a = []; for (;;) a.push(Buffer.alloc(10_000_000, 1));"],
    [
      "never ends writing",
      "const b = Buffer.alloc(65536, 1); const w = () => { while (process.stdout.write(b)); process.stdout.once('drain', w); }; w();",
    ],
    ["ends well without a word", "process.exit(0);"],
  ])("is not made, and nobody is hurt, when its process %s", async (name, text) => {
    const limits = { ...COPY_LIMITS, time: 3_000, bytes: 5_000_000, memoryKib: 400_000 };
    const make = openCopyMaker(limits, script(name.replaceAll(" ", "-"), text));
    expect(await copyOf(make, "jpg", Buffer.alloc(3_000_000, 1))).toBeNull();
    // The queue goes on.
    expect(await copyOf(make, "jpg", Buffer.alloc(10, 1))).toBeNull();
  });

  it("waits for its turn: one process at a time, and none for whoever waited too long", async () => {
    const marks = path.join(folder, "marks");
    mkdirSync(marks);
    const slow = script(
      "slow",
      `import { readdirSync, writeFileSync, rmSync } from "node:fs";
       const own = ${JSON.stringify(marks)} + "/" + process.pid;
       writeFileSync(own, ""); const beside = readdirSync(${JSON.stringify(marks)}).length;
       setTimeout(() => { rmSync(own); process.stdout.write(beside === 1 ? "alone" : "CROWD", () => process.exit(0)); }, 300);`,
    );
    const make = openCopyMaker(COPY_LIMITS, slow);
    const copies = await Promise.all([1, 2, 3].map(() => copyOf(make, "jpg", Buffer.alloc(10))));
    expect(copies.map(String)).toEqual(["alone", "alone", "alone"]);
    const hasty = openCopyMaker({ ...COPY_LIMITS, wait: 50 }, slow);
    const [first, second] = await Promise.all([1, 2].map(() => copyOf(hasty, "jpg", Buffer.alloc(10))));
    expect(String(first)).toBe("alone");
    expect(second).toBeNull();
  });
});
