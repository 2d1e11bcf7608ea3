import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as retentionRoute from "~/routes/staff.retention";
import * as watchRoute from "~/routes/staff.watch";
import { usccCheckCharacter } from "~/forms/uscc";
import { csvCell, exportWatch } from "~server/watch/export-watch.server";
import { decideEntry } from "~server/watch/decide-entry.server";
import { listWatch, type WatchFilters } from "~server/watch/list-watch.server";
import { loadList } from "~server/watch/load-list.server";
import { readList } from "~server/watch/read-list.server";
import { readListRow } from "~server/watch/read-list-row";
import { receiveList } from "~server/watch/receive-list.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { loadPack } from "~server/packs/load-pack.server";
import { screenCompany } from "~server/watch/apply-rows.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "portal-lists-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let portal: TestPortal;
let triage: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  auditor = await makePerson(portal, "leading-office", ["auditor"]);
});

/** A well-formed code for the nth company. */
function uscc(n: number): string {
  const body = `91330702MA2${String(n).padStart(6, "0")}`;
  return body + (usccCheckCharacter(body) ?? "");
}

const HEADER = "企业名称,统一社会信用代码,住所,行政区划代码,法定代表人,经营范围,成立日期,登记状态,备注";
const line = (n: number, name: string, over: { scope?: string; state?: string; uscc?: string } = {}) =>
  [
    name,
    over.uscc ?? uscc(n),
    "婺城区某路1号",
    "330702",
    "张某某",
    over.scope ?? "食品销售",
    "2015年3月1日",
    over.state ?? "存续",
    "x",
  ].join(",");

let files = 0;
function file(content: string | Buffer): string {
  const at = path.join(folder, `${String((files += 1))}.csv`);
  writeFileSync(at, content);
  return at;
}

const load = (content: string | Buffer, listedOn = "2026-01-01", isWhole = true, actor = triage) =>
  loadList(portal, { file: file(content), listedOn, isWhole }, actor);
const ALL: WatchFilters = { status: null, search: "", keyword: "", goneOnly: false };
const look = (over: Partial<WatchFilters> = {}, actor = triage) =>
  listWatch(test.db, { packId: "jinhua", filters: { ...ALL, ...over }, page: 1 }, actor);
const find = async (name: string) => {
  const { entries } = await look({ search: name });
  const [entry] = entries;
  if (entry === undefined) throw new Error(`${name} is not watched`);
  return entry;
};

/** 某某财富管理有限公司 and its line in GBK, byte by byte: the encoder of the platform writes UTF-8 alone. */
const GBK: Record<string, number> = {};
for (let high = 0x81; high <= 0xfe; high += 1)
  for (let low = 0x40; low <= 0xfe; low += 1) {
    const text = new TextDecoder("gbk").decode(Uint8Array.of(high, low));
    if (text.length === 1 && text !== "\ufffd") GBK[text] ??= (high << 8) | low;
  }
function toGbk(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap((one) => {
      const code = GBK[one];
      return code === undefined ? [one.charCodeAt(0)] : [code >> 8, code & 0xff];
    }),
  );
}

describe("screening", () => {
  it("looks into name and scope, for the words of every sector, and lets exempt phrases pass", () => {
    const { pack } = loadPack("template");
    expect(screenCompany(pack, { name: "某某投资担保公司", scope: "投资担保" })).toEqual([]);
    expect(
      screenCompany(pack, { name: "某某投资担保与投资管理公司", scope: "贵金属批发" }).map(
        ({ field, keyword }) => `${field} ${keyword}`,
      ),
    ).toEqual(["name 投资管理", "name 投资", "scope 贵金属"]);
    expect(screenCompany(loadPack("jinhua").pack, { name: "金华火腿店", scope: null })).toEqual([]);
  });

  it("names what is wrong with a row without repeating it", () => {
    const wrong = (cells: Record<string, string>) => readListRow(7, { name: "某公司", ...cells });
    expect(wrong({ name: " " })).toEqual({ row: 7, column: "name", fault: "noName" });
    expect(wrong({ uscc: "91330702MA2000001X" })).toMatchObject({ fault: "usccWrong" });
    expect(wrong({ registeredOn: "2015-02-30" })).toMatchObject({ fault: "dateWrong" });
    expect(wrong({ placeCode: "金华" })).toMatchObject({ fault: "placeWrong" });
    expect(wrong({ name: "某\ufffd司" })).toMatchObject({ column: "name", fault: "unreadable" });
    expect(wrong({ scope: "长".repeat(5_001) })).toMatchObject({ column: "scope", fault: "tooLong" });
    for (const day of ["2015-03-01", "2015/3/1", "20150301", "2015年3月1日", "2015-03-01 00:00:00"])
      expect(wrong({ registeredOn: day })).toMatchObject({ facts: { registeredOn: "2015-03-01" } });
  });
});

