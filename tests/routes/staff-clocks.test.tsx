import { beforeAll, describe, expect, it } from "vitest";
import * as alerts from "~/routes/staff.alerts";
import * as calendar from "~/routes/staff.calendar";
import * as deadlines from "~/routes/staff.deadlines";
import * as csv from "~/routes/staff.deadlines_.csv";
import * as clocks from "~/routes/staff.leads.$leadId_.clocks";
import * as plan from "~/routes/staff.plan";
import type { StaffActor } from "~server/staff-auth/actor";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { TestPortal } from "~tests/setup/test-portal";
import { dispatchedLead, openClockDesk, type ClockDesk } from "../clocks/clock-desk";

const test = testDatabase();
let desk: ClockDesk;
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;

beforeAll(async () => {
  desk = await openClockDesk(test);
  ({ portal, triage, officer } = desk);
});

const get = (module: { loader: unknown }, url: string, actor: StaffActor, params = {}) =>
  call(module.loader as never, { portal, actor, url, params });
const post = (
  module: { action: unknown },
  url: string,
  actor: StaffActor,
  form: Record<string, string>,
  params = {},
) => call(module.action as never, { portal, actor, url, params, form });

describe("forms of clocks, 督办, calendar and plan", () => {
  it("keep what was typed where something is missing, and come back to a page that says what was done", async () => {
    const { leadId } = await dispatchedLead(desk);
    portal.clock.set("2026-04-08T02:00:00Z");
    const agencyId = officer.agencyId;
    const short = await post(deadlines, "/staff/deadlines", triage, {
      intent: "supervise",
      leadId,
      agencyId,
      clock: "handle",
      note: "x",
    });
    expect(short).toMatchObject({
      status: 400,
      body: {
        form: `supervise-${leadId}-${agencyId}-handle`,
        state: { values: { note: "x" }, errors: { note: "needsDemand" } },
      },
    });
    const form = { intent: "supervise", leadId, agencyId, clock: "accept", note: "请说明情况" };
    expect((await post(deadlines, "/staff/deadlines", triage, form)).location).toBe(
      "/staff/deadlines?done=issued",
    );
    expect((await post(deadlines, "/staff/deadlines", triage, form)).status).toBe(409);
    const page = await get(deadlines, "/staff/deadlines?page=-1&agency=%00", triage);
    expect(page.status).toBe(200);
    expect((page.field("late") as unknown[]).length).toBe(1);
    expect((await get(csv, "/staff/deadlines/csv", triage)).text).toContain(
      "国家金融监督管理总局金华监管分局",
    );
    expect((await get(csv, "/staff/deadlines/csv", officer)).status).toBe(404);

    const view = await get(clocks, "/", officer, { leadId });
    const clockId = (view.field("extendable") as { clockId: string }[])[0]?.clockId ?? "";
    const here = `/staff/leads/${leadId}/clocks`;
    const empty = await post(clocks, here, officer, { intent: "extension", clockId, reason: "" }, { leadId });
    expect(empty).toMatchObject({ status: 400, body: { state: { errors: { reason: "needsWhy" } } } });
    const asked = await post(
      clocks,
      here,
      officer,
      { intent: "extension", clockId, reason: "案情复杂" },
      { leadId },
    );
    expect(asked.location).toBe(`${here}?done=asked`);
    const extensions = (await get(clocks, here, triage, { leadId })).field("extensions") as {
      id: string;
      own: boolean;
    }[];
    expect(extensions[0]?.own).toBe(false);
    const decide = { intent: "decide", extensionId: extensions[0]?.id ?? "", outcome: "granted" };
    expect((await post(clocks, here, officer, decide, { leadId })).status).toBe(403);
    expect((await post(clocks, here, triage, decide, { leadId })).location).toBe(`${here}?done=granted`);
    expect((await get(clocks, here, desk.stranger, { leadId })).status).toBe(404);
    expect((await post(clocks, here, desk.stranger, decide, { leadId })).status).toBe(404);
  });

  it.each([
    [{ off: "" }, "off"],
    [{ off: "2027-02-30" }, "off"],
    [{ off: "2026-12-31" }, "off"],
    [{ off: "2027-02-11 至 2027-02-05" }, "off"],
    // A make-up day falls on a weekend, and on no day off.
    [{ work: "2027-01-04" }, "work"],
    [{ off: "2027-01-02", work: "2027-01-02" }, "work"],
    [{ year: "1999" }, "year"],
    [{ document: "无" }, "document"],
  ])("refuse a calendar list that cannot be: %j", async (over, field) => {
    const typed = { year: "2027", document: "国办发明电〔2026〕7号", off: "2027-01-01", work: "", ...over };
    const answer = await post(calendar, "/staff/calendar", desk.administrator, typed);
    expect(answer).toMatchObject({ status: 400, body: { state: { values: typed } } });
    expect(Object.keys((answer.field("state") as { errors: object }).errors)).toEqual([field]);
  });

  it("take a list as the notice prints it, full-width signs and spans included", async () => {
    const typed = {
      year: "２０２７",
      document: "国办发明电〔2026〕7号",
      off: "2027-01-01 至 2027-01-03\r\n2027-02-05到2027-02-11\n",
      work: "2027-01-30",
    };
    expect((await post(calendar, "/staff/calendar", desk.administrator, typed)).location).toMatch(
      /^\/staff\/calendar\?moved=\d+$/,
    );
    const years = (await get(calendar, "/staff/calendar", officer)).field("years") as {
      year: number;
      off: string[];
    }[];
    expect(years[0]).toMatchObject({ year: 2027, work: ["2027-01-30"] });
    expect(years[0]?.off).toHaveLength(10);
  });

  it("open a round, record a body's state and refuse days that do not exist", async () => {
    expect(
      (await post(plan, "/staff/plan", triage, { intent: "round", title: "", years: "10" })).status,
    ).toBe(400);
    expect(
      (await post(plan, "/staff/plan", triage, { intent: "round", title: "本轮", years: "10" })).location,
    ).toBe("/staff/plan?done=opened");
    const [phase] = (await get(plan, "/staff/plan", triage)).field("phases") as { id: string }[];
    const state = {
      intent: "state",
      deadlineId: phase?.id ?? "",
      agencyId: officer.agencyId,
      state: "done",
      stateOn: "2026-02-30",
      note: "",
    };
    expect((await post(plan, "/staff/plan", triage, state)).status).toBe(400);
    expect((await post(plan, "/staff/plan", triage, { ...state, stateOn: "2026-03-02" })).location).toContain(
      "done=recorded",
    );
    expect((await post(plan, "/staff/plan", triage, { intent: "end" })).location).toBe(
      "/staff/plan?done=ended",
    );
    expect((await get(alerts, "/staff/alerts", triage)).status).toBe(200);
    expect((await post(alerts, "/staff/alerts", triage, { alertId: "x", note: "" })).status).toBe(400);
  });
});
