import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { withActor } from "~db/with-actor.server";
import * as letterRoute from "~/routes/staff.letters.$letterId";
import { staffHandling } from "~/i18n/zh-CN/staff-handling";
import { MEASURE_KINDS } from "~server/handling/handling-kinds";
import { listMissing } from "~server/handling/list-missing";
import { recordOutcome } from "~server/handling/record-measure.server";
import { recordCustody } from "~server/handling/preserve-item.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { listLate } from "~server/clocks/list-late.server";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { readLeadForMail } from "~server/notifications/read-lead-for-mail.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { moveLead } from "~server/triage/move-lead.server";
import { leadAt, leadRow } from "~tests/factories/make-lead";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { NOW } from "../clocks/clock-desk";
import { DAY, openHandlingDesk, type HandlingDesk } from "./handling-desk";

const test = testDatabase();
let desk: HandlingDesk["desk"];
let plain: HandlingDesk["plain"];
let portal: HandlingDesk["portal"];
let triage: HandlingDesk["triage"];
let officer: HandlingDesk["officer"];
let verifier: HandlingDesk["verifier"];
let auditor: HandlingDesk["auditor"];
let stranger: HandlingDesk["stranger"];
let helper: HandlingDesk["helper"];
let at: HandlingDesk["at"];
let read: HandlingDesk["read"];
let held: HandlingDesk["held"];
let unmanned: HandlingDesk["unmanned"];
let issue: HandlingDesk["issue"];
let step: HandlingDesk["step"];
let measure: HandlingDesk["measure"];
let preserve: HandlingDesk["preserve"];
let clocks: HandlingDesk["clocks"];

beforeAll(async () => {
  ({
    desk,
    plain,
    portal,
    triage,
    officer,
    verifier,
    auditor,
    stranger,
    helper,
    at,
    read,
    held,
    unmanned,
    issue,
    step,
    measure,
    preserve,
    clocks,
  } = await openHandlingDesk(test));
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);

describe("numbers of letters", () => {
  it("run without gaps for each body, kind and year, also when many are issued at once and one fails", async () => {
    const leads = await Promise.all([held(), held(), held()]);
    const failing = withActor(plain, officer, async (tx) => {
      await tx.execute(sql`insert into handling_letters (id, lead_id, kind, agency_id, year, no, recipient, facts, limit_days,
        limit_kind, issued_on, recorded_by, recorded_at) values (${uuidv7()}, ${leads[0]}, 'rectify', ${officer.agencyId}, 7, 77,
        '某某理财', '{}', 5, 'working', '2026-03-02', ${officer.id}, now())`);
      throw new Error("undone");
    }).catch(() => "undone");
    const made = await Promise.all(
      leads.flatMap((leadId) =>
        Array.from({ length: 5 }, (_, no) => issue(leadId, { reason: `第 ${no} 项` })),
      ),
    );
    expect(await failing).toBe("undone");
    const numbers = made.map(({ number }) => Number(/〔2026〕(\d+)号$/.exec(number)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, no) => no + 1));
    const lead = leads[0] ?? "";
    expect((await issue(lead, { kind: "sites", limit: null })).number).toBe(
      "国家金融监督管理总局金华监管分局 网处〔2026〕1号",
    );
    on("2027-01-04");
    expect((await issue(lead)).number).toBe("国家金融监督管理总局金华监管分局 整改〔2027〕1号");
    const wished = await test.owner.query<{ last: number }>(
      "select last from letter_counters where year = 2026 and kind = 'rectify'",
    );
    expect(wished.rows).toEqual([{ last: 15 }]);
  });
});

describe("a form of handling sent twice", () => {
  it("makes one letter, one measure and one thing kept, and says which letter there is", async () => {
    const leadId = await held();
    const twice = (act: () => Promise<unknown>) => Promise.all([refusalOf(act()), refusalOf(act())]);
    expect((await twice(() => issue(leadId))).sort()).toEqual(["accepted", "issued_already"]);
    expect((await twice(() => measure(leadId))).sort()).toEqual(["accepted", "recorded_already"]);
    expect((await twice(() => preserve(leadId))).sort()).toEqual(["accepted", "recorded_already"]);
    // Another day's, another body's recipient or another thing is another.
    expect(await refusalOf(issue(leadId, { recipient: "另一公司" }))).toBe("accepted");
    expect(await refusalOf(measure(leadId, { summary: "约谈实际控制人" }))).toBe("accepted");
  });
});

