import { beforeAll, describe, expect, it } from "vitest";
import type { RawAnswers } from "~/forms/report";
import { readDraft } from "~server/intake/read-draft.server";
import { readStatus } from "~server/intake/read-status.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { openField } from "~tests/factories/office-keys";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

async function draft(over: RawAnswers = {}): Promise<Receipt> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(over), at: portal.clock.now() });
  return receipt;
}

const submit = (receipt: Receipt) => submitTip(portal, { receipt, language: "zh-CN" });

async function count(table: string, where = "true", values: unknown[] = []): Promise<number> {
  const { rows } = await portal.db.pool.query<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where}`,
    values,
  );
  return rows[0]?.n ?? 0;
}

describe("sending a report", () => {
  it("makes one tip, however often and however fast it is sent", async () => {
    const receipt = await draft();
    const results = await Promise.all(Array.from({ length: 6 }, () => submit(receipt)));
    expect(new Set(results.map(({ tipId }) => tipId)).size).toBe(1);
    expect(results.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    expect(await count("tips", "lookup_id = $1", [lookupIdOf(receipt)])).toBe(1);
    expect((await submit(receipt)).outcome).toBe("already");
  });

  it("folds full-width digits and units into exact 分, and bands into their lower bound", async () => {
    const { tipId } = await submit(await draft());
    const { rows } = await portal.db.pool.query(
      "select alleged_fen, people, started_on from tips where id = $1",
      [tipId],
    );
    expect(rows[0]).toEqual({ alleged_fen: "12000000", people: 50, started_on: "2025-03" });
  });

  it("keeps names and sentences as they were written, to the punctuation", async () => {
    const narrative = "发鸡蛋，请老人去听课，说“稳赚”（其实取不出来）。前后投了５万元，到现在没有消息！";
    const subject = {
      subjectKind: "organisation",
      name: "苗禾（测试）①号店",
      sites: "ｗｗｗ．kept-words．example",
      uscc: "",
    };
    const { tipId } = await submit(await draft({ narrative: { narrative }, subject }));
    const { rows } = await portal.db.pool.query("select subject_name from tips where id = $1", [tipId]);
    expect(rows[0]).toEqual({ subject_name: "苗禾（测试）①号店" });
    expect(await openField(portal, tipId, "narrative")).toBe(narrative);
    const host = await portal.db.pool.query("select key from tip_identifiers where tip_id = $1", [tipId]);
    expect(host.rows).toEqual([{ key: "kept-words.example" }]);
  });

  it("leaves no draft behind, and a late save from another tab brings none back", async () => {
    const receipt = await draft();
    await submit(receipt);
    await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
    expect(await count("drafts", "lookup_id = $1", [lookupIdOf(receipt)])).toBe(0);
    expect(await readDraft(portal, { receipt })).toEqual({ kind: "submitted", official: false });
  });

  it.each<[string, RawAnswers]>([
    ["a missing declaration", { declaration: {} }],
    ["a short narrative", { narrative: { narrative: "太短" } }],
    ["a sector the pack does not have", { sector: { sector: "casino" } }],
    ["a place nobody knows", { territory: { operating: "999999", registered: "", occurred: "" } }],
    ["a named report without a contact", { mode: { mode: "named" } }],
    [
      "a wrong credit code",
      { subject: { subjectKind: "organisation", name: "某公司", uscc: "91350100M000100Y44" } },
    ],
  ])("is refused for %s, and keeps the draft", async (_, over) => {
    const receipt = await draft(over);
    expect(await refusalOf(submit(receipt))).toBe("incomplete_report");
    expect((await readDraft(portal, { receipt }))?.kind).toBe("draft");
  });

  it("without a draft is refused", async () => {
    expect(await refusalOf(submit(createReceipt()))).toBe("incomplete_report");
  });

  it("keeps no clock time of the reporter's acts anywhere", async () => {
    const { tipId } = await submit(await draft());
    const { rows } = await portal.db.pool.query<Record<string, unknown>>(
      `select e.recorded_at, e.actor_kind, e.actor_id from events e where e.subject_id = $1`,
      [tipId],
    );
    expect(rows).toEqual([{ recorded_at: null, actor_kind: "reporter", actor_id: null }]);
    const timed = await portal.db.pool.query<{ table_name: string }>(
      `select distinct table_name from information_schema.columns
        where table_schema = 'public' and data_type like 'timestamp%'
          and table_name in ('tips','drafts','tip_identifiers','sealed_values','dossiers','dossier_keys','lead_sectors')`,
    );
    expect(timed.rows).toEqual([]);
  });

  it("stores nothing a reporter wrote in the open", async () => {
    const canary = "独一无二的证词甲乙丙丁戊己庚辛壬癸，千万别让人看见";
    await submit(
      await draft({
        mode: { mode: "named" },
        contact: { contactName: "演示某某", contactPhone: "13800000000", contactEmail: "" },
        narrative: { narrative: canary },
      }),
    );
    for (const table of [
      "tips",
      "tip_identifiers",
      "events",
      "leads",
      "dossiers",
      "routing_decisions",
      "drafts",
    ]) {
      expect(await count(table, `${table}::text like '%独一无二%' or ${table}::text like '%演示某某%'`)).toBe(
        0,
      );
    }
    expect(portal.logged()).not.toContain("独一无二");
  });
});

describe("the status of a report", () => {
  it("opens with the lookup id alone: a tip, a draft, or nothing", async () => {
    const receipt = await draft();
    expect(await readStatus(portal, { lookupId: lookupIdOf(receipt) })).toEqual({ kind: "draft" });
    await submit(receipt);
    expect(await readStatus(portal, { lookupId: lookupIdOf(receipt) })).toMatchObject({
      kind: "tip",
      stage: "received",
      arrivedOn: "2026-03-02",
      timeline: [{ on: "2026-03-02", key: "received" }],
      awards: [],
    });
    expect(await readStatus(portal, { lookupId: lookupIdOf(createReceipt()) })).toBeNull();
  });

  it("tells a later reporter nothing that happened before their own report", async () => {
    const over: RawAnswers = {
      subject: { subjectKind: "site", name: "先后有别", sites: "first.example", uscc: "" },
    };
    const early = await draft(over);
    await submit(early);
    await portal.db.pool.query("update leads set stage = 'triage' where name = '先后有别'");
    await portal.db.pool.query(
      `insert into events (id, recorded_on, recorded_at, actor_kind, action, lead_id, subject_table, subject_id, data)
       select gen_random_uuid(), '2026-03-02', now(), 'system', 'lead.moved', id, 'leads', id::text, '{"from":"new","to":"triage"}'
         from leads where name = '先后有别'`,
    );
    // The same day, by a stranger who wants to know how far the matter is.
    const probe = await draft(over);
    await submit(probe);
    portal.clock.set("2026-03-05T02:00:00Z");
    const late = await draft(over);
    await submit(late);
    const untold = { stage: "received", department: null, nextDeadline: null, closure: null };
    for (const [receipt, on] of [
      [probe, "2026-03-02"],
      [late, "2026-03-05"],
    ] as const) {
      const mine = await readStatus(portal, { lookupId: lookupIdOf(receipt) });
      expect(mine).toMatchObject({ ...untold, timeline: [{ on, key: "received" }] });
    }
    const first = await readStatus(portal, { lookupId: lookupIdOf(early) });
    expect(first).toMatchObject({ stage: "reviewing" });
    expect(first).toMatchObject({ timeline: [{ key: "reviewing" }, { key: "received" }] });
    await portal.db.pool.query(
      `insert into events (id, recorded_on, recorded_at, actor_kind, action, lead_id, subject_table, subject_id, data)
       select gen_random_uuid(), '2026-03-05', now(), 'system', 'lead.moved', id, 'leads', id::text, '{"from":"triage","to":"rejected"}'
         from leads where name = '先后有别'`,
    );
    expect(await readStatus(portal, { lookupId: lookupIdOf(probe) })).toMatchObject({
      stage: "reviewing",
      timeline: [{ key: "not_accepted" }, { on: "2026-03-02", key: "received" }],
    });
  });
});
