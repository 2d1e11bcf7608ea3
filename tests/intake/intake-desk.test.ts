import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { action as importAction, loader as importPage } from "~/routes/staff.import";
import { action, loader } from "~/routes/staff.tips";
import { tips } from "~db/schema/intake";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { STEP_FIELDS } from "~/forms/report-fields";
import type { RawAnswers } from "~/forms/report";
import {
  GATE,
  REPORTER,
  intakeActor,
  systemActor,
  type ActingFor,
  type StaffActor,
} from "~server/staff-auth/actor";
import type { ImportAnswer } from "~server/exchange/receive-import.server";
import { reportAnswers } from "~tests/factories/report-answers";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { openField } from "~tests/factories/office-keys";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let operator: StaffActor;
let colleague: StaffActor;
beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  operator = await makePerson(portal, "leading-office", ["hotline_operator"]);
  colleague = await makePerson(portal, "leading-office", ["hotline_operator"]);
});

const desk = { url: "/staff/tips" };

async function tokenOf(actor: StaffActor): Promise<string> {
  return String((await call(loader, { portal, actor, ...desk })).field("token"));
}

/** The desk's form as a browser sends it. */
function formOf(token: string, raw: RawAnswers, over: Record<string, string> = {}) {
  const fields = Object.values(STEP_FIELDS).flat() as string[];
  const values = Object.assign({}, ...Object.values(raw)) as Record<string, string | string[]>;
  const typed = Object.fromEntries(fields.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
  return { ...typed, token, channel: "hotline", receivedOn: "", ...over };
}

const send = async (actor: StaffActor, form: Record<string, string | string[]>) =>
  call(action, { portal, actor, ...desk, form });

const rowsOf = (name: string) => test.db.orm.select().from(tips).where(eq(tips.subjectName, name));

describe("the intake desk", () => {
  it("takes a report down under the operator's name, of today, its day of receipt sealed", async () => {
    const raw = reportAnswers({ subject: { name: "来信公司甲" } });
    const { declaration: _none, ...letter } = raw;
    const form = formOf(await tokenOf(operator), letter, { channel: "letter", receivedOn: "2026-02-27" });
    const answer = await send(operator, form);
    expect([answer.status, answer.field("kind")]).toEqual([200, "done"]);
    const [tip] = await rowsOf("来信公司甲");
    expect(tip).toMatchObject({ channel: "letter", recordedBy: operator.id, arrivedOn: "2026-03-02" });
    expect(JSON.parse((await openField(portal, tip?.id ?? "", "details")) ?? "")).toMatchObject({
      receivedOn: "2026-02-27",
    });
    const { rows } = await test.owner.query<{ at: Date | null; actor: string }>(
      "select recorded_at as at, actor_id as actor from events where subject_id = $1",
      [tip?.id],
    );
    // The minute of a call, beside the telephone company's list, would name the caller.
    expect(rows).toEqual([{ at: null, actor: operator.id }]);
  });

  it("asks a caller for the declaration, and tells every fault of the form at once", async () => {
    const { declaration: _none, ...raw } = reportAnswers();
    const missing = await send(operator, formOf(await tokenOf(operator), raw));
    expect([missing.status, missing.field("errors")]).toEqual([400, { truthful: "declare" }]);
    const empty = await send(operator, formOf(await tokenOf(operator), {}, { receivedOn: "2026-03-03" }));
    expect(empty.status).toBe(400);
    expect(empty.field("received")).toBe("dayFuture");
    expect(Object.keys(empty.field("errors") as object).length).toBeGreaterThan(8);
  });

  it("makes one report of a form sent twice, or twice at once", async () => {
    const form = formOf(await tokenOf(operator), reportAnswers({ subject: { name: "双击公司" } }));
    const both = await Promise.all([send(operator, form), send(operator, form)]);
    const again = await send(operator, form);
    expect([...both, again].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set([...both, again].map(({ text }) => text)).size).toBe(1);
    expect(await rowsOf("双击公司")).toHaveLength(1);
  });

  it("makes another report, under a receipt of its own, of a form that was changed before it was sent again", async () => {
    const token = await tokenOf(operator);
    const next = formOf(token, reportAnswers({ subject: { name: "下一位的公司" } }));
    // The first answer is lost on its way; the next caller's report goes into the same page.
    const first = await send(operator, formOf(token, reportAnswers({ subject: { name: "回执丢失公司" } })));
    const second = await send(operator, next);
    const third = await send(operator, { ...next, receivedOn: "2026-02-27" });
    const answers = [first, second, third];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const said = (what: string) => new Set(answers.map((one) => JSON.stringify(one.field(what)))).size;
    expect([said("spellings"), said("reference")]).toEqual([3, 3]);
    expect([(await rowsOf("回执丢失公司")).length, (await rowsOf("下一位的公司")).length]).toEqual([1, 2]);
    expect((await send(operator, next)).text).toBe(second.text);
    expect(await rowsOf("下一位的公司")).toHaveLength(2);
  });

  it("forgets who a caller is the moment they stay anonymous", async () => {
    const raw = {
      ...reportAnswers({ subject: { name: "匿名公司" } }),
      contact: { contactPhone: "13800000000" },
    };
    await send(operator, formOf(await tokenOf(operator), raw));
    const [tip] = await rowsOf("匿名公司");
    expect(await openField(portal, tip?.id ?? "", "identity")).toBeNull();
  });

  it("takes no form that another person opened, nor one opened yesterday, and keeps what was typed", async () => {
    const raw = reportAnswers({ subject: { name: "别人的表单" } });
    const token = await tokenOf(operator);
    expect((await send(colleague, formOf(token, raw))).field("refusal")).toBe("stale");
    const later = testPortal(test.db, "2026-03-03T02:00:00Z");
    const old = await call(action, {
      portal: { ...later, keyring: portal.keyring },
      actor: operator,
      ...desk,
      form: formOf(token, raw),
    });
    expect([old.status, old.field("refusal")]).toEqual([409, "stale"]);
    expect(old.field("raw")).toMatchObject({ subject: { name: "别人的表单" } });
    expect(await rowsOf("别人的表单")).toHaveLength(0);
  });

  it("takes nothing from somebody whose role was taken away meanwhile", async () => {
    const leaving = await makePerson(portal, "leading-office", ["hotline_operator"]);
    const form = formOf(await tokenOf(leaving), reportAnswers({ subject: { name: "离岗公司" } }));
    await test.db.orm
      .update(staffRoles)
      .set({ revokedAt: portal.clock.now() })
      .where(eq(staffRoles.staffId, leaving.id));
    expect((await send(leaving, form)).status).toBe(404);
    expect(await rowsOf("离岗公司")).toHaveLength(0);
  });

  it("lets a role go only before or after a report is taken down, never in between", async () => {
    for (let round = 0; round < 4; round += 1) {
      const leaving = await makePerson(portal, "leading-office", ["hotline_operator"]);
      const name = `同时离岗公司${round}`;
      const form = formOf(await tokenOf(leaving), reportAnswers({ subject: { name } }));
      const revoke = withActor(test.db, systemActor("test"), async (tx) => {
        await tx
          .update(staffRoles)
          .set({ revokedAt: portal.clock.now() })
          .where(eq(staffRoles.staffId, leaving.id));
        // Taken away and not yet committed: who asks now waits for it.
        await new Promise((resume) => setTimeout(resume, 30));
        return rowsOf(name);
      });
      const [answer, before] = await Promise.all([send(leaving, form), revoke]);
      expect(await rowsOf(name)).toHaveLength(answer.status === 200 ? 1 : 0);
      expect([200, 404]).toContain(answer.status);
      // What is in came before the role was gone.
      if (answer.status === 200) expect(before).toHaveLength(1);
    }
  });

  it("tells intake alone who takes reports down, and of nobody else", async () => {
    const ask = (actor: ActingFor, id: string) =>
      withActor(test.db, actor, async (tx) => {
        const { rows } = await tx.execute<{ does: boolean }>(
          sql`select takes_reports_down(${id}::uuid) as does`,
        );
        return rows[0]?.does;
      });
    const intake = intakeActor(randomBytes(32));
    const clerk = await makePerson(portal, "leading-office", ["triage_officer"]);
    expect([await ask(intake, operator.id), await ask(intake, clerk.id)]).toEqual([true, false]);
    await test.owner.query("update staff set status = 'suspended' where id = $1", [colleague.id]);
    expect(await ask(intake, colleague.id)).toBe(false);
    await test.owner.query("update staff set status = 'active' where id = $1", [colleague.id]);
    for (const actor of [operator, REPORTER, GATE]) expect(await ask(actor, operator.id)).toBe(false);
  });

  it("shows an operator what they took down and nothing else, whatever they ask the database", async () => {
    await sendReport(portal, { subject: { name: "网上的举报" } });
    await send(
      colleague,
      formOf(await tokenOf(colleague), reportAnswers({ subject: { name: "同事的举报" } })),
    );
    const list = await call(loader, { portal, actor: operator, ...desk });
    expect(list.text).toContain("双击公司");
    expect(list.text).not.toMatch(/网上的举报|同事的举报/);
    const seen = await withActor(portal.db, operator, (tx) => tx.select({ by: tips.recordedBy }).from(tips));
    expect(new Set(seen.map(({ by }) => by))).toEqual(new Set([operator.id]));
    for (const table of [
      "leads",
      "sealed_values",
      "sealed_keys",
      "tip_identifiers",
      "tip_imports",
      "tip_messages",
    ]) {
      const { rows } = await withActor(portal.db, operator, (tx) => tx.execute(`select 1 from ${table}`));
      expect([table, rows]).toEqual([table, []]);
    }
  });

  it("says nothing of another report about the same subject", async () => {
    const raw = reportAnswers({ subject: { name: "重复公司", sites: "https://dup.example/" } });
    await sendReport(portal, { subject: { name: "重复公司", sites: "https://dup.example/" } });
    const fresh = reportAnswers({ subject: { name: "全新公司", sites: "https://fresh.example/" } });
    const shape = async (given: RawAnswers) =>
      Object.keys((await send(operator, formOf(await tokenOf(operator), given))).body as object);
    expect(await shape(raw)).toEqual(await shape(fresh));
    expect((await rowsOf("重复公司")).map(({ leadId }) => leadId)).toHaveLength(2);
  });
});

describe("the page that imports lists", () => {
  const HEAD = "外部编号,渠道,名称,开始时间,情况说明,举报人姓名,举报人电话";
  const row = (
    id: string,
    name: string,
    story = "业务员在小区门口摆摊，说每月返利百分之三，现在取不出来。",
  ) => `${id},来信,${name},2025-03,${story},测试某某,13800000000`;
  const post = async (
    file: string | Uint8Array,
    {
      actor = operator,
      name = "list.csv",
      ...fields
    }: { actor?: StaffActor; name?: string } & Record<string, unknown> = {},
  ) => {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.set(field, String(value));
    form.set("file", new File([file as BlobPart], name));
    const request = new Request("http://localhost/staff/import", { method: "POST", body: form });
    const context = { portal, nonce: "", actor };
    try {
      const answer = (await importAction({ request, params: {}, context })) as unknown as {
        data: ImportAnswer;
        init: ResponseInit;
      };
      return { status: answer.init.status, body: answer.data, text: JSON.stringify(answer.data) };
    } catch (thrown) {
      if (!(thrown instanceof Response)) throw thrown;
      return { status: thrown.status, body: null, text: await thrown.text() };
    }
  };

  it("loads the good rows once, names the bad ones by row and column, and repeats nothing of them", async () => {
    const file = `${HEAD}\n${row("PAGE-1", "页面导入甲公司")}\n${row("PAGE-2", "页面导入乙公司", "太短")}\n`;
    const first = await post(file);
    expect(first).toMatchObject({
      status: 200,
      body: {
        kind: "done",
        totals: { rows: 2, imported: 1, already: 0, bad: 1 },
        bad: [{ row: 3, column: "情况说明" }],
      },
    });
    expect(first.text).toContain("行,列名,原因");
    // Neither what was said nor a receipt.
    expect(first.text).not.toMatch(/测试某某|13800000000|页面导入|PAGE-|太短|业务员|\d{4} \d{4}/);
    expect(await post(file)).toMatchObject({
      body: {
        totals: { imported: 0, already: 1, bad: 1 },
        bad: [
          { row: 3 },
          { row: 2, column: "外部编号", reason: expect.stringMatching(/^编号已导入过/) as string },
        ],
      },
    });
    const [tip] = await rowsOf("页面导入甲公司");
    expect(tip).toMatchObject({ channel: "letter", mode: "named", recordedBy: null });
    const { rows } = await test.owner.query<{ actor_id: string; data: unknown }>(
      "select actor_id, data from events where action = 'tips.imported' order by seq",
    );
    expect(rows).toMatchObject([
      { actor_id: operator.id, data: { imported: 1, bad: 1 } },
      { actor_id: operator.id, data: { already: 1 } },
    ]);
  });

  it.each<[string, string | Uint8Array, Record<string, unknown>, number, string]>([
    ["no file", "", {}, 400, "chooseFile"],
    ["a header nobody knows", "甲,乙\n1,2\n", {}, 400, "columnUnknown"],
    ["a missing column", "渠道,名称\n来信,某某公司\n", {}, 400, "columnMissing"],
    ["no encoding", Buffer.from([0xd0, 0xc2, 0xff, 0xfe, 0x80, 0x0a]), {}, 400, "encoding"],
    ["a channel that is none", `${HEAD}\n`, { channel: "web" }, 400, "channelWrong"],
    ["JSON without objects", "[]", { name: "list.json" }, 400, "noItems"],
    ["5,001 rows", `${HEAD}\n${`${row("X", "很多行")}\n`.repeat(5_001)}`, {}, 413, "tooMany"],
    ["more than 10 MB", Buffer.alloc(10 * 1024 * 1024 + 1, "a"), {}, 413, "tooLarge"],
  ])("refuses %s whole, and keeps what was chosen", async (_what, file, over, status, refusal) => {
    const before = await test.owner.query("select count(*) from tips");
    const source = "市12345中心";
    expect(await post(file, { source, ...over })).toMatchObject({
      status,
      body: { kind: "refused", refusal, values: { source } },
    });
    expect((await test.owner.query("select count(*) from tips")).rows).toEqual(before.rows);
  });

  it("is not there for anyone else, nor for an operator whose role was taken away meanwhile", async () => {
    const triage = await makePerson(portal, "leading-office", ["triage_officer"]);
    const former = await makePerson(portal, "leading-office", ["hotline_operator"]);
    await test.db.orm
      .update(staffRoles)
      .set({ revokedAt: new Date() })
      .where(eq(staffRoles.staffId, former.id));
    const file = `${HEAD}\n${row("PAGE-9", "不会导入的公司")}\n`;
    for (const actor of [triage, former]) expect((await post(file, { actor })).status).toBe(404);
    expect(await rowsOf("不会导入的公司")).toEqual([]);
    expect((await call(importPage, { portal, actor: operator, url: "/staff/import" })).body).toMatchObject({
      open: true,
      limits: { rows: 5_000, megabytes: 10 },
    });
  });
});
