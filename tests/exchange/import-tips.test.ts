import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eq } from "drizzle-orm";
import { tips } from "~db/schema/intake";
import { importRow, writeImportFile } from "~tests/factories/import-file";
import { sendReport } from "~tests/factories/make-lead";
import { openField } from "~tests/factories/office-keys";
import { toGbk } from "~tests/factories/to-gbk";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";
import { importDesk, summaryOf, type ImportDesk } from "./run-import";

// Two of the runs are processes of their own, which start in a second or two.
vi.setConfig({ testTimeout: 180_000 });

const test = testDatabase();
let portal: TestPortal;
let desk: ImportDesk;
beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  desk = importDesk(test);
});
afterAll(() => rmSync(desk.folder, { recursive: true, force: true }));

const HEAD = "外部编号,渠道,收到日期,名称,网址,开始时间,情况说明,举报人姓名,举报人电话";
const STORY = "业务员在小区门口摆摊，说每月返利百分之三，邻居们都投了钱，现在取不出来。";

const line = (id: string, over: { name?: string; site?: string; who?: string; phone?: string } = {}) =>
  [
    id,
    "12345热线",
    "2026-01-05",
    over.name ?? `编码${id}`,
    over.site ?? "",
    "2025-03",
    STORY,
    over.who ?? "",
    over.phone ?? "",
  ].join(",");

function put(name: string, text: string | Buffer): string {
  const file = desk.file(name);
  writeFileSync(file, text);
  return file;
}

const count = async (where = "true"): Promise<number> => {
  const { rows } = await test.owner.query<{ n: string }>(`select count(*) as n from tips where ${where}`);
  return Number(rows[0]?.n);
};

