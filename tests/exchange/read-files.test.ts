import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { decodeFile, detectEncoding, type Encoding } from "~server/exchange/decode-file.server";
import { IMPORT_REASONS } from "~server/exchange/import-reasons";
import { readCsvRows, type FileRow } from "~server/exchange/read-rows.server";
import { splitCsv, type CsvRecord } from "~server/exchange/split-csv";
import { toGbk } from "~tests/factories/to-gbk";

const folder = mkdtempSync(path.join(tmpdir(), "portal-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function* pieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield await Promise.resolve(text.slice(at, at + length));
}

const HEAD = "外部编号,名称,开始时间,情况说明,负责人";
const row = (n: number) =>
  [`T-${String(n)}`, `公司${String(n)}`, "2025-03", `说法${String(n)}`, "甲"].join(",");
/** A file of `rows` rows with some lines changed, by row (the header is 1). */
const file = (rows: number, over: Record<number, string> = {}, end = "\n") =>
  [HEAD, ...Array.from({ length: rows }, (_, n) => row(n + 2))]
    .map((line, at) => over[at + 1] ?? line)
    .map((line) => line + end)
    .join("");

/** What became of every row but those that are read as they were written. */
async function oddRows(text: string, length = 4096) {
  const rows = await collect(readCsvRows(pieces(text, length)));
  const odd = rows.filter((one) => !("cells" in one) || one.cells.externalId !== `T-${String(one.row)}`);
  return { rows: rows.length, numbers: rows.map((one) => one.row), odd };
}

const bad = (at: number, reason: keyof typeof IMPORT_REASONS = "badQuotes"): FileRow => ({
  row: at,
  faults: [{ column: null, reason: IMPORT_REASONS[reason] }],
});

describe("a stray quote", () => {
  const open = (n: number) => row(n).replace("公司", '"公司');

  it.each([
    ["in row 10", 10],
    ["in the last row but one", 4000],
    ["in the last row", 4001],
  ])("%s of 4,000 costs that row alone", async (_, at) => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const { rows, numbers, odd } = await oddRows(file(4000, { [at]: open(at) }, end));
      expect(rows).toBe(4000);
      expect(numbers).toEqual(Array.from({ length: 4000 }, (__, n) => n + 2));
      expect(odd).toEqual([bad(at)]);
    }
  });

  it("is not closed by the quotes of a later row", async () => {
    const quoted = row(12).replace("公司12", '"公司12"');
    expect((await oddRows(file(50, { 10: open(10), 12: quoted }))).odd).toEqual([bad(10)]);
    expect((await oddRows(file(50, { 10: open(10), 11: quoted.replaceAll("12", "11") }))).odd).toEqual([
      bad(10),
    ]);
    // Two strays that look like one cell, apart and in neighbours.
    const close = (n: number) => row(n).replace(`公司${String(n)}`, `公司${String(n)}"`);
    for (const at of [11, 12, 40]) {
      const { rows, odd } = await oddRows(file(50, { 10: open(10), [at]: close(at) }));
      expect(rows).toBe(50);
      expect(odd).toEqual([bad(10)]);
    }
    const first = await oddRows(file(50, { 10: `"${row(10)}`, 11: row(11).replace(",", '",') }));
    expect(first).toMatchObject({ rows: 50, odd: [bad(10), { row: 11, cells: { name: "公司11" } }] });
    const uneven = row(11).replace("说法11", '说法11"');
    expect((await oddRows(file(50, { 10: open(10), 11: uneven }))).rows).toBe(50);
    // In the last cell it takes in the next row's first cells.
    const last = await oddRows(
      file(50, { 10: row(10).replace("甲", '"甲'), 11: row(11).replace("甲", '甲"') }),
    );
    expect([last.rows, last.odd]).toEqual([50, [bad(10)]]);
  });

  it.each(["浙金〔2026〕%号", "第%号", "信访（%）", "%", "12345#%"])(
    "is not closed by one in the next row where numbers read like %s",
    async (form) => {
      const id = (n: number) => form.replace("%", String(n));
      const rows = (n: number) => row(n).replace(`T-${String(n)}`, id(n));
      for (const column of ["公司", "说法"]) {
        const lines = Array.from({ length: 20 }, (_, n) => rows(n + 2));
        lines[8] = rows(10).replace(column, `"${column}`);
        lines[9] = rows(11).replace(`${column}11`, `${column}11"`);
        const read = await collect(readCsvRows(pieces(`${[HEAD, ...lines].join("\n")}\n`, 4096)));
        expect(read).toHaveLength(20);
        expect(read.filter((one) => "faults" in one)).toEqual([bad(10)]);
      }
    },
  );

  it("in every row costs each, and a large row beside it is named too", async () => {
    const all = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [n + 2, open(n + 2)]));
    expect((await oddRows(file(300, all))).odd).toEqual(Array.from({ length: 300 }, (_, n) => bad(n + 2)));
    const large = await oddRows(file(20, { 5: open(5), 6: row(6).replace("说法", "长".repeat(300_000)) }));
    expect(large.odd).toEqual([bad(5), bad(6, "tooLarge")]);
    expect(large.rows).toBe(20);
  });

  it("in the header refuses the file", async () => {
    await expect(oddRows(`"${file(3)}`)).rejects.toMatchObject({ path: "header" });
  });

  it("never holds more than a row's worth of the file", async () => {
    let given = 0;
    let ahead = 0;
    const source = (async function* () {
      yield `${HEAD}\nT-2,"公司,2025-03,说法,甲\n`;
      for (let n = 3; n < 60_000; n += 1) {
        given += 1;
        yield await Promise.resolve(`x${"长".repeat(100)}\n`);
      }
    })();
    let read = 0;
    for await (const one of readCsvRows(source)) {
      if ("faults" in one) read += 1;
      ahead = Math.max(ahead, given - read);
    }
    expect(read).toBe(59_998);
    expect(ahead).toBeLessThan(250);
  });
});