describe("a registration list", () => {
  it("loses no row to a stray quote, and none to a doubt about its encoding", async () => {
    const rows = [HEADER, line(901, '"没完公司'), line(902, "甲公司"), line(903, '"乙"公司')].join("\n");
    const read: string[] = [];
    for await (const one of readList(file(rows), "utf-8"))
      read.push("fault" in one ? `${String(one.row)} ${one.fault}` : one.facts.name);
    expect(read).toEqual(["2 badQuotes", "甲公司", '"乙"公司']);
    const doubtful = Buffer.concat([Buffer.from(toGbk(rows)), Buffer.of(0xff)]);
    expect(await refusalOf(load(doubtful))).toBe("list_encoding");
  });

  it("in GBK is read like one in UTF-8, and loaded once", async () => {
    const content = [HEADER, line(1, "金华某某财富管理有限公司"), line(2, "金华火腿店")].join("\r\n");
    const first = await load(toGbk(content));
    const { entries, lists } = await look();
    expect(entries).toMatchObject([
      {
        name: "金华某某财富管理有限公司",
        uscc: uscc(1),
        registeredOn: "2015-03-01",
        status: "to_look",
        inName: ["财富管理"],
        inScope: [],
      },
    ]);
    expect(lists).toMatchObject([{ rows: 2, bad: 0, matched: 1, added: 1, changed: 0, gone: 0 }]);
    expect(await load(toGbk(content))).toEqual({ listId: first.listId, already: true });
    // The same rows in another file change nothing either.
    await load(content);
    expect((await look()).lists[0]).toMatchObject({ matched: 1, added: 0, changed: 0, gone: 0 });
    expect((await look()).total).toBe(1);
  });

  it("tells its bad rows by number and reason, and takes the others", async () => {
    const rows = [
      line(3, "甲理财公司"),
      line(3, "甲理财公司"),
      line(4, "乙理财公司", { uscc: "91330702MA2000004Z" }),
      "丙理财公司,少了列",
      '"丁理财"公司,错引号',
      line(5, "戊理财公司"),
    ];
    await load([HEADER, ...rows].join("\n"), "2026-01-02", false);
    const [list] = (await look()).lists;
    expect(list).toMatchObject({ rows: 6, bad: 4, added: 2, gone: 0 });
    expect(list?.faults.map(({ row, fault }) => [row, fault])).toEqual([
      [3, "twice"],
      [4, "usccWrong"],
      [5, "cellCount"],
      [6, "cellCount"],
    ]);
    expect(JSON.stringify(list?.faults)).not.toContain("理财");
  });

  it("later, brings up what changed, marks what a whole one leaves out, and takes back what returns", async () => {
    await load([HEADER, line(1, "金华好日子商贸有限公司"), line(3, "甲理财公司")].join("\n"), "2026-02-01");
    // Renamed: found no more by its words, and still watched.
    expect(await find("好日子")).toMatchObject({ uscc: uscc(1), goneOn: null, inName: ["财富管理"] });
    expect(await find("戊理财")).toMatchObject({ goneOn: "2026-02-01" });
    expect((await look({ goneOnly: true })).entries.map(({ name }) => name)).toEqual(["戊理财公司"]);
    // A row nobody could read may be any company's.
    await load([HEADER, line(1, "金华好日子商贸有限公司"), '"丙'].join("\n"), "2026-02-01");
    expect((await look()).lists[0]).toMatchObject({ isWhole: true, bad: 1, gone: 0 });
    expect(await find("甲理财")).toMatchObject({ goneOn: null });
    await load([HEADER, line(5, "戊理财公司")].join("\n"), "2026-02-02", false);
    expect(await find("戊理财")).toMatchObject({ goneOn: null });
    const { rows } = await test.owner.query<{ kind: string }>(
      "select v.kind from watch_versions v join watch_entries e on e.id = v.entry_id where e.name = '戊理财公司' order by v.id",
    );
    expect(rows.map(({ kind }) => kind)).toEqual(["first", "gone", "back"]);
    expect(await refusalOf(load([HEADER, line(9, "己理财")].join("\n"), "2026-01-31"))).toBe("list_older");
  });

  it("that is none is refused whole, whoever brings it", async () => {
    expect(await refusalOf(load("公司,代码\n甲,1", "2026-03-01"))).toBe("list_header");
    expect(await refusalOf(load(HEADER, "2026-03-01"))).toBe("list_empty");
    expect(await refusalOf(load("", "2026-03-01"))).toBe("list_header");
    expect(await refusalOf(load([HEADER, line(1, "x")].join("\n"), "2026-03-01", true, auditor))).toBe(
      "not_found",
    );
    const many = `企业名称\n${"某公司\n".repeat(100_001)}`;
    expect(await refusalOf(load(many, "2026-03-01"))).toBe("list_too_long");
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(20 * 1024 * 1024 + 1)]), "名录.csv");
    const request = new Request("http://localhost/staff/watch", { method: "POST", body: form });
    expect(await refusalOf(receiveList(request, () => Promise.resolve()))).toBe("list_too_large");
    expect((await look()).lists.every(({ finishedAt }) => finishedAt !== null)).toBe(true);
  });

  it("is loaded by the portal's own command too, and two at once wait for each other", async () => {
    const one = [HEADER, line(20, "庚理财公司")].join("\n");
    const two = [HEADER, line(20, "庚理财公司", { state: "注销" })].join("\n");
    await Promise.all([
      loadList(
        portal,
        { file: file(one), listedOn: "2026-02-03", isWhole: false },
        systemActor("watch-import"),
      ),
      loadList(portal, { file: file(two), listedOn: "2026-02-03", isWhole: false }, triage),
      loadList(portal, { file: file(two), listedOn: "2026-02-03", isWhole: false }, triage),
    ]);
    expect((await look({ search: "庚理" })).total).toBe(1);
  });
});

