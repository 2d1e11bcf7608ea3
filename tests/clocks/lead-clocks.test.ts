import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { addDays } from "~server/clock";
import { addCalendarList } from "~server/clocks/add-calendar-list.server";
import { askExtension } from "~server/clocks/ask-extension.server";
import { makeCalendar, workingDaysBetween } from "~server/clocks/business-calendar";
import { SHIPPED_LISTS } from "~server/clocks/holiday-lists";
import { nearDays } from "~server/clocks/near-days";
import { countDaysToGo } from "~server/clocks/days-to-go.server";
import { decideExtension } from "~server/clocks/decide-extension.server";
import { endClock } from "~server/clocks/end-clock.server";
import { readClockPage, readLeadClocks } from "~server/clocks/read-lead-clocks.server";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import { startClock } from "~server/clocks/start-clock.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { listBoard } from "~server/triage/list-board.server";
import { readLead } from "~server/triage/read-lead.server";
import { moveLead, type MoveInput } from "~server/triage/move-lead.server";
import { leadRow } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import type { TestPortal } from "~tests/setup/test-portal";
import {
  NOW,
  askReporter,
  decideTheDispute,
  dispatchNow,
  dispatchedLead,
  openClockDesk,
  putMessage,
  type ClockDesk,
} from "./clock-desk";

const test = testDatabase();
let desk: ClockDesk;
let portal: TestPortal;
let plain: Database;
let triage: StaffActor;
let officer: StaffActor;
let colleague: StaffActor;
let verifier: StaffActor;
let stranger: StaffActor;
let administrator: StaffActor;

beforeAll(async () => {
  desk = await openClockDesk(test);
  ({ portal, plain, triage, officer, colleague, verifier, stranger, administrator } = desk);
});
afterAll(() => plain.pool.end());
beforeEach(() => portal.clock.set(NOW));

const at = () => portal.clock.now();
const on = (day: string) => portal.clock.set(`${day}T02:00:00Z`);
const dispatched = (over?: { site: string }) => dispatchedLead(desk, over);
const ask = (leadId: string, tipId: string) => askReporter(desk, { leadId, tipId });
const dispatch = (leadId: string) => dispatchNow(desk, leadId);
const message = (tipId: string) => putMessage(desk, tipId, null);

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

