import { describe, expect, it } from "vitest";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { IMPORT_COLUMNS, columnOf } from "~server/exchange/import-columns";
import { FORM_REASONS, IMPORT_REASONS } from "~server/exchange/import-reasons";
import { importTemplate } from "~server/exchange/import-template";
import { readCells, type Cells } from "~server/exchange/read-cells";
import { readCsvRows, readJsonRows, type FileRow } from "~server/exchange/read-rows.server";
import { loadPack } from "~server/packs/load-pack.server";

const { pack } = loadPack("jinhua");
const ground = { pack, today: "2026-03-02", channel: null };

const GOOD: Cells = {
  externalId: "A-1",
  channel: "12345 热线",
  name: "测试公司",
  startedOn: "2025-03",
  narrative: "业务员在小区门口摆摊，说每月返利百分之三，邻居们都投了钱。",
};

function read(over: Cells) {
  const result = readCells(ground, { ...GOOD, ...over });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.row;
}

function faultsOf(over: Cells): string[] {
  const result = readCells(ground, { ...GOOD, ...over });
  return result.ok ? [] : result.faults.map(({ column, reason }) => `${column ?? "-"}：${reason}`);
}

async function collect(rows: AsyncIterable<FileRow>): Promise<FileRow[]> {
  const all: FileRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** The text in pieces of a few characters, as a stream may cut it anywhere. */
async function* pieces(text: string, length = 5): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield await Promise.resolve(text.slice(at, at + length));
}