describe("a cell over several lines", () => {
  it("is read whole, with commas, quotes and empty lines in it, and counts as one row", async () => {
    const story = '第一段，说法1\n\n第二段: "每月, 返利"\n2025, 3 人, 说法\n末段, 2025-03';
    for (const end of ["\n", "\r\n"]) {
      const cell = `"${story.replaceAll('"', '""').replaceAll("\n", end)}"`;
      const text = file(
        30,
        { 10: row(10).replace("说法10", cell), 20: `T-20,公司20,2025-03,x,${cell}` },
        end,
      );
      for (const length of [1, 7, 4096]) {
        const { rows, numbers, odd } = await oddRows(text, length);
        expect([rows, odd]).toEqual([30, []]);
        expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => n + 2));
      }
      const read = (await collect(readCsvRows(pieces(text, 999)))).find((one) => one.row === 10);
      expect(read).toMatchObject({ cells: { narrative: story } });
    }
    const first = `情况说明,外部编号,开始时间\n"说法, 一\n二",T-2,2025-03\n三,T-3,2025-03\n`;
    expect((await oddRows(first)).odd).toEqual([]);
  });

  it("may have 190 lines, and more than 200 are taken for a stray quote", async () => {
    const long = (lines: number) => row(3).replace("说法3", `"${"一行\n".repeat(lines)}"`);
    expect((await oddRows(file(5, { 3: long(190) }))).odd).toEqual([]);
    const { odd } = await oddRows(file(5, { 3: long(250) }));
    expect(odd[0]).toEqual(bad(3));
    // Each of its lines is named, and what follows is read.
    expect(odd.filter((one) => "faults" in one)).toHaveLength(251);
    expect(odd.filter((one) => "cells" in one)).toMatchObject([
      { row: 254, cells: { externalId: "T-4" } },
      { row: 255, cells: { externalId: "T-5" } },
      { row: 256, cells: { externalId: "T-6" } },
    ]);
  });
});