describe("the watch list", () => {
  const decide = async (name: string, over: Partial<Parameters<typeof decideEntry>[1]>, actor = triage) => {
    const { id, version } = await find(name);
    return decideEntry(
      test.db,
      {
        entryId: id,
        version,
        status: "watching",
        reason: null,
        leadNumber: null,
        at: portal.clock.now(),
        ...over,
      },
      actor,
    );
  };

  it("is decided by triage, once at a time, and cleared with a reason only", async () => {
    expect(await refusalOf(decide("甲理财", {}, auditor))).toBe("not_found");
    await decide("甲理财", { status: "cleared", reason: "持牌机构，经营正常" });
    expect(await find("甲理财")).toMatchObject({ status: "cleared", reason: "持牌机构，经营正常" });
    expect(await refusalOf(decide("甲理财", { version: 1 }))).toBe("stale_entry");
    expect(await refusedBy(decide("甲理财", { status: "cleared" }))).toBe("watch_entries_reason_ck");
    expect(await refusedBy(test.db.pool.query("delete from watch_hits"))).toBe("42501");
    expect(await refusedBy(test.owner.query("update watch_hits set keyword = 'x'"))).toBe(
      "watch_hits_append_only",
    );
  });

  it("shows a cleared company again when a list brings a word nobody judged, and not for the old ones", async () => {
    await load([HEADER, line(3, "甲理财公司", { state: "迁出" })].join("\n"), "2026-02-04", false);
    expect(await find("甲理财")).toMatchObject({ status: "cleared", state: "迁出" });
    await load([HEADER, line(3, "甲理财公司", { scope: "财富管理咨询" })].join("\n"), "2026-02-05", false);
    expect(await find("甲理财")).toMatchObject({ status: "to_look", reason: null, inScope: ["财富管理"] });
  });

  it("links the dossier with the same 信用代码, and a lead by its number; hides the lead from who keeps away", async () => {
    const { leadId } = await sendReport(portal);
    const { rows } = await test.owner.query<{ number: string; dossier_id: string }>(
      "select number, dossier_id from leads where id = $1",
      [leadId],
    );
    const number = Number(rows[0]?.number);
    await test.owner.query("insert into dossier_keys values ('jinhua', 'uscc', $1, $2)", [
      uscc(5),
      rows[0]?.dossier_id,
    ]);
    expect((await find("戊理财")).dossier?.lead).toEqual({ id: leadId, number });
    expect(await refusalOf(decide("戊理财", { status: "lead_opened", leadNumber: 999_999 }))).toBe(
      "no_such_lead",
    );
    await decide("戊理财", { status: "lead_opened", leadNumber: number });
    expect((await find("戊理财")).lead).toEqual({ id: leadId, number });
    const away = await makePerson(portal, "leading-office", ["triage_officer"]);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values (gen_random_uuid(), $1, $2, '亲属任职', now())",
      [leadId, away.id],
    );
    const seen = (await look({ search: "戊理" }, away)).entries[0];
    expect([seen?.lead, seen?.dossier]).toEqual([null, null]);
  });

  it("is found by two characters, a code, a word, a state; and by nobody else", async () => {
    expect((await look({ search: "理财" })).total).toBe(3);
    expect((await look({ search: uscc(1).toLowerCase() })).total).toBe(1);
    expect((await look({ search: "%" })).total).toBe(0);
    expect((await look({ keyword: "财富管理" })).total).toBe(2);
    expect((await look({ status: "lead_opened" })).total).toBe(1);
    const officer = await makePerson(portal, "police", ["agency_officer"]);
    expect(await refusalOf(look({}, officer))).toBe("not_found");
  });

  it("goes out as CSV in which no cell is run", async () => {
    await load([HEADER, line(30, "=HYPERLINK(1)理财", { scope: "@理财" })].join("\n"), "2026-02-06", false);
    const csv = await exportWatch(
      test.db,
      {
        packId: "jinhua",
        filters: { ...ALL, search: "HYPER" },
        nameStatus: (one) => one,
        at: portal.clock.now(),
      },
      auditor,
    );
    expect(csv.startsWith("\ufeff企业名称,")).toBe(true);
    expect(csv).toContain("\r\n'=HYPERLINK(1)理财,");
    expect(csv).toContain(",'@理财,to_look");
    for (const hostile of ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "|x"])
      expect(csvCell(hostile)).toMatch(/^'/);
    expect(csvCell('a"b,c')).toBe('"a""b,c"');
  });

  it("tells nothing of a company in the trail", async () => {
    const { rows } = await test.owner.query<{ data: unknown }>(
      "select data from events where action like 'watch.%'",
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(rows)).not.toMatch(/理财|财富|公司/);
  });
});