describe("who handles a lead", () => {
  it("is the officers of the bodies that lead it: those that help or do not hold it find nothing", async () => {
    const leadId = await held();
    const { letterId } = await issue(leadId);
    await measure(leadId);
    await preserve(leadId);
    for (const actor of [helper, stranger]) {
      expect(await refusalOf(read(leadId, actor))).toBe("not_found");
      expect(await refusalOf(issue(leadId, {}, actor))).toBe("not_found");
      expect(await refusalOf(measure(leadId, {}, actor))).toBe("not_found");
      expect(await refusalOf(preserve(leadId, actor))).toBe("not_found");
      expect(await refusalOf(step(leadId, letterId, "served", {}, actor))).toBe("not_found");
      const printed = await call(letterRoute.loader, {
        portal,
        actor,
        url: "/",
        params: { letterId },
      });
      expect(printed.status).toBe(404);
      // A query that forgot to ask gets nothing either.
      for (const table of [
        "lead_measures",
        "handling_letters",
        "letter_steps",
        "preservations",
        "preservation_steps",
      ]) {
        const rows = await withActor(plain, actor, (tx) => tx.execute(sql.raw(`select 1 from ${table}`)));
        expect([table, rows.rowCount]).toEqual([table, 0]);
      }
      const told = await withActor(plain, actor, (tx) =>
        tx.execute<{ n: number }>(
          sql`select (select count(*) from events where lead_id = ${leadId})::int + (select count(*) from lead_clocks)::int as n`,
        ),
      );
      expect(told.rows).toEqual([{ n: 0 }]);
    }
    const forced = withActor(plain, helper, (tx) =>
      tx.execute(sql`insert into lead_measures (id, lead_id, measure_id, version, kind, taken_on, agency_id, legal_basis, summary,
        recorded_by, recorded_at) values (${uuidv7()}, ${leadId}, ${uuidv7()}, 1, 'other', '2026-03-02', ${helper.agencyId},
        '依据', '情况', ${helper.id}, now())`),
    );
    expect(await refusedBy(forced)).toBe("42501");
    for (const actor of [verifier, auditor, triage]) {
      expect((await read(leadId, actor)).letters.count).toBe(1);
      // An auditor may not even hold the lead's row.
      const refused = actor === auditor ? "not_found" : "not_your_lead";
      expect(await refusalOf(issue(leadId, {}, actor))).toBe(refused);
      expect(await refusalOf(measure(leadId, {}, actor))).toBe(refused);
    }
  });

  it("is triage for bodies without accounts alone, whatever a query says", async () => {
    const add = async (leadId: string) =>
      refusedBy(
        withActor(plain, triage, (tx) =>
          tx.execute(sql`insert into lead_measures (id, lead_id, measure_id, version, kind, taken_on, agency_id, legal_basis,
            summary, recorded_by, recorded_at) values (${uuidv7()}, ${leadId}, ${uuidv7()}, 1, 'other', '2026-03-02',
            ${triage.agencyId}, '依据', '情况', ${triage.id}, now())`),
        ),
      );
    expect([await add(await held()), await add(await unmanned())]).toEqual(["42501", "accepted"]);
  });

  it("writes under its own body's numbers alone, whatever a query says", async () => {
    const leadId = await held();
    const forged = withActor(plain, officer, (tx) =>
      tx.execute(sql`insert into handling_letters (id, lead_id, kind, agency_id, year, no, recipient, facts, issued_on,
        recorded_by, recorded_at) values (${uuidv7()}, ${leadId}, 'sites', ${helper.agencyId}, 0, 0, '通信管理局', '{}',
        '2026-03-02', ${officer.id}, now())`),
    );
    expect(await refusedBy(forged)).toBe("42501");
  });

  it("begins after acceptance, and knows no day ahead", async () => {
    const leadId = await leadAt(desk.portal, "dispatched", [
      { agency: "banking-regulation", relation: "lead" },
    ]);
    for (const early of [measure, issue, preserve])
      expect(await refusalOf(early(leadId))).toBe("not_handling");
    const open = await held();
    expect(await refusalOf(measure(open, { takenOn: "2026-03-03" }))).toBe("in_future");
    const { letterId } = await issue(open);
    expect(await refusalOf(step(open, letterId, "served", { onDay: "2026-03-03" }))).toBe("in_future");
    expect(await refusalOf(step(open, letterId, "served", { onDay: "2026-03-01" }))).toBe("wrong_step");
  });
});

