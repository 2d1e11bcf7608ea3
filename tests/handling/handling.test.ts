import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import * as evidenceRoute from "~/routes/staff.leads.$leadId_.evidence";
import * as handlingRoute from "~/routes/staff.leads.$leadId_.handling";
import * as letterRoute from "~/routes/staff.letters.$letterId";
import { issueLetter, type LetterInput } from "~server/handling/issue-letter.server";
import { listMissing } from "~server/handling/list-missing";
import { preserveItem, recordCustody } from "~server/handling/preserve-item.server";
import { readHandling } from "~server/handling/read-handling.server";
import { recordMeasure, recordOutcome } from "~server/handling/record-measure.server";
import { recordStep, type StepInput } from "~server/handling/record-step.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadAt, makePerson, sendReport } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import type { TestPortal } from "~tests/setup/test-portal";
import { NOW, openClockDesk, type ClockDesk } from "../clocks/clock-desk";

const test = testDatabase();
let desk: ClockDesk;
let portal: TestPortal;
let plain: Database;
let triage: StaffActor;
let officer: StaffActor;
let verifier: StaffActor;
/** Of a body that only helps. */
let helper: StaffActor;
let stranger: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  desk = await openClockDesk(test);
  ({ plain, triage, officer, verifier, auditor } = desk);
  portal = { ...desk.portal, db: plain };
  helper = desk.stranger;
  stranger = await makePerson(desk.portal, "commerce", ["agency_officer"]);
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));

const DAY = "2026-03-02";
const at = () => portal.clock.now();
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);
const PAGES = { measures: 1, letters: 1, preservations: 1 };
const read = (leadId: string, actor: StaffActor = officer) =>
  readHandling(portal, { leadId, pages: PAGES }, actor);

/** A lead the bank's regulator handles, with the market's helping. */
const held = () =>
  leadAt(desk.portal, "investigating", [
    { agency: "banking-regulation", relation: "lead" },
    { agency: "market-regulation", relation: "cooperating" },
  ]);
/** A lead of a body where nobody has an account. */
const unmanned = () =>
  leadAt(desk.portal, "dispatched", [{ agency: "development-reform", relation: "lead" }]);

const letter = (leadId: string, over: Partial<LetterInput> = {}): LetterInput => ({
  ...{
    leadId,
    kind: "rectify",
    recipient: "某某理财",
    legalBasis: "方案五(二)",
    reason: null,
    replyTo: null,
  },
  items: [{ text: "承诺保本保息", clause: "网贷暂行办法 第十条" }],
  limit: { days: 15, kind: "working" },
  ...over,
});
const issue = (leadId: string, over: Partial<LetterInput> = {}, actor = officer) =>
  issueLetter(portal, letter(leadId, over), actor);
const step = (
  leadId: string,
  letterId: string,
  kind: StepInput["kind"],
  over: Partial<StepInput> = {},
  actor = officer,
) =>
  recordStep(
    plain,
    {
      ...{
        leadId,
        letterId,
        kind,
        onDay: DAY,
        result: null,
        extendDays: null,
        documentNumber: null,
        note: null,
      },
      ...{ bundle: null, at: at() },
      ...over,
    },
    actor,
  );
const measure = (leadId: string, over = {}, actor = officer) =>
  recordMeasure(
    plain,
    {
      ...({
        leadId,
        kind: "interview",
        takenOn: DAY,
        legalBasis: "方案五(一)",
        summary: "约谈负责人",
      } as const),
      ...{ documentNumber: null, reviewOn: null, at: at() },
      ...over,
    },
    actor,
  );
const preserve = (leadId: string, actor = officer) =>
  preserveItem(
    plain,
    {
      ...{
        leadId,
        item: "电脑主机",
        quantity: "3 台",
        place: "库房",
        holder: "甲某",
        sha256: null,
        takenOn: DAY,
      },
      ...{ legalBasis: "行政处罚法 第五十六条", at: at() },
    },
    actor,
  );