describe("a file of another channel", () => {
  it("is read in UTF-8 with and without a mark, in GBK and in UTF-16 alike", async () => {
    const text = (n: number) =>
      `${HEAD}\r\n${line(`ENC-${String(n)}`, { name: `编码测试公司${String(n)}` })}\r\n`;
    const files: [string, Buffer][] = [
      ["utf-8", Buffer.from(text(1))],
      ["utf-8", Buffer.from(`\ufeff${text(2)}`)],
      ["gb18030", toGbk(text(3))],
      ["utf-16le", Buffer.from(`\ufeff${text(4)}`, "utf16le")],
    ];
    for (const [at, [encoding, bytes]] of files.entries()) {
      const run = await desk.run(put(`enc-${String(at)}.csv`, bytes));
      expect(summaryOf(run), run.stderr).toMatchObject({ encoding, imported: 1, bad: 0 });
      expect(run.status).toBe(0);
    }
    expect(await count("subject_name like '编码测试公司%'")).toBe(4);
    // Taken for what it is not, a file names its rows instead of storing noise.
    const wrong = await desk.run(put("wrong.csv", toGbk(text(5))), "--encoding", "utf-8");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr.trim()).toMatch(/^wrong\.csv\.header\.1: unknown column/);
  });

  it("with a bad byte or a stray quote loads all rows but the spoilt ones, and names those", async () => {
    const spoilt = Buffer.from(
      `${HEAD}\r\n${line("BYTE-1")}\r\n${line("BYTE-2", { name: '"没完' })}\r\n${line("BYTE-3")}\r\n`,
    );
    spoilt[spoilt.lastIndexOf("业务员")] = 0xff;
    const run = await desk.run(put("spoilt.csv", Buffer.concat([spoilt, Buffer.from(line("BYTE-4"))])));
    expect(summaryOf(run), run.stderr).toMatchObject({ encoding: "utf-8", rows: 4, imported: 2, bad: 2 });
    expect(summaryOf(run).errors).toMatchObject([{ row: 3 }, { row: 4, column: "情况说明" }]);
    expect(run.stderr).toContain("100 %");
    // Both encodings have faults: nothing is guessed, and nothing of it is stored.
    const mixed = put(
      "mixed.csv",
      Buffer.concat([toGbk(`${HEAD}\n${line("MIX-1")}\n`), Buffer.from([0xff])]),
    );
    const refused = await desk.run(mixed);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr.trim()).toMatch(
      /^mixed\.csv: its encoding cannot be told for certain; say --encoding/,
    );
    expect(summaryOf(await desk.run(mixed, "--encoding", "gbk"))).toMatchObject({ imported: 1, bad: 1 });
  });

  it("is sealed and routed like any report, its number and day inside, its channel and nobody's name outside", async () => {
    const run = await desk.run(
      put(
        "sealed.csv",
        `${HEAD}\n${line("SEAL-77", { name: "密封公司", who: "测试某", phone: "13800000000" })}\n`,
      ),
    );
    expect(summaryOf(run), run.stderr).toMatchObject({ imported: 1 });
    const [tip] = await test.db.orm.select().from(tips).where(eq(tips.subjectName, "密封公司"));
    expect(tip).toMatchObject({ channel: "hotline_12345", mode: "named", recordedBy: null });
    expect(tip?.contentKey).toHaveLength(32);
    const id = tip?.id ?? "";
    expect(await openField(portal, id, "narrative")).toBe(STORY);
    expect(JSON.parse((await openField(portal, id, "details")) ?? "")).toMatchObject({
      externalId: "SEAL-77",
      receivedOn: "2026-01-05",
    });
    expect(JSON.parse((await openField(portal, id, "identity")) ?? "")).toMatchObject({ name: "测试某" });
    const { rows } = await test.owner.query<{ kind: string; day: boolean; data: { channel: string } }>(
      `select e.data, e.recorded_at is null as day, d.kind from events e
         join routing_decisions d on d.lead_id = e.lead_id where e.subject_id = $1`,
      [id],
    );
    expect(rows).toMatchObject([{ kind: "proposed", day: true, data: { channel: "hotline_12345" } }]);
    // A thief of the table finds neither the number nor a plain hash of it.
    const { rows: dump } = await test.owner.query<{ text: string }>(
      "select string_agg(t::text, '') as text from (select * from tip_imports) t",
    );
    expect(dump[0]?.text).not.toContain("SEAL-77");
    // Nor, with a guessed number and the key, which report it became.
    expect(dump[0]?.text).not.toContain(id);
    expect(run.stdout + run.stderr).not.toMatch(/测试某|13800000000|密封公司|SEAL-77/);
  });

  it("joins the lead of its subject, and the same number of another source is another report", async () => {
    const { leadId } = await sendReport(portal, {
      subject: { name: "已有公司", sites: "https://joined.example/" },
    });
    const row = line("SAME-1", { name: "已有公司二", site: "www.joined.example" });
    const file = put("join.csv", `${HEAD}\n${row}\n${row}\n`);
    expect(summaryOf(await desk.run(file))).toMatchObject({ rows: 2, imported: 1, already: 1 });
    expect(summaryOf(await desk.run(file, "--source", "other"))).toMatchObject({ imported: 1, already: 1 });
    expect(await count(`lead_id = '${leadId}'`)).toBe(3);
  });

  it("names each row whose number was imported before, in the same file or an earlier one", async () => {
    const first = `${HEAD}\n${line("KNOWN-1")}\n${line("KNOWN-2")}\n${line("KNOWN-1", { name: "另一件举报" })}\n`;
    expect(summaryOf(await desk.run(put("known.csv", first)))).toMatchObject({
      ...{ rows: 3, imported: 2, already: 1, bad: 0, errors: [] },
      ...{ alreadyRows: [4], alreadyRowsLeftOut: 0 },
    });
    const report = desk.file("known.ndjson");
    const again = await desk.run(
      put("later.csv", `${HEAD}\n${line("KNOWN-3")}\n${line("KNOWN-2")}\n`),
      "--report",
      report,
    );
    // The good rows are in: passing over is no fault of the file.
    expect(again.status).toBe(0);
    expect(summaryOf(again)).toMatchObject({ imported: 1, already: 1, alreadyRows: [3] });
    expect(
      readFileSync(report, "utf8")
        .trim()
        .split("\n")
        .map((one) => JSON.parse(one) as unknown),
    ).toEqual([
      { row: 3, column: "外部编号", reason: expect.stringMatching(/^编号已导入过，未再导入/) as string },
    ]);
    expect(await count("subject_name = '另一件举报'")).toBe(0);
  });

  it("is refused with one line that says where, and nothing of it is loaded", async () => {
    const before = await count();
    const runs: [string[], RegExp][] = [
      [[desk.file("none.csv")], /^none\.csv: there is no such file/],
      [[desk.folder], /there is no such file/],
      [[put("head.csv", `外部编号,备注\n1,2\n`)], /^head\.csv\.header\.2: unknown column "备注"/],
      [[put("empty.csv", "")], /^empty\.csv\.header: the file is empty/],
      [[put("empty.json", "[]")], /^empty\.json\.items: /],
      [[put("ok.csv", `${HEAD}\n${line("N-1")}\n`), "--channel", "飞鸽"], /^--channel: expected one of/],
      [[desk.file("ok.csv"), "--encoding", "latin9"], /^--encoding: /],
      [[desk.file("ok.csv"), "--report", desk.file("head.csv")], /^--report: the file exists already/],
      [[], /^file: name one/],
    ];
    for (const [args, said] of runs) {
      const { status, stdout, stderr } = await desk.run(...args);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr.trim()).toMatch(said);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
    expect(await count()).toBe(before);
  });

  it("hands receipts out only when asked, into a file of its own that nobody else reads", async () => {
    const file = put("receipts.csv", `${HEAD}\n${line("=1+1", { name: "回执公司" })}\n`);
    const out = desk.file("out.csv");
    const run = await desk.run(file, "--receipts", out);
    expect(run.stderr).toContain("whoever reads this file");
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const [, row] = readFileSync(out, "utf8").trim().split("\n");
    expect(row).toMatch(/^'=1\+1,(\d{4} ){11}\d{4}$/);
    expect(run.stdout).not.toMatch(/(\d{4} ){11}\d{4}/);
    expect(existsSync(desk.file("receipts"))).toBe(false);
  });

  it("prints how it is used, naming every option it takes", async () => {
    const told = await desk.run("--help");
    expect([told.status, told.stderr]).toEqual([0, ""]);
    const options = ["format", "encoding", "channel", "source", "report", "receipts", "threads", "columns"];
    for (const option of [...options, "template csv"]) expect(told.stdout).toContain(`--${option}`);
    expect((await desk.run("-h")).stdout).toBe(told.stdout);
  });

  it("takes the name of a format for its template, not of a file to write, as the README says", async () => {
    const refused = await desk.run("--template", "file.csv");
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    expect(readme.match(/--template [^`]*`/g)).toEqual(["--template csv`"]);
  });

  it("prints its columns and a template without a database", async () => {
    const columns = JSON.parse((await desk.run("--columns")).stdout) as { column: string }[];
    expect(columns.map(({ column }) => column)).toContain("externalId");
    expect((await desk.run("--template", "csv")).stdout).toContain("外部编号");
  });

  it("is refused by the command as a process of its own in one line, exit 2, without touching a database", async () => {
    const { status, stdout, stderr } = await desk.runAlone(desk.file("none.csv"));
    expect([status, stdout, stderr]).toEqual([
      2,
      "",
      "none.csv: there is no such file, or it cannot be read\n",
    ]);
  });
});