describe("a measure", () => {
  it("is never changed: what came of it is its next version, and of two at once one is told", async () => {
    const leadId = await held();
    const { measureId } = await measure(leadId);
    const outcome = (version: number) =>
      refusalOf(
        recordOutcome(plain, { leadId, measureId, version, outcome: "已停止宣传", at: at() }, officer),
      );
    expect((await Promise.all([outcome(1), outcome(1)])).toSorted()).toEqual(["accepted", "stale_measure"]);
    const [row] = (await read(leadId)).measures.rows;
    expect(row?.versions.map(({ version, outcome: said }) => [version, said])).toEqual([
      [2, "已停止宣传"],
      [1, null],
    ]);
    for (const table of [
      "lead_measures",
      "handling_letters",
      "letter_steps",
      "preservations",
      "preservation_steps",
    ])
      expect(await refusedBy(plain.pool.query(`update ${table} set recorded_at = now()`))).toBe("42501");
    expect(await refusedBy(test.owner.query("update lead_measures set summary = '另一种说法'"))).toBe(
      "lead_measures_append_only",
    );
  });

  it("is of every kind there is: 约谈, 公告, 吊销建议 and the others, each in its own words", async () => {
    const leadId = await held();
    const plainKinds = MEASURE_KINDS.filter((kind) => kind !== "supervision");
    for (const kind of plainKinds) await measure(leadId, { kind, documentNumber: `金${kind}1号` });
    const { rows } = (await read(leadId)).measures;
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual(plainKinds.toSorted());
    const words = plainKinds.map((kind) => staffHandling.measureKinds[kind]);
    expect(words).toEqual(expect.arrayContaining(["约谈", "公告（风险提示）", "吊销建议"]));
    expect(new Set(words).size).toBe(plainKinds.length);
  });

  it("of supervision says when the subject is looked at again; triage records it for a body without accounts", async () => {
    const leadId = await held();
    expect(await refusedBy(measure(leadId, { kind: "supervision" }))).toBe("lead_measures_review_ck");
    const { measureId } = await measure(leadId, { kind: "supervision", reviewOn: "2026-09-01" });
    expect(await clocks(leadId)).toEqual([{ kind: "follow_up", due: "2026-09-01", ended: null }]);
    await recordOutcome(plain, { leadId, measureId, version: 1, outcome: "复查合规", at: at() }, officer);
    expect((await clocks(leadId))[0]?.ended).toBe(DAY);
    const far = await unmanned();
    await test.owner.query("update leads set stage = 'investigating' where id = $1", [far]);
    await measure(far, {}, triage);
    expect((await read(far, triage)).measures.rows[0]?.body).toBe("市发改委");
  });
});

describe("what is missing before a lead closes as 属实", () => {
  const none = { measures: [], letters: [], undecided: 0 } as const;
  it.each([
    [null, none, ["finding"]],
    ["compliant", none, ["supervision"]],
    ["compliant", { ...none, measures: ["supervision"] }, []],
    ["rectify", none, ["rectify_letter"]],
    ["rectify", { ...none, letters: [{ kind: "rectify", steps: [] }] }, ["rectify_served"]],
    ["rectify", { ...none, letters: [{ kind: "rectify", steps: ["served"] }] }, ["rectify_review"]],
    ["rectify", { ...none, letters: [{ kind: "rectify", steps: ["served", "review"] }] }, ["rectify_closed"]],
    ["rectify", { ...none, letters: [{ kind: "rectify", steps: ["served", "review", "closed"] }] }, []],
    ["ban", { ...none, measures: ["interview"] }, ["ban_measure"]],
    ["ban", { ...none, measures: ["close_down"] }, []],
    ["ban", { ...none, letters: [{ kind: "transfer", steps: ["receipt"] }] }, []],
    ["compliant", { ...none, measures: ["supervision"], undecided: 1 }, ["preservation_decision"]],
  ] as const)("of class %s is %#", (entityClass, handled, missing) => {
    expect(listMissing({ entityClass, ...handled })).toEqual(missing);
  });
});