describe("the pages", () => {
  const post = (form: Record<string, string>, actor = triage) =>
    call(watchRoute.action, { portal, actor, url: "/staff/watch", form });

  it("keep what was typed where something is missing, and say what", async () => {
    const { id, version } = await find("甲理财");
    const form = { entryId: id, version: String(version), status: "cleared", reason: "好", leadNumber: "" };
    expect(await post(form)).toMatchObject({
      status: 400,
      body: { of: id, values: { reason: "好" }, errors: { reason: "needsWhy" } },
    });
    const led = { ...form, status: "lead_opened", leadNumber: "某号" };
    expect((await post(led)).body).toMatchObject({ errors: { leadNumber: "leadNumber" } });
    expect(await post({ ...form, reason: "不属于金融业务" })).toMatchObject({
      status: 302,
      location: "/staff/watch?done=decided",
    });
    expect((await post({ ...form, reason: "不属于金融业务" })).status).toBe(409);
    expect((await post(form, auditor)).status).toBe(404);
  });

  it("of retention show administrators no lead, and take no approval without the passkey's touch", async () => {
    const administrator = await makePerson(portal, "leading-office", ["administrator"]);
    const { leadId } = await sendReport(portal);
    const { rows } = await test.owner.query<{ number: string }>("select number from leads where id = $1", [
      leadId,
    ]);
    const hold = { intent: "place", leadNumber: rows[0]?.number ?? "", on: "lead", reason: "法院调取" };
    const act = (form: Record<string, string>, actor: StaffActor) =>
      call(retentionRoute.action, { portal, actor, url: "/staff/retention", form });
    expect((await act({ ...hold, reason: "" }, triage)).body).toMatchObject({
      values: { on: "lead" },
      errors: { reason: "needsWhy" },
    });
    expect((await act(hold, administrator)).status).toBe(404);
    expect(await act(hold, triage)).toMatchObject({ status: 302, location: "/staff/retention?done=placed" });
    const see = async (actor: StaffActor) =>
      (await call(retentionRoute.loader, { portal, actor, url: "/staff/retention" })).field("holds");
    expect(await see(administrator)).toMatchObject([{ lead: null, reason: "法院调取" }]);
    expect(await see(triage)).toMatchObject([{ lead: { id: leadId } }]);
    const approval = {
      intent: "approve",
      batchId: "019a0000-0000-7000-8000-000000000000",
      set: "0".repeat(64),
    };
    expect((await act(approval, administrator)).status).toBe(403);
    expect((await act(approval, triage)).status).toBe(404);
  });
});