describe("an import that is stopped or doubled", () => {
  it("killed midway and run again loses and doubles nothing", async () => {
    const before = await count();
    const file = desk.file("killed.csv");
    await writeImportFile(file, 500, 125);
    const child = desk.start(file, "--threads", "0");
    // Some of it is in, and not all.
    for (;;) {
      const done = (await count()) - before;
      if (done > 0) break;
      if (child.exitCode !== null) throw new Error("the import ended before it was killed");
      await new Promise((resume) => setTimeout(resume, 20));
    }
    child.kill("SIGKILL");
    await once(child, "close");
    const half = (await count()) - before;
    expect(half).toBeLessThan(495);
    const again = summaryOf(await desk.run(file));
    expect(again).toMatchObject({ imported: 495 - again.already, bad: 5 });
    expect(again.already).toBeGreaterThanOrEqual(half);
    expect((await count()) - before).toBe(495);
    const { rows } = await test.owner.query<{ n: string }>(
      "select count(*) as n from tips t where not exists (select 1 from sealed_values v where v.owner_id = t.id) or lead_id is null",
    );
    expect(rows[0]?.n).toBe("0");
  });

  it("run twice at once takes each row once", async () => {
    const before = await count();
    const items = Array.from({ length: 400 }, (_, n) => ({
      ...importRow(n + 1, 50),
      外部编号: `RACE-${String(n)}`,
    }));
    const file = put("race.json", JSON.stringify(items));
    const both = (await Promise.all([desk.runAlone(file, "--threads", "0"), desk.run(file)])).map(summaryOf);
    expect(both.map(({ imported, already }) => imported + already)).toEqual([400, 400]);
    expect(both.reduce((sum, { imported }) => sum + imported, 0)).toBe(400);
    expect((await count()) - before).toBe(400);
  });

  it("raises 重大 by the same thresholds as any channel, and writes the run to the trail", async () => {
    const rows = Array.from({ length: 120 }, (_, n) =>
      line(`MAJ-${String(n)}`, { name: "重大公司", site: "www.major.example" }),
    );
    await desk.run(put("major.csv", `${HEAD}\n${rows.join("\n")}\n`));
    const { rows: found } = await test.owner.query<{ major: boolean; tips: string }>(
      "select l.is_major as major, count(*) as tips from leads l join tips t on t.lead_id = l.id where t.subject_name = '重大公司' group by l.id",
    );
    expect(found).toEqual([{ major: true, tips: "120" }]);
    const { rows: events } = await test.owner.query<{ data: unknown }>(
      "select data from events where action = 'tips.imported' order by seq desc limit 1",
    );
    expect(events[0]?.data).toEqual({ rows: 120, imported: 120, already: 0, bad: 0 });
  });
});