describe("one row", () => {
  it("needs a number, a channel, a beginning and a story; the form's answers for not knowing fill the rest", () => {
    expect(read({})).toMatchObject({
      externalId: "A-1",
      channel: "hotline_12345",
      receivedOn: null,
      facts: {
        mode: "anonymous",
        subjectKind: "organisation",
        subjectName: "测试公司",
        operatingAt: "unknown",
        sector: "unknown",
        redLines: ["other"],
        ongoing: "unknown",
        allegedFen: null,
        people: null,
        wantsReward: false,
        concernsOfficial: false,
      },
    });
    expect(faultsOf({ externalId: " " })).toEqual(["外部编号：请填写原渠道的编号"]);
    expect(faultsOf({ channel: "" })).toEqual(["渠道：请填写渠道，或者在导入时为整个文件指定"]);
    expect(faultsOf({ startedOn: "" })).toHaveLength(1);
    expect(faultsOf({ narrative: "太短" })).toEqual(["情况说明：请至少写 20 个字"]);
  });

  it("is told what to write in the file, never to tick or choose on a page", () => {
    const ofPages = Object.entries(catalogueZh.report.errors).filter(([, text]) =>
      /勾选|选一|选“|上面|下面|前面|一行|在上/.test(text),
    );
    // The declaration is made for every row.
    expect(Object.keys(FORM_REASONS)).toEqual(
      expect.arrayContaining(ofPages.map(([key]) => key).filter((key) => key !== "declare")),
    );
    expect(
      faultsOf({ operating: "999999", sector: "没有的领域", name: "甲", peopleExact: "很多人" }),
    ).toEqual([
      "名称：至少 2 个字；不知道名称可以空着",
      "经营地：没有这个选项，可用的写法见列说明",
      "领域：没有这个选项，可用的写法见列说明",
      "涉及人数：请写一个整数，例如 35；只知道大概的，请填在“涉及人数档次”列",
    ]);
  });

  it.each<[string, Cells, string]>([
    ["a number a spreadsheet has rounded", { externalId: "1.23457E+17" }, "外部编号"],
    ["a number of 101 characters", { externalId: "9".repeat(101) }, "外部编号"],
    ["a channel nobody knows", { channel: "飞鸽" }, "渠道"],
    ["the citizen's own channel", { channel: "web" }, "渠道"],
    ["a day that is none", { receivedOn: "2026-02-30" }, "收到日期"],
    ["a day to come", { receivedOn: "2026-03-03" }, "收到日期"],
    ["a choice that is none", { mode: "半匿名" }, "举报方式"],
    ["a wrong 信用代码", { uscc: "91330000000000000X" }, "统一社会信用代码"],
    ["a line that is no address", { sites: "不是网址" }, "网址"],
    ["a place that is none", { operating: "火星" }, "经营地"],
    ["a sector the pack has not", { sector: "space" }, "领域"],
    ["a red line of no list", { redLines: "p2p.none" }, "违规情形"],
    ["a month to come", { startedOn: "2026-04" }, "开始时间"],
    ["words for a sum", { amountExact: "很多" }, "涉案金额"],
    ["words for a head count", { peopleExact: "一大批" }, "涉及人数"],
    ["a reward without the declaration", { wantsReward: "是" }, "无利益冲突声明"],
    ["a name without a way to reach it", { contactName: "测试某" }, "举报人电话"],
    ["a telephone number that is none", { contactName: "测试某", contactPhone: "12" }, "举报人电话"],
    [
      "an identity card that does not check",
      { contactName: "测试某", contactPhone: "13800000000", idNumber: "330702199001010000" },
      "证件号码",
    ],
    ["an anonymous caller's number", { mode: "匿名", contactPhone: "13800000000" }, "举报人姓名"],
    ["a byte of another encoding", { name: "测试\ufffd公司" }, "名称"],
    ["nobody in particular", { name: "" }, "负责人"],
  ])("with %s is refused, its column named and its content not repeated", (_, over, column) => {
    const faults = faultsOf(over);
    expect(
      faults.some((fault) => fault.startsWith(`${column}：`)),
      faults.join(),
    ).toBe(true);
    for (const value of Object.values(over))
      if (value.length > 3 && value !== "1.23457E+17") expect(faults.join()).not.toContain(value);
  });

  it("tells every fault at once", () => {
    expect(faultsOf({ narrative: "短", uscc: "1", receivedOn: "昨天", name: "甲" }).length).toBeGreaterThan(
      3,
    );
  });

  it.each<[Cells, object]>([
    [{ operating: "婺城区" }, { operatingAt: "330702" }],
    [{ operating: "110105" }, { operatingAt: "110000" }],
    [{ operating: "网上" }, { operatingAt: "online" }],
    [{ amountExact: "１２０万" }, { allegedFen: 120_000_000n }],
    [{ amount: "100万元到1000万元" }, { allegedFen: 100_000_000n }],
    [{ peopleExact: "35" }, { people: 35 }],
    [{ startedOn: "2025/3/15 0:00" }, { startedOn: "2025-03" }],
    [
      { subjectKind: "公司", ongoing: "是" },
      { subjectKind: "organisation", ongoing: "yes" },
    ],
    [{ redLines: "其他" }, { redLines: ["other"] }],
    [{ official: "是" }, { concernsOfficial: true }],
    [{ contactName: "测试某", contactPhone: "138 0000 0000" }, { mode: "named" }],
  ])("says %j as offices write it", (over, facts) => {
    expect(read(over).facts).toMatchObject(facts);
  });

  it("takes a formula for text and undoes what keeps one from running", () => {
    const risky = '=HYPERLINK("http://x.example","点我")';
    expect(read({ name: risky }).facts.subjectName).toBe(risky);
    expect(read({ name: `'${risky}` }).facts.subjectName).toBe(risky);
    expect(read({ externalId: '="0012345"' }).externalId).toBe("0012345");
    expect(read({ receivedOn: "2026年3月1日" }).receivedOn).toBe("2026-03-01");
  });
});