describe("the days of handling", () => {
  const mails = async (leadId: string) => {
    await test.owner.query("delete from staff_mails");
    await noteDeadlines(plain, portal.clock);
    const { rows } = await test.owner.query<{ staff: string; clock: string; told: string }>(
      `select staff_id::text as staff, data->>'clock' as clock, data->>'when' as told from staff_mails
        where kind = 'deadline' and data->>'lead' = $1 order by 2, 3`,
      [leadId],
    );
    return rows;
  };
  const late = async (leadId: string, actor: StaffActor) =>
    (await listLate(plain, { agencyId: null, page: 1, issuedPage: 1, at: at() }, actor)).late
      .filter((one) => one.leadId === leadId)
      .map(({ agencyId, clock }) => [agencyId, clock]);
  const close = async (leadId: string) => {
    const { version } = await leadRow(desk.portal, leadId);
    return moveLead(
      plain,
      {
        ...{ leadId, to: "closed", version, note: "已核查", legalBasis: null, proposedBody: null },
        ...{ closureCode: "unsubstantiated", at: at() },
      },
      officer,
    );
  };
  beforeAll(async () => {
    await test.owner.query("update staff set email = id || '@x.example'");
  });

  it("are told before and after they end, listed when late, urged, and over with the lead; things kept come first", async () => {
    const leadId = await held();
    const rectify = await issue(leadId, { limit: { days: 5, kind: "working" } });
    await step(leadId, rectify.letterId, "served");
    const repayment = await issue(leadId, { kind: "repayment", limit: { days: 5, kind: "working" } });
    await step(leadId, repayment.letterId, "served");
    const { preservationId } = await preserve(leadId);
    await measure(leadId, { kind: "supervision", reviewOn: "2026-03-10" });
    on("2026-03-06");
    const own = (told: string) => (clock: string) => ({ staff: officer.id, clock, told });
    const near = await mails(leadId);
    const all = ["follow_up", "preservation", "rectify", "repayment_plan"];
    // The seven days of 先行登记保存 are near a day before they end, the rest earlier (nearDays).
    const soon = all.filter((clock) => clock !== "preservation");
    expect(near.filter(({ staff }) => staff === officer.id)).toEqual(soon.map(own("near")));
    // Bodies that only help learn nothing of it; the leading office not yet.
    expect(near.some(({ staff }) => staff === helper.id || staff === triage.id)).toBe(false);
    expect(await late(leadId, triage)).toEqual([]);
    on("2026-03-12");
    expect((await mails(leadId)).filter(({ staff }) => staff === officer.id)).toEqual(all.map(own("passed")));
    const body = officer.agencyId;
    expect((await late(leadId, officer)).toSorted()).toEqual(all.map((clock) => [body, clock]));
    expect(await late(leadId, helper)).toEqual([]);
    const { rows } = await test.owner.query<{ data: unknown; staff_id: string }>(
      "select data, staff_id from staff_mails where data->>'clock' = 'rectify' and staff_id = $1",
      [officer.id],
    );
    const about = await withActor(plain, systemActor("test"), (tx) =>
      readLeadForMail(tx, { kind: "deadline", staffId: officer.id, data: rows[0]?.data }, "2026-03-12"),
    );
    expect(about).toMatchObject({ kind: "deadline", clock: "rectify", due: "2026-03-09", when: "passed" });
    const urge = { leadId, agencyId: body, note: "请说明情况", answerDays: 5, at: at() };
    await issueSupervision(plain, { ...urge, clock: "rectify" }, triage);
    expect(await refusalOf(issueSupervision(plain, { ...urge, clock: "rectify" }, triage))).toBe(
      "supervised",
    );
    expect(await refusalOf(issueSupervision(plain, { ...urge, clock: "answer" }, triage))).toBe("not_late");
    const issuedTo = async (actor: StaffActor) =>
      (await listLate(plain, { agencyId: null, page: 1, issuedPage: 1, at: at() }, actor)).issued.filter(
        (one) => one.leadId === leadId,
      ).length;
    expect([await issuedTo(officer), await issuedTo(helper)]).toEqual([1, 0]);
    on("2026-03-20");
    expect((await mails(leadId)).some(({ staff, told }) => staff === triage.id && told === "escalated")).toBe(
      true,
    );

    expect(await refusalOf(close(leadId))).toBe("things_kept");
    const forced = test.owner.query(
      "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = now() where id = $1",
      [leadId],
    );
    expect(await refusedBy(forced)).toBe("leads_things_decided");
    await recordCustody(
      plain,
      {
        ...{ leadId, preservationId, kind: "decided", onDay: "2026-03-20" },
        ...{ decision: "return", reason: "核查完毕", at: at() },
      },
      officer,
    );
    await close(leadId);
    expect((await clocks(leadId)).filter(({ ended }) => ended === null)).toEqual([]);
    expect([await mails(leadId), await late(leadId, triage)]).toEqual([[], []]);
  });

  it("of an answer to a 转办函 are the office's to watch, and the body's it was written to", async () => {
    const leadId = await leadAt(desk.portal, "investigating", [
      { agency: "banking-regulation", relation: "lead" },
      { agency: "police", relation: "also" },
    ]);
    const forward = { kind: "forward", recipient: "jinhua.police", replyTo: "市政府大楼 301 室" } as const;
    const { letterId } = await issue(leadId, { ...forward, limit: { days: 5, kind: "working" } }, triage);
    await step(leadId, letterId, "served", {}, triage);
    on("2026-03-12");
    const told = await mails(leadId);
    expect(told.map(({ staff, clock, told: when }) => [staff, clock, when])).toEqual([
      [triage.id, "answer", "passed"],
    ]);
    expect(await late(leadId, triage)).toEqual([["jinhua.police", "answer"]]);
    await step(
      leadId,
      letterId,
      "answered",
      { onDay: "2026-03-12", documentNumber: "公函〔2026〕3号" },
      triage,
    );
    expect([await mails(leadId), await late(leadId, triage)]).toEqual([[], []]);
  });
});