const clocks = async (leadId: string) =>
  (
    await test.owner.query<{ kind: string; due: string; ended: string | null }>(
      `select kind, due_on::text as due, ended_on::text as ended from lead_clocks where lead_id = $1 order by started_on, id`,
      [leadId],
    )
  ).rows;

describe("numbers of letters", () => {
  it("run without gaps for each body, kind and year, also when many are issued at once and one fails", async () => {
    const leads = await Promise.all([held(), held(), held()]);
    const failing = withActor(plain, officer, async (tx) => {
      await tx.execute(sql`insert into handling_letters (id, lead_id, kind, agency_id, year, no, recipient, facts, limit_days,
        limit_kind, issued_on, recorded_by, recorded_at) values (${uuidv7()}, ${leads[0]}, 'rectify', ${officer.agencyId}, 7, 77,
        '某某理财', '{}', 5, 'working', '2026-03-02', ${officer.id}, now())`);
      throw new Error("undone");
    }).catch(() => "undone");
    const made = await Promise.all(leads.flatMap((leadId) => Array.from({ length: 5 }, () => issue(leadId))));
    expect(await failing).toBe("undone");
    const numbers = made.map(({ number }) => Number(/〔2026〕(\d+)号$/.exec(number)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, no) => no + 1));
    const lead = leads[0] ?? "";
    expect((await issue(lead, { kind: "sites", limit: null })).number).toBe("金华银监分局 网处〔2026〕1号");
    on("2027-01-04");
    expect((await issue(lead)).number).toBe("金华银监分局 整改〔2027〕1号");
    const wished = await test.owner.query<{ last: number }>(
      "select last from letter_counters where year = 2026 and kind = 'rectify'",
    );
    expect(wished.rows).toEqual([{ last: 15 }]);
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
      const printed = await call(letterRoute.loader as never, {
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

describe("a 整改意见书", () => {
  it("counts from service, is put off once, and ends as its last follow-up found", async () => {
    const leadId = await held();
    const { letterId } = await issue(leadId);
    const review = (over: Partial<StepInput>) => refusalOf(step(leadId, letterId, "review", over));
    expect(await review({ result: "done" })).toBe("not_served");
    on("2026-03-04");
    await step(leadId, letterId, "served");
    expect(await refusalOf(step(leadId, letterId, "served"))).toBe("served_already");
    // Served on 2 March, recorded on the 4th: 15 working days after the 2nd.
    expect(await clocks(leadId)).toEqual([{ kind: "rectify", due: "2026-03-23", ended: null }]);
    expect(await refusalOf(step(leadId, letterId, "closed", { result: "done" }))).toBe("not_reviewed");
    expect(await review({ result: "partly", extendDays: 5, onDay: "2026-03-04" })).toBe("accepted");
    expect(await clocks(leadId)).toEqual([
      { kind: "rectify", due: "2026-03-23", ended: "2026-03-04" },
      { kind: "rectify", due: "2026-03-11", ended: null },
    ]);
    expect((await read(leadId)).letters.rows[0]?.dueOn).toBe("2026-03-11");
    expect(await review({ result: "not_done", extendDays: 5, onDay: "2026-03-04" })).toBe("extended_already");
    expect(await review({ result: "not_done", onDay: "2026-03-04" })).toBe("accepted");
    expect(await refusalOf(step(leadId, letterId, "closed", { result: "done" }))).toBe("not_reviewed");
    expect(await refusalOf(step(leadId, letterId, "answered"))).toBe("wrong_step");
    await step(leadId, letterId, "closed", { result: "ban" });
    expect((await clocks(leadId)).every(({ ended }) => ended !== null)).toBe(true);
    expect(await review({ result: "done" })).toBe("letter_ended");
  });

  it("prints the same bytes each time, to be saved and not kept on the way", async () => {
    const { leadId } = await sendReport(desk.portal);
    await test.owner.query("update leads set stage = 'investigating' where id = $1", [leadId]);
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'lead')",
      [uuidv7(), leadId, officer.agencyId],
    );
    const { letterId } = await issue(leadId);
    const print = async () => {
      const args = {
        request: new Request("http://x/"),
        params: { letterId },
        context: { portal, actor: officer },
      };
      return (await letterRoute.loader(args as never)) as Response;
    };
    const [first, second] = [await print(), await print()];
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    expect(first.headers.get("Content-Disposition")).toMatch(
      /^attachment; filename="rectify-2026-\d+\.pdf"$/,
    );
    const hash = async (response: Response) =>
      createHash("sha256")
        .update(Buffer.from(await response.arrayBuffer()))
        .digest("hex");
    expect(await hash(first)).toBe(await hash(second));
    // What a letter says of the lead is registered facts: nothing of how, when or by whom it was reported.
    const facts = (await read(leadId)).letters.rows[0]?.facts;
    expect(Object.keys(facts?.subject ?? {}).toSorted()).toEqual([
      "apps",
      "name",
      "sectors",
      "sites",
      "uscc",
    ]);
    // The subject itself is not told what somebody knew of it; the office that acts on sites is.
    expect(facts?.subject).toMatchObject({ sites: [], apps: [], sectors: [] });
    await issue(leadId, { kind: "sites", limit: null });
    const named = (await read(leadId)).letters.rows[0]?.facts.subject.sites ?? [];
    expect([named.length > 0, named.some((site) => site.includes("/"))]).toEqual([true, false]);
  });
});

describe("a demand for a 兑付方案", () => {
  it("runs ten working days, ends with the plan, and is judged once it came", async () => {
    const leadId = await held();
    const form = {
      intent: "repayment",
      recipient: "某某理财",
      legalBasis: "省方案",
      items: "资金来源",
      days: "11",
    };
    const url = `/staff/leads/${leadId}/handling`;
    const post = (fields: Record<string, string>) =>
      call(handlingRoute.action as never, { portal, actor: officer, url, params: { leadId }, form: fields });
    expect(await post(form)).toMatchObject({
      status: 400,
      body: {
        form: "repayment",
        state: { values: { items: "资金来源" }, errors: { days: "repaymentDays" } },
      },
    });
    expect((await post({ ...form, days: "10" })).location).toMatch(/handling\?done=issued#letter-/);
    const letterId = (await read(leadId)).letters.rows[0]?.id ?? "";
    await step(leadId, letterId, "served");
    expect(await clocks(leadId)).toEqual([{ kind: "repayment_plan", due: "2026-03-16", ended: null }]);
    expect(await refusalOf(step(leadId, letterId, "judged", { result: "accepted" }))).toBe("not_received");
    await step(leadId, letterId, "received");
    expect((await clocks(leadId))[0]?.ended).toBe(DAY);
    await step(leadId, letterId, "judged", { result: "refused" });
    expect(await refusalOf(step(leadId, letterId, "received"))).toBe("letter_ended");
  });
});

describe("a 转办函", () => {
  it("goes to bodies without accounts alone, by triage, who records the reminder and the answer", async () => {
    const forward = { kind: "forward", replyTo: "市政府大楼 301 室" } as const;
    expect(await refusalOf(issue(await held(), forward, triage))).toBe("has_accounts");
    expect(await refusalOf(issue(await held(), forward, officer))).toBe("not_your_lead");
    const leadId = await unmanned();
    const { letterId } = await issue(leadId, forward, triage);
    expect((await read(leadId, triage)).letters.rows[0]?.facts.issuer).not.toBe("市发改委");
    await step(leadId, letterId, "served", {}, triage);
    await step(leadId, letterId, "reminded", {}, triage);
    expect(await clocks(leadId)).toMatchObject([{ kind: "answer", ended: null }]);
    const answer = { documentNumber: "发改函〔2026〕9号", note: "已责令停止" };
    await step(leadId, letterId, "answered", answer, triage);
    expect((await clocks(leadId))[0]?.ended).toBe(DAY);
    expect((await read(leadId, triage)).letters.rows[0]?.steps.at(-1)).toMatchObject(answer);
  });
});

describe("a thing preserved", () => {
  it("is handed on by who holds it, in the order of days, and decided once within seven working days", async () => {
    const leadId = await held();
    const { preservationId } = await preserve(leadId);
    expect(await clocks(leadId)).toEqual([{ kind: "preservation", due: "2026-03-11", ended: null }]);
    expect((await read(leadId)).missing).toContain("preservation_decision");
    on("2026-03-04");
    const hand = (fromHolder: string, toHolder: string, onDay: string) =>
      refusalOf(
        recordCustody(
          plain,
          { leadId, preservationId, kind: "handover", fromHolder, toHolder, onDay, reason: "入库", at: at() },
          officer,
        ),
      );
    expect(await hand("乙某", "丙某", "2026-03-03")).toBe("chain_broken");
    // Two at once from one pair of hands: one is in the chain.
    expect(
      (
        await Promise.all([hand("甲某", "乙某", "2026-03-03"), hand("甲某", "丁某", "2026-03-03")])
      ).toSorted(),
    ).toEqual(["accepted", "chain_broken"]);
    const holder = (await read(leadId)).preservations.rows[0]?.holder ?? "";
    expect(await hand(holder, "丙某", "2026-03-02")).toBe("chain_broken");
    expect(await hand(holder, "丙某", "2026-03-04")).toBe("accepted");
    const decide = () =>
      refusalOf(
        recordCustody(
          plain,
          {
            leadId,
            preservationId,
            kind: "decided",
            decision: "seize",
            onDay: "2026-03-04",
            reason: "依法查封",
            at: at(),
          },
          officer,
        ),
      );
    expect((await Promise.all([decide(), decide()])).toSorted()).toEqual(["accepted", "decided_already"]);
    expect((await clocks(leadId))[0]?.ended).toBe("2026-03-04");
    expect(await hand("丙某", "戊某", "2026-03-04")).toBe("decided_already");
    expect((await read(leadId)).missing).not.toContain("preservation_decision");
  });
});

describe("移送 to the police", () => {
  it("notes a bundle's hash and counts, and a receipt: refused with a reason, or accepted with a case number", async () => {
    const leadId = await held();
    const { letterId } = await issue(leadId, { kind: "transfer", limit: null, reason: "涉嫌犯罪" });
    const url = `/staff/leads/${leadId}/evidence?letter=${letterId}`;
    const evidence = (actor: StaffActor) =>
      call(evidenceRoute.loader as never, { portal, actor, url, params: { leadId } });
    expect((await evidence(officer)).status).toBe(200);
    for (const actor of [helper, stranger, auditor, verifier, triage])
      expect((await evidence(actor)).status).toBe(404);
    const sha256 = "ab".repeat(32);
    const post = (form: Record<string, string>) =>
      call(evidenceRoute.action as never, { portal, actor: officer, url, params: { leadId }, form });
    expect((await post({ letterId, sha256: "short", files: "2", bytes: "10" })).status).toBe(400);
    expect((await post({ letterId, sha256, files: "2", bytes: "10" })).status).toBe(200);
    const receipt = (over: Partial<StepInput>) => step(leadId, letterId, "receipt", over);
    expect(await refusedBy(receipt({ result: "accepted" }))).toBe("letter_steps_receipt_ck");
    expect(await refusedBy(receipt({ result: "refused" }))).toBe("letter_steps_receipt_ck");
    await receipt({ result: "refused", note: "证据不足，退回补充" });
    await receipt({ result: "accepted", documentNumber: "金公（经）立字〔2026〕12号" });
    expect((await read(leadId)).letters.rows[0]?.steps.map(({ kind, sha256: of }) => [kind, of])).toEqual([
      ["bundle", sha256],
      ["receipt", null],
      ["receipt", null],
    ]);
    expect(await refusalOf(receipt({ result: "refused", note: "再次退回" }))).toBe("letter_ended");
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
