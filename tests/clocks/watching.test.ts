import { eq, sql } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "~db/client.server";
import { events } from "~db/schema/events";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { acknowledgeAlert } from "~server/clocks/acknowledge-alert.server";
import { answerSupervision } from "~server/clocks/answer-supervision.server";
import { findSurges } from "~server/clocks/find-surges.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { countOpenAlerts, listAlerts } from "~server/clocks/list-alerts.server";
import { listLate, listLateBodies } from "~server/clocks/list-late.server";
import { neutralCsv } from "~server/exchange/neutral-cell";
import { remindPlan } from "~server/jobs/remind-plan.server";
import { endRound, movePhase, openRound, recordState } from "~server/plan/keep-round.server";
import { listPlan, planBodies } from "~server/plan/list-plan.server";
import { loadPack } from "~server/packs/load-pack.server";
import { shiftYears } from "~server/plan/phase-days";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { raiseMajor } from "~server/triage/raise-major.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import type { TestPortal } from "~tests/setup/test-portal";
import { NOW, askReporter, dispatchedLead, openClockDesk, type ClockDesk } from "./clock-desk";

const test = testDatabase();
let desk: ClockDesk;
let portal: TestPortal;
let plain: Database;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let stranger: StaffActor;
let administrator: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  desk = await openClockDesk(test);
  ({ portal, plain, triage, officer, colleague, stranger, administrator, auditor } = desk);
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));

const at = () => portal.clock.now();
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);
const dispatched = (over?: { site: string }) => dispatchedLead(desk, over);
const ask = (leadId: string, tipId: string) => askReporter(desk, { leadId, tipId });

describe("督办", () => {
  const late = (actor: StaffActor, agencyId: string | null = null) =>
    listLate(plain, { agencyId, page: 1, issuedPage: 1, at: at() }, actor);
  const issue = (leadId: string, actor = triage) =>
    issueSupervision(
      plain,
      {
        ...{ leadId, agencyId: "jinhua.banking-regulation", clock: "accept" },
        ...{ note: "请于五日内说明情况", answerDays: 5, at: at() },
      },
      actor,
    );

  it("is issued once for what is late, numbered without gaps, answered by the body, and seen by no other", async () => {
    await test.owner.query("update staff set email = 'one@bank.example' where id = $1", [officer.id]);
    const first = await dispatched();
    const second = await dispatched();
    const still = await dispatched();
    const kept = await dispatched();
    await test.owner.query("update leads set leading_office_only = true where id = $1", [kept.leadId]);
    expect(await refusalOf(issue(first.leadId))).toBe("not_late");
    await ask(still.leadId, still.tipId);
    on("2026-03-30");
    const mine = [first.leadId, second.leadId];
    const seen = (await late(triage)).late.filter(({ leadId }) =>
      [...mine, still.leadId, kept.leadId].includes(leadId),
    );
    // The leading office's own is on its list, and nobody is urged for it.
    expect(
      seen.map(({ leadId, over, clock, kept: own }) => [mine.includes(leadId), over, clock, own]),
    ).toEqual([
      [true, 5, "accept", false],
      [true, 5, "accept", false],
      [false, 5, "accept", true],
    ]);
    expect(await refusalOf(issue(kept.leadId))).toBe("not_late");
    expect((await late(officer)).late.map(({ leadId }) => leadId)).not.toContain(kept.leadId);
    expect((await late(stranger)).late).toEqual([]);
    expect(await refusalOf(late({ ...administrator }))).toBe("not_found");
    expect(await refusalOf(issue(first.leadId, officer))).toBe("not_found");
    const raced = await Promise.all(
      [issue(first.leadId), issue(first.leadId), issue(second.leadId)].map(refusalOf),
    );
    expect(raced.filter((code) => code === "accepted")).toHaveLength(2);
    expect(raced).toContain("supervised");
    const { issued } = await late(officer);
    expect(issued.map(({ year, no }) => [year, no])).toEqual([
      [2026, 2],
      [2026, 1],
    ]);
    expect(issued[0]?.answerBy).toBe("2026-04-07");
    expect((await late(stranger)).issued).toEqual([]);
    const { rows: told } = await test.owner.query(
      "select staff_id from staff_mails where kind = 'supervision'",
    );
    expect(told).toEqual([{ staff_id: officer.id }, { staff_id: officer.id }]);

    const one = issued.find(({ leadId }) => leadId === first.leadId)!;
    const answer = (actor: StaffActor) =>
      answerSupervision(
        plain,
        { supervisionId: one.id, answer: "正在调取资金流水，五日内办结", at: at() },
        actor,
      );
    expect(await refusalOf(answer(stranger))).toBe("not_found");
    expect(await refusalOf(answer(triage))).toBe("body_answers");
    await answer(officer);
    expect(await refusalOf(answer(colleague))).toBe("answered");
    const bodies = await listLateBodies(plain, at(), auditor);
    expect(bodies.find(({ agencyId }) => agencyId === officer.agencyId)).toMatchObject({
      issued: 2,
      answered: 1,
    });
    expect(await refusalOf(listLateBodies(plain, at(), officer))).toBe("not_found");
    // The body that lost the lead sees its 督办 no more, and triage may record what it said.
    const other = issued.find(({ leadId }) => leadId === second.leadId)!;
    await test.owner.query("update lead_agencies set to_at = now() where lead_id = $1", [second.leadId]);
    expect((await late(officer)).issued.map(({ id }) => id)).toEqual([one.id]);
    await answerSupervision(plain, { supervisionId: other.id, answer: "电话答复：已移交", at: at() }, triage);
  });
});

