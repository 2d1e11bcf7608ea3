import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { checkPack } from "~server/packs/check-pack";
import { packShape } from "~server/packs/grammar";
import { agency, condition, row, rowRule, substance } from "~server/packs/grammar-parts";
import { territory } from "~server/packs/grammar-territory";
import { listPacks, loadPack, packFolder } from "~server/packs/load-pack.server";
import { packSource, plainRow, smallPack, words } from "~tests/routing/packs/build-pack";

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

  describe("takes over what packs share", () => {
    const { sectors, unfairCompetition, nameScreening, ...own } = whole;
    const redLines = [
      { sectors: ["p2p", "exchanges"], items: [{ id: "p2p.a", text: words("一") }] },
      { sectors: ["guarantee"], items: [{ id: "guarantee.a", text: words("二") }] },
    ];
    const shared = { sectors, unfairCompetition, nameScreening, redLines };
    const folderOf = (files: Record<string, unknown>, common: unknown = shared): string => {
      const folder = folderWith(
        Object.fromEntries(Object.entries(files).map(([name, data]) => [name, JSON.stringify(data)])),
      );
      mkdirSync(join(folder, "shared"));
      writeFileSync(join(folder, "shared", "words.json"), JSON.stringify(common));
      return folder;
    };

    test("all of it where the pack says nothing; the hash is that of the whole", () => {
      const folder = folderOf({ "pack.json": own });
      expect(listPacks(folder)).toEqual(["test"]);
      const { pack, sha256 } = loadPack("test", folder);
      expect(pack).toEqual(checkPack({ ...whole, redLines }));
      const written = folderWith({ "pack.json": JSON.stringify({ ...whole, redLines }) });
      expect(loadPack("test", written).sha256).toBe(sha256);
      const other = folderOf({ "pack.json": own }, { ...shared, redLines: redLines.slice(1) });
      expect(loadPack("test", other).sha256).not.toBe(sha256);
    });

    test("none of what the pack gives itself", () => {
      const folder = folderOf({
        "pack.json": { ...own, redLines: [], nameScreening: { keywords: ["集资"] } },
      });
      expect(loadPack("test", folder).pack).toMatchObject({
        redLines: [],
        nameScreening: { keywords: ["集资"] },
      });
    });

    test("but the wording, list or word that the pack changes", () => {
      const folder = folderOf({
        "pack.json": {
          ...own,
          sectorChanges: [{ id: "unknown", help: words("请直接说") }],
          redLineChanges: [{ sectors: ["p2p"], items: [{ id: "p2p.b", text: words("三") }] }],
          nameScreening: { add: ["投资", "理财"], exempt: [{ keyword: "投资", phrases: ["投资担保"] }] },
        },
      });
      const { pack } = loadPack("test", folder);
      expect(pack.sectors).toEqual([{ ...checkPack(whole).sectors[0], help: words("请直接说") }]);
      expect(pack.redLines.map(({ sectors: of, items }) => [of, items[0]?.id])).toEqual([
        [["exchanges"], "p2p.a"],
        [["guarantee"], "guarantee.a"],
        [["p2p"], "p2p.b"],
      ]);
      expect(pack.nameScreening).toMatchObject({
        keywords: ["理财", "投资"],
        exempt: [{ keyword: "投资", phrases: ["投资担保"] }],
      });
    });

    test.each([
      [
        "a change of a sector that is not shared",
        { sectorChanges: [{ id: "p2p", common: true }] },
        'test/pack.json: sectorChanges[0].id: no shared sector "p2p"',
      ],
      [
        "an unknown key in a change",
        { sectorChanges: [{ id: "unknown", name: "x" }] },
        "test/pack.json: sectorChanges[0].name: unknown key",
      ],
      [
        "sectors both given and changed",
        { sectors, sectorChanges: [{ id: "unknown", common: true }] },
        "test/pack.json: sectorChanges: sectors is given in full already",
      ],
      [
        "checklists both given and changed",
        { redLines, redLineChanges: redLines },
        "test/pack.json: redLineChanges: redLines is given in full already",
      ],
      [
        "words both given and added",
        { nameScreening: { keywords: ["集资"], add: ["理财"] } },
        "test/pack.json: nameScreening.add: keywords are given in full already",
      ],
      [
        "a checklist that is no list",
        { redLineChanges: [{ sectors: ["p2p"], items: "x" }] },
        "test/pack.json: redLineChanges[0].items: expected array, received string",
      ],
    ])("%s is refused", (_, part, line) => {
      const folder = folderOf({ "pack.json": { ...own, ...part } });
      expect(() => loadPack("test", folder)).toThrow(expect.objectContaining({ message: line }));
    });

    test("a fault in the shared files is named there", () => {
      const folder = folderOf({ "pack.json": own }, { ...shared, redLines: [redLines[0], redLines[0]] });
      expect(() => loadPack("test", folder)).toThrow(
        'shared/words.json: redLines[1].sectors[0]: duplicate checklist for sector "p2p"',
      );
    });
  });
});

test("the guide explains every key of the grammar", () => {
  const guide = readFileSync(join(packFolder("template"), "GUIDE.md"), "utf8");
  const keysOf = (shape: z.ZodObject) => Object.keys(shape.shape);
  const keys = [packShape, agency, row, rowRule, condition, substance, territory].flatMap(keysOf);
  const inGuide = (key: string) => new RegExp(`[\x60".]${key}[\x60"]`).test(guide);
  expect([...new Set(keys)].filter((key) => !inGuide(key))).toEqual([]);
});