describe("the records of any file", () => {
  const rules = { largest: 10_000, isRow: () => false, fits: () => true };
  const cell = fc.string({ unit: fc.constantFrom("a", "长", ",", '"', "\n", " "), maxLength: 6 });

  it("are those that were written, wherever the stream is cut", async () => {
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (rows, length) => {
        const text = stringify([rows[0]?.map(() => "h") ?? [], ...rows]);
        const read = await collect(splitCsv(pieces(text, length), rules));
        expect(read.map((one) => ("cells" in one ? one.cells : one.fault))).toEqual(parse(text));
      }),
      { numRuns: 100 },
    );
  });

  it("leave no line out: those read and those named are all there are", async () => {
    const noise = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n"), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(noise, fc.integer({ min: 1, max: 9 }), async (text, length) => {
        const lines = (one: CsvRecord) => ("cells" in one ? one.cells.join("").split("\n").length : 1);
        const read = await collect(splitCsv(pieces(`h,h\n${text}`, length), rules));
        const all = `h,h\n${text}`.replace(/\n$/, "").split("\n").length;
        expect(read.reduce((sum, one) => sum + lines(one), 0)).toBe(all);
        expect(read.map((one) => one.row)).toEqual(read.map((_, at) => at + 1));
      }),
      { numRuns: 300 },
    );
  });
});

describe("the encoding of a file", () => {
  const STORY = "业务员在小区门口摆摊，说每月返利百分之三，邻居们都投了钱，现在取不出来。";
  const chinese = `${HEAD}\n${row(2)}\n${STORY}\n`;
  const english = `externalId,name,startedOn,narrative\nT-2,Demo,2025-03,${STORY}\n`;
  const rare = "镕喆堃頔囍犇骉叒燚垚";
  const utf8 = (text: string) => Buffer.from(text);
  const cut = (bytes: Buffer, by: number) => bytes.subarray(0, bytes.length - by);
  const spoil = (bytes: Buffer, at: number) => {
    const spoilt = Buffer.from(bytes);
    spoilt[at] = 0xff;
    return spoilt;
  };
  const story = utf8(chinese).indexOf(utf8(STORY));

  it.each<[string, Buffer, Encoding | null]>([
    ["UTF-8", utf8(chinese), "utf-8"],
    ["ASCII alone", utf8("externalId,name\nT-1,Demo\n"), "utf-8"],
    ["nothing", Buffer.alloc(0), "utf-8"],
    ["a mark, whatever follows", Buffer.concat([utf8("\ufeff"), toGbk(chinese)]), "utf-8"],
    ["UTF-8 with one bad byte", spoil(utf8(chinese), story), "utf-8"],
    ["UTF-8 whose last character is cut", cut(utf8(chinese), 2), "utf-8"],
    [
      "English headers and UTF-8 with a bad byte",
      spoil(utf8(english), utf8(english).indexOf(utf8("邻"))),
      "utf-8",
    ],
    ["GBK", toGbk(chinese), "gb18030"],
    ["GBK under English headers", toGbk(english), "gb18030"],
    ["GBK with rare characters", toGbk(`${english}${rare}\n`), "gb18030"],
    ["GB18030 of four bytes", Buffer.concat([toGbk(english), Buffer.from("8139ef30", "hex")]), "gb18030"],
    ["GBK with one bad byte", spoil(toGbk(chinese), toGbk(chinese).length - 9), null],
    ["GBK whose last character is cut", cut(toGbk(chinese), 2), null],
    ["UTF-8 and GBK in halves", Buffer.concat([utf8(chinese), toGbk(chinese)]), null],
    ["ASCII with one cut character", Buffer.concat([utf8("name,x\nDemo,"), utf8("测").subarray(0, 2)]), null],
    ["two bytes that both encodings have", Buffer.concat([utf8("name\n"), toGbk("联通")]), null],
    ["noise", Buffer.from(Array.from({ length: 4000 }, (_, at) => 128 + ((at * 73) % 128))), null],
  ])("is told for %s", async (_, bytes, encoding) => {
    const at = path.join(folder, "any");
    writeFileSync(at, bytes);
    expect(await detectEncoding(at)).toBe(encoding);
  });

  it("is told where a character lies across two pieces of the file", async () => {
    const at = path.join(folder, "long");
    writeFileSync(at, `x${STORY.repeat(8_000)}`);
    expect(await detectEncoding(at)).toBe("utf-8");
    expect((await collect(decodeFile(at, "utf-8"))).join("")).not.toContain("\ufffd");
  });
});