describe("alerts", () => {
  const alertsOf = (actor: StaffActor) =>
    listAlerts(plain, { acknowledged: false, page: 1, pack: portal.pack.pack }, actor);
  const clear = () => test.owner.query("truncate alerts");

  it("of 重大 come once a lead and cause however many reports come at once, and one person takes notice", async () => {
    await clear();
    const site = "flood.example.com";
    const { leadId } = await dispatched({ site });
    await test.owner.query(
      `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name, sector,
         red_lines, wants_reward, arrived_on, lead_id)
       select gen_random_uuid(), sha256(n::text::bytea), pack_id, pack_version, channel, language, mode, subject_kind,
              subject_name, sector, red_lines, wants_reward, arrived_on, lead_id
         from tips, generate_series(1, 19) n where lead_id = $1`,
      [leadId],
    );
    const system = systemActor("test");
    const input = { leadId, pack: portal.pack.pack, today: chinaDay(at()), at: at() };
    await Promise.all(
      Array.from({ length: 8 }, () => withActor(plain, system, (tx) => raiseMajor(tx, input, system))),
    );
    const { alerts } = await alertsOf(triage);
    expect(alerts).toMatchObject([
      { kind: "major", figure: { kind: "tips", value: "20" }, lead: { id: leadId } },
    ]);
    expect(await countOpenAlerts(plain, triage)).toBe(1);
    expect(await countOpenAlerts(plain, officer)).toBe(0);
    expect(await refusalOf(alertsOf(officer))).toBe("not_found");
    const other = await makePerson(portal, "leading-office", ["triage_officer"]);
    const alertId = alerts[0]!.id;
    const both = [triage, other].map((actor) =>
      refusalOf(acknowledgeAlert(plain, { alertId, note: "先不告知承办单位", at: at() }, actor)),
    );
    expect((await Promise.all(both)).toSorted()).toEqual(["accepted", "acknowledged"]);
    expect(await countOpenAlerts(plain, triage)).toBe(0);
    // Who took notice is told of the alert, to the office: not on the trail the holding body reads, and without the note.
    const toldTo = (actor: StaffActor) =>
      withActor(plain, actor, (tx) =>
        tx
          .select({ leadId: events.leadId, data: events.data })
          .from(events)
          .where(eq(events.subjectTable, "alerts")),
      );
    expect(await toldTo(triage)).toEqual([{ leadId: null, data: {} }]);
    for (const actor of [officer, stranger, administrator]) expect(await toldTo(actor)).toEqual([]);
    // Whoever raises none may not write one.
    const forged = withActor(plain, officer, (tx) =>
      tx.execute(sql`select raise_alert(${leadId}::uuid, 'x', '1', current_date)`),
    );
    expect(await refusedBy(forged)).toBe("alerts_raiser");
  });

  it("come for reports that double day over day from a floor up, and are hidden from who is recused", async () => {
    await clear();
    const { leadId } = await dispatched({ site: "grows.example.com" });
    const add = (count: number, day: string, salt = "a") =>
      test.owner.query(
        `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name,
           sector, red_lines, wants_reward, arrived_on, lead_id)
         select gen_random_uuid(), sha256(($3 || $2 || n)::bytea), pack_id, pack_version, channel, language, mode,
                subject_kind, subject_name, sector, red_lines, wants_reward, $2::date, lead_id
           from (select * from tips where lead_id = $1 limit 1) t, generate_series(1, $4::int) n`,
        [leadId, day, leadId + salt, count],
      );
    const raise = (today: string) =>
      withActor(plain, triage, (tx) =>
        raiseMajor(tx, { leadId, pack: portal.pack.pack, today, at: at() }, triage),
      );
    await add(4, "2026-03-03");
    await add(9, "2026-03-04");
    expect(await raise("2026-03-04")).toBe(false);
    await add(1, "2026-03-04", "b");
    expect(await raise("2026-03-04")).toBe(true);
    expect((await alertsOf(triage)).alerts).toMatchObject([
      { figure: { kind: "growth", value: "10", before: "4" }, clause: null },
    ]);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
      [uuidv4(), leadId, triage.id],
    );
    expect(await countOpenAlerts(plain, triage)).toBe(0);
    await test.owner.query("update lead_recusals set ended_at = now(), ended_by = $1 where lead_id = $2", [
      auditor.id,
      leadId,
    ]);
  });

  it("come for a jump on a subject and in a place, once while open and once a day, however often it is looked for", async () => {
    await clear();
    on("2026-06-10");
    const { leadId } = await sendReport(portal);
    const fill = (day: string, count: number, salt = "s") =>
      test.owner.query(
        `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name,
           sector, red_lines, wants_reward, arrived_on, lead_id, operating_at)
         select gen_random_uuid(), sha256(($4 || $2 || n)::bytea), pack_id, pack_version, channel, language, mode,
                subject_kind, subject_name, sector, red_lines, wants_reward, $2::date, lead_id, '330702'
           from (select * from tips where lead_id = $1 limit 1) t, generate_series(1, $3::int) n`,
        [leadId, day, count, salt],
      );
    const find = () => findSurges(plain, portal.clock, portal.pack);
    // A place with many reports every day jumps at nothing; it was counted on its days.
    for (let day = 3; day < 10; day += 1) {
      on(`2026-06-0${day}`);
      await fill(`2026-06-0${day}`, 5);
      await find();
    }
    await clear();
    on("2026-06-10");
    await fill("2026-06-10", 13);
    expect(await find()).toEqual({ raised: 0 });
    await fill("2026-06-10", 6, "more");
    const raised = await Promise.all([find(), find(), find()]);
    expect(raised.reduce((sum, one) => sum + one.raised, 0)).toBe(2);
    const { alerts } = await alertsOf(triage);
    expect(alerts.map(({ kind }) => kind).toSorted()).toEqual(["surge_lead", "surge_place"]);
    expect(alerts.every(({ figure }) => figure.before === "5")).toBe(true);
    for (const { id } of alerts)
      await acknowledgeAlert(plain, { alertId: id, note: "已知", at: at() }, triage);
    expect(await find()).toEqual({ raised: 0 });
  });
});