describe("the clocks of a lead", () => {
  it("start with its dispatch, in working days for 受理, and the board reads them", async () => {
    const { leadId } = await dispatched();
    expect(await boardDays(leadId)).toEqual(["2026-03-23", "2026-05-06"]);
    expect(await clocksOf(leadId, officer)).toMatchObject([
      {
        kind: "accept",
        limitDays: 15,
        limitKind: "working",
        toGo: { days: 15, unit: "working" },
        clause: null,
      },
      { kind: "handle", limitDays: 60, limitKind: "calendar", toGo: { days: 65, unit: "calendar" } },
    ]);
    const onCards = { leads: [{ id: leadId, dueOn: "2026-03-23" }], today: "2026-03-02" };
    expect(await countDaysToGo(plain, onCards, officer)).toEqual(
      new Map([[leadId, { days: 15, unit: "working", near: false }]]),
    );
    expect(await countDaysToGo(plain, onCards, stranger)).toEqual(new Map());
    expect(await refusalOf(readLeadClocks(plain, { leadId, at: at() }, stranger))).toBe("not_found");
  });

  it("are near from a fifth of the limit off, one to five working days", () => {
    const limits = [1, 3, 5, 7, 10, 15, 20, 30, 60, 90];
    expect(limits.map(nearDays)).toEqual([1, 1, 1, 1, 2, 3, 4, 5, 5, 5]);
  });

  it("are near on the board just where the card says so, by working days of the limit's length, also around 国庆", async () => {
    const { leadId: working } = await dispatched({ site: "near-working.example" });
    const { leadId: calendar } = await dispatched({ site: "near-calendar.example" });
    await move(calendar, "investigating");
    const days = Array.from({ length: 15 }, (_, n) => addDays("2026-09-29", n));
    const told: string[] = [];
    for (const today of ["2026-09-30", "2026-10-06"]) {
      for (const dueOn of days) {
        await test.owner.query(
          "update lead_clocks set due_on = $1 where lead_id = any ($2) and kind in ('accept', 'handle') and ended_on is null",
          [dueOn, [working, calendar]],
        );
        await test.owner.query(
          "update leads set accept_due_on = $1, handle_due_on = $1 where id = any ($2)",
          [dueOn, [working, calendar]],
        );
        const board = await listBoard(plain, { filters: { due: "near", today } }, officer);
        const near = board.flatMap(({ cards }) => cards.map(({ id }) => id));
        const leads = [working, calendar].map((id) => ({ id, dueOn }));
        const toGo = await countDaysToGo(plain, { leads, today }, officer);
        for (const id of [working, calendar]) {
          const { near: said, unit } = toGo.get(id) ?? { near: null, unit: "calendar" };
          const most = unit === "working" ? 3 : 5;
          expect([today, dueOn, unit, near.includes(id)]).toEqual([today, dueOn, unit, said]);
          expect(said).toBe(
            dueOn >= today && workingDaysBetween(makeCalendar(SHIPPED_LISTS), today, dueOn) <= most,
          );
          if (near.includes(id)) told.push(`${today} ${unit} ${dueOn}`);
        }
      }
    }
    expect(told).toContain("2026-09-30 working 2026-10-10");
    // Two working days more of the longer limit.
    expect(told).not.toContain("2026-09-30 working 2026-10-12");
    expect(told).toContain("2026-09-30 calendar 2026-10-12");
    // These days were never counted: no new list of the calendar moves them.
    await test.owner.query(
      "update lead_clocks set ended_on = started_on where lead_id = any ($1) and ended_on is null",
      [[working, calendar]],
    );
  });

  it("stand still from a question to its answer, to the day, and the trail keeps the day of the answer alone", async () => {
    const { leadId, tipId } = await dispatched();
    on("2026-03-04");
    expect(await ask(leadId, tipId)).toEqual({ paused: ["accept", "handle"] });
    expect(await boardDays(leadId)).toEqual([null, null]);
    // A second question meanwhile stops nothing twice.
    expect(await ask(leadId, tipId)).toEqual({ paused: [] });
    on("2026-03-11");
    expect(await clocksOf(leadId)).toMatchObject([{ toGo: null, left: 13 }, { left: 58 }]);
    expect(await resumeAnswered({ db: plain, clock: portal.clock })).toEqual({ resumed: 0 });
    await message(tipId);
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

  it("that are overdue are not stopped by asking a reporter", async () => {
    const { leadId, tipId } = await dispatched();
    on("2026-03-24");
    expect(await ask(leadId, tipId)).toEqual({ paused: ["handle"] });
    expect(await boardDays(leadId)).toEqual(["2026-03-23", null]);
  });

  it("stand still in 争议会商 and go on, not anew, with the body it is routed to next", async () => {
    const { leadId } = await dispatched();
    on("2026-03-05");
    await move(leadId, "disputed");
    expect(await boardDays(leadId)).toEqual([null, null]);
    on("2026-03-12");
    await decideTheDispute(desk, leadId);
    await dispatch(leadId);
    expect(await boardDays(leadId)).toEqual(["2026-03-30", "2026-05-08"]);
    expect(await clocksOf(leadId)).toHaveLength(2);
  });

  it("run on through a return and the dispatch after it", async () => {
    const { leadId } = await dispatched();
    const days = await boardDays(leadId);
    await move(leadId, "returned");
    on("2026-03-20");
    await dispatch(leadId);
    expect(await boardDays(leadId)).toEqual(days);
    expect(await clocksOf(leadId)).toHaveLength(2);
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
    await readLead(plain, { leadId, tipsPage: 1, at: at() }, officer);
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
