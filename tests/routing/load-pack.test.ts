import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkPack } from "~server/packs/check-pack";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { packSource, plainRow, smallPack } from "~tests/routing/packs/build-pack";

const whole = packSource(smallPack);

describe("the loader", () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

  const folderWith = (files: Record<string, string>): string => {
    const folder = mkdtempSync(join(tmpdir(), "packs-"));
    folders.push(folder);
    mkdirSync(join(folder, "test"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "test", name), text);
    return folder;
  };
  const { agencies, ...rest } = whole;

  test("reads a pack from several files and names the file at fault", () => {
    const files = { "pack.json": JSON.stringify(rest), "agencies.json": JSON.stringify({ agencies }) };
    expect(loadPack("test", folderWith(files)).pack).toEqual(checkPack(whole));
    const broken = { ...files, "agencies.json": JSON.stringify({ agencies: agencies.slice(1) }) };
    expect(() => loadPack("test", folderWith(broken))).toThrow(
      'test/pack.json: leadingOffice: unknown agency "office"',
    );
  });

  test("the hash is of the data: it ignores layout, file division and key order, and nothing else", () => {
    const split = { "pack.json": JSON.stringify(rest), "agencies.json": JSON.stringify({ agencies }) };
    const reversed = Object.fromEntries(Object.entries(whole).reverse());
    const one = { "pack.json": JSON.stringify(reversed, null, 4) };
    const { sha256 } = loadPack("test", folderWith(split));
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loadPack("test", folderWith(one)).sha256).toBe(sha256);
    const other = { "pack.json": JSON.stringify({ ...whole, version: "2016.2" }) };
    expect(loadPack("test", folderWith(other)).sha256).not.toBe(sha256);
  });

  test("a loaded pack cannot be changed", () => {
    const { pack } = loadPack("test", folderWith({ "pack.json": JSON.stringify(whole) }));
    expect(Object.isFrozen(pack)).toBe(true);
    expect(Object.isFrozen(pack.rows[0]?.rules[0]?.lead)).toBe(true);
  });

  test.each([
    [
      "a key given in two files",
      { "pack.json": JSON.stringify(whole), "a.json": '{"version":"2016.2"}' },
      "test/pack.json: version: given twice, first in test/a.json",
    ],
    [
      "a key that reaches for the prototype",
      { "pack.json": JSON.stringify(whole), "z.json": '{"__proto__":{}}' },
      "test/z.json: __proto__: unknown key",
    ],
    ["a file that is no JSON", { "pack.json": "{" }, "test/pack.json: pack: not valid JSON"],
    ["a file that is no object", { "pack.json": "[]" }, "test/pack.json: pack: must be a JSON object"],
    [
      "an id that is not the folder's",
      {
        "pack.json": JSON.stringify(
          packSource({ ...smallPack, id: "other", rows: [plainRow("other", "p2p", "一", ["a"])] }),
        ),
      },
      'test/pack.json: id: must be "test", as its folder',
    ],
  ])("%s is refused", (_, files, line) => {
    expect(() => loadPack("test", folderWith(files))).toThrow(expect.objectContaining({ message: line }));
  });

  test("an unknown pack is refused, and so is a way out of the folder", () => {
    const folder = folderWith({ "pack.json": JSON.stringify(whole) });
    expect(listPacks(folder)).toEqual(["test"]);
    for (const id of ["nowhere", "../test", "", "test/"]) {
      expect(() => loadPack(id, folder)).toThrow(`pack: unknown pack ${JSON.stringify(id)} (known: test)`);
    }
  });
});