describe("the plan", () => {
  const pack = () => portal.pack.pack;
  const plan = (actor: StaffActor, phaseId: string | null = null) =>
    listPlan(plain, { pack: pack(), phaseId, at: at() }, actor);

  it("is opened by triage as a round of its own, one at a time, its days moved by years", async () => {
    expect(shiftYears("2016-02", 1)).toBe("2017-02-28");
    expect(shiftYears("2016-02-29", 4)).toBe("2020-02-29");
    expect(shiftYears("2016", 10)).toBe("2026-12-31");
    const open = (actor = triage) =>
      openRound(plain, { pack: pack(), title: "本轮", years: 10, at: at() }, actor);
    expect(await refusalOf(open(officer))).toBe("not_found");
    expect((await plan(officer)).round).toBeNull();
    expect((await Promise.all([refusalOf(open()), refusalOf(open())])).toSorted()).toEqual([
      "accepted",
      "round_running",
    ]);
    const { phases } = await plan(triage);
    expect(phases.map(({ dueOn }) => dueOn)).toEqual([
      ...["2026-07-28", "2026-07-31", "2026-11-30", "2026-11-30", "2027-01-10", "2027-01-15"],
    ]);
    expect(await refusalOf(plan(administrator))).toBe("not_found");
  });

  it("keeps how far each body is, late or in time; a body sees its own alone, and is reminded until it is done", async () => {
    await test.owner.query("update staff set email = id || '@office.example'");
    const [first] = (await plan(triage)).phases;
    const deadlineId = first!.id;
    const agencyId = officer.agencyId;
    const record = (over: object, actor = triage) =>
      recordState(
        plain,
        {
          deadlineId,
          agencyId,
          pack: pack(),
          state: "done",
          stateOn: "2026-07-28",
          note: null,
          at: at(),
          ...over,
        },
        actor,
      );
    const stateOf = async (actor: StaffActor) =>
      (await plan(actor, deadlineId)).bodies.map((body) => [body.agencyId, body.state]);
    on("2026-07-21");
    expect(await refusalOf(record({}))).toBe("future_day");
    expect(await refusalOf(record({ stateOn: "2026-07-21" }, officer))).toBe("not_found");
    expect(await refusalOf(record({ stateOn: "2026-07-21", agencyId: "other.body" }))).toBe("not_found");
    // A body of the plan that the phase asks nothing of.
    expect(await refusalOf(record({ stateOn: "2026-07-21", agencyId: "jinhua.court" }))).toBe("not_found");
    const told = async () => {
      const { mails } = await remindPlan(plain, portal.clock, pack());
      const { rows } = await test.owner.query<{ id: string }>(
        "select staff_id as id from staff_mails where kind = 'plan'",
      );
      return { mails, officers: rows.filter(({ id }) => id === officer.id).length };
    };
    const near = await told();
    expect(near.officers).toBe(1);
    expect((await told()).mails).toBe(0);
    on("2026-07-29");
    expect(await stateOf(officer)).toEqual([[agencyId, "late"]]);
    await record({ stateOn: "2026-07-29" });
    expect(await stateOf(officer)).toEqual([[agencyId, "done_late"]]);
    expect(await stateOf(triage)).toContainEqual([stranger.agencyId, "late"]);
    // Done, it is told no more of this phase; of the next, three days on, it is.
    expect((await told()).officers).toBe(2);
    await movePhase(plain, { deadlineId, dueOn: "2026-08-31", at: at() }, triage);
    expect(await stateOf(officer)).toEqual([[agencyId, "done"]]);
    expect(await refusalOf(movePhase(plain, { deadlineId, dueOn: "2026-09-01", at: at() }, officer))).toBe(
      "not_found",
    );
    await endRound(plain, { packId: "jinhua", at: at() }, triage);
    expect(await refusalOf(record({ stateOn: "2026-07-29" }))).toBe("not_found");
  });

  it("asks a phase of one sector of the bodies that lead it alone", async () => {
    const jiangsu = loadPack("jiangsu").pack;
    const bodies = (sectors: string[]) => planBodies(jiangsu, "2026-08-01", sectors).map((id) => id.slice(8));
    expect(bodies(["advertising"])).toEqual(["industry-commerce"]);
    // 江苏保监局 has ceased: its successor reports.
    expect(bodies(["internet_insurance"])).toEqual(["banking-regulation", "financial-office"]);
    expect(bodies(["pawn_leasing", "advertising"])).toEqual(
      expect.arrayContaining(["commerce", "industry-commerce"]),
    );
    const [first] = pack().dates;
    const dates = [
      { ...first!, id: "every_sector" },
      { ...first!, id: "p2p_only", sectors: ["p2p" as const] },
      { ...first!, id: "ads_only", sectors: ["advertising" as const] },
    ];
    await openRound(plain, { pack: { ...pack(), dates }, title: "分领域", years: 10, at: at() }, triage);
    const count = async (actor: StaffActor) => (await plan(actor)).phases.map(({ bodies: n }) => n);
    expect((await count(triage)).toSorted((a, b) => a - b)).toEqual([
      1,
      1,
      planBodies(pack(), "2026-03-02").length,
    ]);
    // A body is shown and reminded of what is its own.
    expect(await count(officer)).toEqual([1, 1]);
    const { phases } = await plan(stranger);
    expect(phases).toHaveLength(2);
    const others = (await plan(triage)).phases.find(({ id }) => !phases.some((one) => one.id === id))!;
    expect((await plan(triage, others.id)).bodies.map(({ agencyId }) => agencyId)).toEqual([
      officer.agencyId,
    ]);
    await test.owner.query("delete from staff_mails");
    on("2026-07-27");
    await remindPlan(plain, portal.clock, pack());
    const { rows } = await test.owner.query<{ id: string; n: number }>(
      "select staff_id::text as id, count(*)::int as n from staff_mails where kind = 'plan' group by 1",
    );
    const told = (actor: StaffActor) => rows.find(({ id }) => id === actor.id)?.n ?? 0;
    expect([told(officer), told(stranger), told(triage)]).toEqual([2, 2, 3]);
    await endRound(plain, { packId: "jinhua", at: at() }, triage);
  });
});

it("a file for spreadsheets runs nothing in a cell", () => {
  expect(neutralCsv([["=1+1", "+8", "-1", "@x", "a,b", 'a"b', "平安", -3]])).toBe(
    `\ufeff'=1+1,'+8,'-1,'@x,"a,b","a""b",平安,-3\r\n`,
  );
});