describe("the columns", () => {
  it("are found by English and Chinese names, whatever case, width and spaces", () => {
    for (const { column, chinese } of IMPORT_COLUMNS)
      for (const name of [column, ...chinese]) expect(columnOf(name), name).toBe(column);
    expect(columnOf(" external_id ")).toBe("externalId");
    expect(columnOf("情况说明*")).toBe("narrative");
    expect(columnOf("备注")).toBeNull();
  });

  it("come with a template that loads", async () => {
    const [row] = await collect(readCsvRows(pieces(importTemplate())));
    expect(row).toMatchObject({ row: 2 });
    if (row === undefined || !("cells" in row)) throw new Error("no row");
    expect(readCells({ ...ground, today: "2026-11-22" }, row.cells)).toMatchObject({ ok: true });
  });

  it("that are unknown, missing or there twice stop a file before its first row", async () => {
    const header = (text: string) => collect(readCsvRows(pieces(`${text}\n`)));
    await expect(header("外部编号,备注")).rejects.toMatchObject({ path: "header.2" });
    await expect(header("外部编号,开始时间,名称")).rejects.toMatchObject({ path: "header.narrative" });
    await expect(header("外部编号,编号")).rejects.toMatchObject({ path: "header.externalId" });
    await expect(collect(readCsvRows(pieces("")))).rejects.toMatchObject({ path: "header" });
  });
});

describe("the rows of a file", () => {
  const HEAD = "外部编号,名称,开始时间,情况说明\r\n";

  it("are numbered as a spreadsheet counts them, bad ones in their places, empty ones passed over", async () => {
    const text = `${HEAD}1,甲,2025,"两行\n一格"\r\n,,,\r\n3,丙\r\n4,丁,2025,x,,\r\n5,"戊""引""号",2025,x\r\n6,"没完,2025,x\r\n`;
    const rows = await collect(readCsvRows(pieces(text)));
    expect(rows.map((one) => [one.row, "cells" in one ? one.cells.name : one.faults[0]?.reason])).toEqual([
      [2, "甲"],
      [4, "列数和表头不一样，请检查逗号和引号"],
      [5, "丁"],
      [6, '戊"引"号'],
      [7, IMPORT_REASONS.badQuotes],
    ]);
  });

  it("may be parted by tabs or semicolons", async () => {
    for (const mark of ["\t", ";"]) {
      const text = `${HEAD}1,甲,2025,x\r\n`.replaceAll(",", mark);
      expect(await collect(readCsvRows(pieces(text)))).toMatchObject([{ cells: { name: "甲" } }]);
    }
  });

  it("come from a JSON array or NDJSON alike, and a broken one spoils no other", async () => {
    const items = [
      '{"externalId":7,"sites":["a.example","b.example"],"wantsReward":false}',
      '{"名称":"a\\"}{"}',
    ];
    for (const text of [`[${items.join(" ,\n")}]`, items.join("\n")]) {
      expect(await collect(readJsonRows(pieces(text)))).toEqual([
        { row: 1, cells: { externalId: "7", sites: "a.example\nb.example", wantsReward: "否" } },
        { row: 2, cells: { name: 'a"}{' } },
      ]);
    }
    const mixed = await collect(
      readJsonRows(pieces('[5, {"name":{}}, {"备注":1}, {bad}, {"name":"甲"}, {"name"')),
    );
    expect(mixed.map((one) => ("cells" in one ? one.cells.name : one.faults[0]?.reason))).toEqual([
      "不是 JSON 对象",
      "请写成文字、数字或者文字的列表",
      "有不认识的列，可用的列见列说明",
      "不是有效的 JSON",
      "甲",
      "不是有效的 JSON",
    ]);
    await expect(collect(readJsonRows(pieces(" [] ")))).rejects.toMatchObject({ path: "items" });
  });

  it("that are larger than a row can be are named and passed over", async () => {
    const large = "长".repeat(300_000);
    const csv = await collect(readCsvRows(pieces(`${HEAD}1,甲,2025,${large}\r\n2,乙,2025,x\r\n`, 999)));
    expect(csv[0]).toMatchObject({ row: 2, faults: [{ reason: "这一行太大" }] });
    const json = await collect(readJsonRows(pieces(`[{"name":"${large}"},{"name":"乙"}]`, 999)));
    expect(json).toMatchObject([{ faults: [{ reason: "这一行太大" }] }, { cells: { name: "乙" } }]);
  });
});
