import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createReceipt, spellReceipt } from "~server/secrecy/receipt";
import { toGbk } from "./encodings";
import { listPatterns } from "./list-patterns";
import { makePlanting, plantedIn, valueOf, type Kind } from "./plant";

const planting = makePlanting(60);
const receipts = Array.from({ length: 60 }, createReceipt);
const { table } = listPatterns(planting, receipts);
const folder = mkdtempSync(path.join(tmpdir(), "canary-scan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KINDS = ["name", "phone", "idNumber", "email", "narrative", "yield"] as const;

/** Every way a value might have leaked, made by other means than the search's own. */
const LEAKS: readonly [string, (value: string) => Buffer][] = [
  ["utf-8", (value) => Buffer.from(value)],
  ["utf-16le", (value) => Buffer.from(value, "utf16le")],
  ["utf-16be", (value) => Buffer.from(value, "utf16le").swap16()],
  ["gbk", toGbk],
  ["hex", (value) => Buffer.from(Buffer.from(value).toString("hex"))],
  ["hex upper case", (value) => Buffer.from(Buffer.from(value).toString("hex").toUpperCase())],
  ...["", "x", "xy"].map(
    (before) =>
      [
        `base64 after ${String(before.length)}`,
        (value: string) => Buffer.from(Buffer.from(`${before}${value}。`).toString("base64")),
      ] as [string, (value: string) => Buffer],
  ),
  ["base64url", (value) => Buffer.from(Buffer.from(`?${value}>`).toString("base64url"))],
  ["url", (value) => Buffer.from(encodeURIComponent(value))],
  ["form", (value) => Buffer.from(new URLSearchParams({ value }).toString())],
  ["json in json", (value) => Buffer.from(JSON.stringify(JSON.stringify({ value })))],
  [
    "json escaped",
    (value) =>
      Buffer.from(
        value.replace(
          /[^\x20-\x7e]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
        ),
      ),
  ],
  ["bytea", (value) => Buffer.from(`\\\\x${Buffer.from(value).toString("hex")}`)],
];

describe("the search", () => {
  it("finds nothing where nothing is", () => {
    expect(table.scan(Buffer.from("一次平常的请求，2026-11-21 10:00:00，13800000000".repeat(1000)))).toEqual(
      [],
    );
    expect(table.scan(Buffer.alloc(64))).toEqual([]);
    expect(table.scan(Buffer.from("short"))).toEqual([]);
  });

  describe.each(LEAKS)("in %s", (_name, leak) => {
    it.each(KINDS)("finds a %s, wherever it stands", (kind: Kind) => {
      for (let before = 0; before < 9; before += 1) {
        const text = Buffer.concat([
          Buffer.alloc(before, 0x2e),
          leak(valueOf(planting, kind, 7)),
          Buffer.from("…"),
        ]);
        expect(table.scan(text).map(({ what }) => what)).toContain(kind);
      }
    });
  });

  it.each(["sha256", "sha1", "md5"])("finds a %s of an ID number or a telephone number", (algorithm) => {
    for (const kind of ["idNumber", "phone"] as const) {
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        const hash = createHash(algorithm).update(plantedIn(planting, 41)[kind]).digest(encoding);
        expect(table.scan(Buffer.from(`key=${hash};`))).toEqual([
          expect.objectContaining({ what: `hash of ${kind}`, person: 41 }),
        ]);
      }
      const raw = createHash(algorithm).update(plantedIn(planting, 41)[kind]).digest();
      expect(table.scan(Buffer.concat([Buffer.from("...."), raw]))).toHaveLength(1);
    }
  });

  it("finds a receipt in each spelling and as bytes", () => {
    const [, , , receipt] = receipts;
    if (receipt === undefined) throw new Error("no receipt");
    const { hanzi, words, numbers } = spellReceipt(receipt);
    for (const leak of [
      hanzi.join(""),
      words.join(" "),
      numbers.join(" "),
      numbers.join(""),
      new URLSearchParams({ receipt: numbers.join(" ") }).toString(),
      Buffer.from(receipt.entropy).toString("hex"),
      Buffer.from(receipt.entropy).toString("base64url"),
    ])
      expect(table.scan(Buffer.from(leak))).toEqual([
        expect.objectContaining({ what: "receipt", person: 3 }),
      ]);
    expect(table.scan(Buffer.concat([Buffer.alloc(5), receipt.entropy]))).toHaveLength(1);
  });

  it("finds what lies across the border of two chunks of a large file, once", () => {
    const file = path.join(folder, "large");
    const value = Buffer.from(plantedIn(planting, 3).email);
    for (const shift of [1, 7, value.length - 1]) {
      const bytes = Buffer.alloc(17 * 1024 * 1024, 0x20);
      value.copy(bytes, 8 * 1024 * 1024 - shift);
      value.copy(bytes, 16 * 1024 * 1024 + 99);
      writeFileSync(file, bytes);
      const found = table.scanFile(file);
      expect(found.bytes).toBe(bytes.length);
      expect(found.hits.map(({ offset }) => offset)).toEqual([
        8 * 1024 * 1024 - shift,
        16 * 1024 * 1024 + 99,
      ]);
    }
  });
});
