import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { acknowledgeAlert } from "~server/clocks/acknowledge-alert.server";
import { addCalendarList } from "~server/clocks/add-calendar-list.server";
import { answerSupervision } from "~server/clocks/answer-supervision.server";
import { askExtension } from "~server/clocks/ask-extension.server";
import { decideExtension } from "~server/clocks/decide-extension.server";
import { endClock } from "~server/clocks/end-clock.server";
import { findSurges } from "~server/clocks/find-surges.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { countOpenAlerts, listAlerts } from "~server/clocks/list-alerts.server";
import { listLate, listLateBodies } from "~server/clocks/list-late.server";
import { pauseClock } from "~server/clocks/pause-clock.server";
import { readClockPage, readLeadClocks } from "~server/clocks/read-lead-clocks.server";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import { startClock } from "~server/clocks/start-clock.server";
import { chinaDay } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { systemActor } from "~server/staff-auth/actor";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead, type MoveInput } from "~server/triage/move-lead.server";
import { raiseMajor } from "~server/triage/raise-major.server";
import { leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
/** A Monday; 10:00 in China. */
const NOW = "2026-03-02T02:00:00Z";
let portal: TestPortal;
/** As the server connects: for nobody until a transaction says. */
let plain: Database;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let verifier: StaffActor;
let stranger: StaffActor;
let administrator: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db, NOW);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 8 });
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  colleague = await makePerson(portal, "banking-regulation", ["agency_officer"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"]);
  administrator = await makePerson(portal, "leading-office", ["administrator"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));

const at = () => portal.clock.now();
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);

async function dispatched(over: { site?: string } = {}): Promise<{ leadId: string; tipId: string }> {
  const sent = await sendReport(
    portal,
    over.site === undefined ? {} : { subject: { subjectKind: "site", name: "某某理财", sites: over.site } },
  );
  await dispatch(sent.leadId);
  return sent;
}

async function dispatch(leadId: string): Promise<void> {
  const { version } = await leadRow(portal, leadId);
  const triageFacts = { suspectedCrime: false, petition: false, nested: false };
  const input = { leadId, version, sector: "p2p", triage: triageFacts, insteadLeadBy: null, reason: null };
  await dispatchLead(plain, portal.pack, { ...input, at: at() }, triage);
}

async function move(leadId: string, to: MoveInput["to"], actor: StaffActor = officer): Promise<void> {
  const { version } = await leadRow(portal, leadId);
  const words = { note: "说明", legalBasis: "方案三(二)5", proposedBody: "jinhua.market-regulation" };
  await moveLead(
    plain,
    { leadId, to, version, ...words, closureCode: to === "closed" ? "unsubstantiated" : null, at: at() },
    actor,
  );
}

const clocksOf = async (leadId: string, actor: StaffActor = triage) =>
  (await readLeadClocks(plain, { leadId, at: at() }, actor)).clocks;
async function dueOf(leadId: string, kind: "accept" | "handle"): Promise<string | null | undefined> {
  return (await clocksOf(leadId)).find((clock) => clock.kind === kind && clock.endedOn === null)?.dueOn;
}
async function boardDays(leadId: string): Promise<[string | null, string | null]> {
  const { rows } = await test.owner.query<{ a: string | null; h: string | null }>(
    "select accept_due_on::text as a, handle_due_on::text as h from leads where id = $1",
    [leadId],
  );
  return [rows[0]?.a ?? null, rows[0]?.h ?? null];
}

/** A message of a thread, straight into the table; the sealed parts are of the right length. */
async function message(tipId: string, kind: "question" | "text", from: StaffActor | null): Promise<string> {
  const id = uuidv4();
  await test.owner.query(
    `insert into tip_messages (id, tip_id, direction, kind, written_by, agency_id, written_on, suite, body,
       content_enc, content_body, reply_enc, reply_body)
     values ($1, $2, $3, $4, $5, $6, $7, 's', '\\x00', $8, $9, $8, $9)`,
    [
      id,
      tipId,
      from === null ? "in" : "out",
      kind,
      from?.id ?? null,
      from?.agencyId ?? null,
      chinaDay(at()),
      randomBytes(32),
      randomBytes(48),
    ],
  );
  return id;
}

async function ask(leadId: string, tipId: string, actor: StaffActor = officer) {
  const messageId = await message(tipId, "question", actor);
  return withActor(plain, actor, (tx) =>
    pauseClock(tx, { leadId, cause: "reporter", messageId, at: at() }, actor),
  );
}

describe("the clocks of a lead", () => {
  it("start with its dispatch, in working days for 受理, and the board reads them", async () => {
    const { leadId } = await dispatched();
    expect(await boardDays(leadId)).toEqual(["2026-03-23", "2026-05-06"]);
    expect(await clocksOf(leadId, officer)).toMatchObject([
      { kind: "accept", limitDays: 15, limitKind: "working", workingDays: 15, clause: null },
      { kind: "handle", limitDays: 60, limitKind: "calendar" },
    ]);
    expect(await refusalOf(readLeadClocks(plain, { leadId, at: at() }, stranger))).toBe("not_found");
  });

  it("stand still from a question to its answer, to the day, and the trail keeps the day of the answer alone", async () => {
    const { leadId, tipId } = await dispatched();
    on("2026-03-04");
    expect(await ask(leadId, tipId)).toEqual({ paused: ["accept", "handle"] });
    expect(await boardDays(leadId)).toEqual([null, null]);
    // A second question meanwhile stops nothing twice.
    expect(await ask(leadId, tipId)).toEqual({ paused: [] });
    on("2026-03-11");
    expect(await clocksOf(leadId)).toMatchObject([{ workingDays: null, left: 13 }, { left: 58 }]);
    expect(await resumeAnswered({ db: plain, clock: portal.clock })).toEqual({ resumed: 0 });
    await message(tipId, "text", null);
    // Found later by the hourly job: the day of the answer counts all the same.
    on("2026-03-16");
    expect((await resumeAnswered({ db: plain, clock: portal.clock })).resumed).toBe(2);
    // Five working days (5, 6, 9, 10, 11 March) and seven days do not count; the 60th is Wednesday 6 May plus 2.
    expect(await boardDays(leadId)).toEqual(["2026-03-30", "2026-05-08"]);
    const { rows } = await test.owner.query<{ recorded_at: Date | null; data: unknown }>(
      "select recorded_at, data from events where lead_id = $1 and action = 'clock.resumed'",
      [leadId],
    );
    expect(rows.map(({ recorded_at: when }) => when)).toEqual([null, null]);
    const { rows: asked } = await test.owner.query<{ actor_id: string; data: { until: string } }>(
      "select actor_id, data from events where lead_id = $1 and action = 'clock.paused'",
      [leadId],
    );
    expect(asked[0]).toMatchObject({
      actor_id: officer.id,
      data: { cause: "reporter", until: "2026-03-18" },
    });
  });

  it("run on by themselves where no answer comes, and wait for reporters twice at most", async () => {
    const { leadId, tipId } = await dispatched();
    for (const paused of [2, 2, 0]) {
      expect((await ask(leadId, tipId)).paused).toHaveLength(paused);
      // Ten working days, and some more.
      portal.clock.set(new Date(at().getTime() + 20 * 86_400_000));
      expect((await resumeAnswered({ db: plain, clock: portal.clock })).resumed).toBe(paused);
      expect((await resumeAnswered({ db: plain, clock: portal.clock })).resumed).toBe(0);
    }
    const { pauses } = await readLeadClocks(plain, { leadId, at: at() }, triage);
    expect(pauses.every(({ untilOn, toOn }) => toOn !== null && toOn === untilOn)).toBe(true);
  });

  it("stand still in 争议会商 and go on, not anew, with the body it is routed to next", async () => {
    const { leadId } = await dispatched();
    on("2026-03-05");
    await move(leadId, "disputed");
    expect(await boardDays(leadId)).toEqual([null, null]);
    on("2026-03-12");
    await dispatch(leadId);
    expect(await boardDays(leadId)).toEqual(["2026-03-30", "2026-05-08"]);
    expect(await clocksOf(leadId)).toHaveLength(2);
    // A return too keeps them.
    await move(leadId, "returned");
    on("2026-03-20");
    await dispatch(leadId);
    expect(await boardDays(leadId)).toEqual(["2026-03-30", "2026-05-08"]);
  });

  it("of 受理 ends with 核查 and both with the lead, paused or not", async () => {
    const { leadId, tipId } = await dispatched();
    await move(leadId, "investigating");
    expect((await clocksOf(leadId)).map(({ kind, endedOn }) => [kind, endedOn])).toEqual([
      ["handle", null],
      ["accept", "2026-03-02"],
    ]);
    await ask(leadId, tipId);
    on("2026-03-09");
    await move(leadId, "closed");
    expect((await clocksOf(leadId)).every(({ endedOn }) => endedOn !== null)).toBe(true);
    expect((await resumeAnswered({ db: plain, clock: portal.clock })).resumed).toBe(0);
    const reopened = "update lead_clocks set ended_on = null where lead_id = $1";
    expect(await refusedBy(test.owner.query(reopened, [leadId]))).toBe("lead_clocks_history");
  });

  it("of a notice start once a subject, are recorded and end", async () => {
    const { leadId } = await dispatched();
    const start = (subject: string) =>
      withActor(plain, officer, (tx) =>
        startClock(
          tx,
          {
            leadId,
            kind: "repayment_plan",
            subject,
            limit: { days: 10, kind: "working", clause: "四(二)" },
            at: at(),
          },
          officer,
        ),
      );
    const first = await start("a");
    expect(first.dueOn).toBe("2026-03-16");
    expect(await start("a")).toEqual(first);
    expect((await start("b")).clockId).not.toBe(first.clockId);
    const end = (subject: string) =>
      withActor(plain, officer, (tx) =>
        endClock(tx, { leadId, kind: "repayment_plan", subject, at: at() }, officer),
      );
    expect([await end("a"), await end("a")]).toEqual([true, false]);
    expect((await boardDays(leadId))[0]).toBe("2026-03-23");
  });
});

describe("an extension", () => {
  async function clock(leadId: string, kind: "accept" | "handle"): Promise<string> {
    return (await clocksOf(leadId)).find((one) => one.kind === kind)?.id ?? "";
  }
  const asks = (leadId: string, clockId: string, actor = officer) =>
    askExtension(plain, { leadId, clockId, reason: "案情复杂，需要调取流水", at: at() }, actor);
  async function decide(leadId: string, outcome: "granted" | "refused", actor: StaffActor): Promise<void> {
    const { extensions } = await readClockPage(plain, { leadId, at: at() }, triage);
    const extensionId = extensions.at(-1)?.id ?? "";
    await decideExtension(plain, { leadId, extensionId, outcome, at: at() }, actor);
  }

  it("is asked for once, agreed to by a second person, and moves the deadline by its days", async () => {
    const { leadId } = await dispatched();
    const handle = await clock(leadId, "handle");
    expect(await refusalOf(asks(leadId, await clock(leadId, "accept")))).toBe("not_extendable");
    expect(await refusalOf(asks(leadId, handle, stranger))).toBe("not_found");
    const both = await Promise.all([asks(leadId, handle), asks(leadId, handle, colleague)].map(refusalOf));
    expect(both.toSorted()).toEqual(["accepted", "asked_before"]);
    const asker = both[0] === "accepted" ? officer : colleague;
    expect(await refusalOf(decide(leadId, "granted", asker))).toBe("own_request");
    expect(await refusalOf(decide(leadId, "granted", stranger))).toBe("not_found");
    expect(await dueOf(leadId, "handle")).toBe("2026-05-06");
    const answers = await Promise.all(
      [decide(leadId, "granted", verifier), decide(leadId, "granted", triage)].map(refusalOf),
    );
    expect(answers.toSorted()).toEqual(["accepted", "decided"]);
    // 90 days from 2 March: Sunday 31 May moves to Monday.
    expect(await boardDays(leadId)).toEqual(["2026-03-23", "2026-06-01"]);
    expect(await refusalOf(asks(leadId, handle))).toBe("asked_before");
  });

  it("that was refused may be asked for again, but not once the clock has run out", async () => {
    const { leadId } = await dispatched();
    const handle = await clock(leadId, "handle");
    await asks(leadId, handle);
    await decide(leadId, "refused", colleague);
    await asks(leadId, handle);
    await decide(leadId, "refused", triage);
    on("2026-05-07");
    expect(await refusalOf(asks(leadId, handle))).toBe("clock_over");
  });

  it("without a second person is refused by the database", async () => {
    const { leadId } = await dispatched();
    const handle = await clock(leadId, "handle");
    const alone = "update lead_clocks set extended_days = 30 where id = $1";
    expect(await refusedBy(test.owner.query(alone, [handle]))).toBe("lead_clocks_extension");
    await asks(leadId, handle);
    const own = `update clock_extensions set outcome = 'granted', decided_by = asked_by, decided_at = now() where clock_id = $1`;
    expect(await refusedBy(test.owner.query(own, [handle]))).toBe("clock_extensions_second_ck");
  });
});

describe("the next year's list", () => {
  it("moves running deadlines when an administrator adds it, records it on the lead and tells the body", async () => {
    await test.owner.query("update staff set email = 'one@bank.example' where id = $1", [officer.id]);
    on("2026-12-21");
    const { leadId } = await dispatched();
    expect(await clocksOf(leadId)).toMatchObject([{ dueOn: "2027-01-11", provisional: true }, {}]);
    const list = { year: 2027, document: "国办发明电〔2026〕7号", off: ["2027-01-01"], work: ["2027-01-02"] };
    expect(await refusalOf(addCalendarList({ db: plain, clock: portal.clock }, list, triage))).toBe(
      "not_found",
    );
    const { moved } = await addCalendarList({ db: plain, clock: portal.clock }, list, administrator);
    // The holiday falls out, Saturday the 2nd comes in: the day stays.
    expect(moved).toBe(0);
    expect(await clocksOf(leadId)).toMatchObject([{ dueOn: "2027-01-11", provisional: false }, {}]);
    const corrected = { ...list, off: ["2027-01-01", "2027-01-04"], work: [] };
    expect(await addCalendarList({ db: plain, clock: portal.clock }, corrected, administrator)).toMatchObject(
      { moved: 1 },
    );
    expect(await dueOf(leadId, "accept")).toBe("2027-01-13");
    const { rows } = await test.owner.query<{ data: unknown }>(
      "select data from events where lead_id = $1 and action = 'clock.recomputed'",
      [leadId],
    );
    expect(rows).toEqual([{ data: { clock: "accept", before: "2027-01-11", due: "2027-01-13" } }]);
    const mails = await test.owner.query("select staff_id from staff_mails where kind = 'calendar'");
    expect(mails.rows).toEqual([{ staff_id: officer.id }]);
    await test.owner.query("delete from calendar_lists");
    await test.owner.query("update lead_clocks set calendar_no = 0 where ended_on is null");
  });
});

describe("督办", () => {
  const late = (actor: StaffActor, agencyId: string | null = null) =>
    listLate(plain, { agencyId, page: 1, issuedPage: 1, at: at() }, actor);
  const issue = (leadId: string, actor = triage) =>
    issueSupervision(
      plain,
      { leadId, agencyId: "jinhua.banking-regulation", note: "请于五日内说明情况", answerDays: 5, at: at() },
      actor,
    );

  it("is issued once for what is late, numbered without gaps, answered by the body, and seen by no other", async () => {
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
    expect(seen.map(({ leadId, over, clock }) => [mine.includes(leadId), over, clock])).toEqual([
      [true, 5, "accept"],
      [true, 5, "accept"],
    ]);
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
      refusalOf(acknowledgeAlert(plain, { alertId, note: null, at: at() }, actor)),
    );
    expect((await Promise.all(both)).toSorted()).toEqual(["accepted", "acknowledged"]);
    expect(await countOpenAlerts(plain, triage)).toBe(0);
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
    const find = () => findSurges(plain, portal.clock, portal.pack.pack.limits);
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
