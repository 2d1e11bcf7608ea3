import { beforeAll, describe, expect, it } from "vitest";
import { loader as audit } from "~/routes/staff.audit";
import { action, loader } from "~/routes/staff.people";
import type { StaffActor } from "~server/staff-auth/actor";
import { EVENTS_A_LIST } from "~server/audit/list-events.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { call, type Answer } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let administrator: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  administrator = await makePerson(portal, "leading-office", ["administrator"], { name: "管理员甲" });
  auditor = await makePerson(portal, "finance", ["auditor"], { name: "审计乙" });
});

const people = (form: Record<string, string | string[]>, actor = administrator): Promise<Answer> =>
  call(action, { portal, actor, url: "/staff/people", form });

const invite = {
  intent: "invite",
  displayName: "李四",
  agencyId: "jinhua.police",
  roles: ["agency_officer", "agency_verifier"],
};

describe("the people page", () => {
  it("invites and answers the one-time link once, in no URL and on no later page", async () => {
    const done = await people(invite);
    expect(done).toMatchObject({ status: 200, body: { kind: "link", name: "李四" }, location: null });
    const link = String(done.field("link"));
    expect(new URL(link).hash).toHaveLength(44);
    const page = await call(loader, { portal, actor: administrator, url: "/staff/people" });
    expect(page.text).toContain("李四");
    expect(page.text).not.toContain(new URL(link).hash);
  });

  it.each<[Record<string, string | string[]>, Record<string, string>]>([
    [{ displayName: " " }, { displayName: "needsName" }],
    [{ displayName: "长".repeat(61) }, { displayName: "needsName" }],
    [{ agencyId: "" }, { agencyId: "chooseAgency" }],
    [{ roles: [] }, { roles: "chooseRole" }],
    [{ roles: ["emperor"] }, { roles: "chooseRole" }],
  ])("keeps a refused invitation and names the field: %j", async (over, errors) => {
    expect(await people({ ...invite, ...over })).toMatchObject({
      status: 400,
      body: { kind: "failed", state: { errors } },
    });
  });

  it("says plainly that an administrator takes no finance role, and gives none", async () => {
    const second = await makePerson(portal, "leading-office", ["administrator"]);
    const refused = await people({ intent: "grant", staffId: second.id, role: "finance_approver" });
    expect(refused).toMatchObject({
      status: 409,
      body: { staffId: second.id, refusal: expect.stringContaining("不能兼任财务") as unknown },
    });
    expect(await people({ ...invite, roles: ["administrator", "cashier"] })).toMatchObject({ status: 409 });
  });

  it("grants, revokes, suspends and reinstates; a role held or not held is refused", async () => {
    const person = await makePerson(portal, "police", ["agency_officer"]);
    const change = (intent: string, role = "agency_verifier") => people({ intent, staffId: person.id, role });
    expect((await change("grant")).location).toBe("/staff/people?done=granted");
    expect((await change("grant")).status).toBe(409);
    expect((await change("revoke")).location).toBe("/staff/people?done=revoked");
    expect((await change("revoke")).status).toBe(409);
    expect((await change("suspend")).location).toBe("/staff/people?done=suspended");
    expect((await change("link")).status).toBe(409);
    expect((await change("reinstate")).location).toBe("/staff/people?done=reinstated");
    expect((await change("link")).body).toMatchObject({ kind: "link" });
  });

  it("refuses one's own row, a demo session, and anyone but an administrator", async () => {
    const own = { intent: "suspend", staffId: administrator.id };
    expect(await people(own)).toMatchObject({ status: 409 });
    expect(await people(invite, { ...administrator, method: "demo" })).toMatchObject({ status: 403 });
    expect((await people(invite, auditor)).status).toBe(404);
    const officer = await makePerson(portal, "police", ["agency_officer"]);
    expect((await call(loader, { portal, actor: officer, url: "/staff/people" })).status).toBe(404);
  });
});

describe("the list of events", () => {
  const events = (search: string, actor: StaffActor) =>
    call(audit, { portal, actor, url: `/staff/audit${search}` });
  type Listed = {
    action: string;
    seq: string;
    leadNumber: number | null;
    at: Date | null;
    actor: { kind: string };
  }[];
  const listed = (answer: Answer) => answer.field("events") as Listed;

  it("shows an administrator events about people alone, and an auditor all of them", async () => {
    await sendReport(portal);
    expect(listed(await events("", administrator)).every(({ action: one }) => one.startsWith("staff."))).toBe(
      true,
    );
    expect(listed(await events("?action=tip.received", administrator))).toEqual([]);
    const [received] = listed(await events("?action=tip.received", auditor));
    expect(received).toMatchObject({ actor: { kind: "reporter" }, at: null });
  });

  it("narrows by person and by lead, and reads a wild card as a letter", async () => {
    const byName = listed(await events(`?person=${encodeURIComponent("管理员甲")}`, auditor));
    expect(byName.length).toBeGreaterThan(0);
    expect(listed(await events("?person=%25", auditor))).toEqual([]);
    const { leadId } = await sendReport(portal);
    const { rows } = await portal.db.pool.query<{ number: string }>(
      "select number from leads where id = $1",
      [leadId],
    );
    const number = Number(rows[0]?.number);
    const onLead = listed(await events(`?lead=${number}`, auditor));
    expect(onLead.map(({ leadNumber }) => leadNumber)).toEqual([number]);
    expect(listed(await events("?lead=999999", auditor))).toEqual([]);
  });

  it("pages by the last event shown, without gap or repeat", async () => {
    for (let sent = 0; sent < EVENTS_A_LIST; sent += 1) await sendReport(portal);
    const first = await events("?action=tip.received", auditor);
    const second = await events(`?action=tip.received&before=${String(first.field("older"))}`, auditor);
    const seqs = [...listed(first), ...listed(second)].map(({ seq }) => Number(seq));
    expect(listed(first)).toHaveLength(EVENTS_A_LIST);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
    const { rows } = await portal.db.pool.query<{ n: number }>(
      "select count(*)::int as n from events where action = 'tip.received'",
    );
    expect(seqs).toHaveLength(rows[0]?.n ?? 0);
    expect(second.field("older")).toBeNull();
  });

  it("is a 404 to anyone else", async () => {
    const officer = await makePerson(portal, "police", ["triage_officer"]);
    expect((await events("", officer)).status).toBe(404);
  });
});

it.each([
  [loader, "/staff/people?search=%00"],
  [audit, "/staff/audit?person=%00"],
  [audit, "/staff/audit?action=%00"],
])("a NUL in a search is no search", async (page, url) => {
  const actor = page === audit ? auditor : administrator;
  expect(await call(page, { portal, actor, url })).toMatchObject({ status: 200 });
});

it("a NUL in an invited person's name is left out", async () => {
  expect(await people({ ...invite, displayName: "赵\u0000六" })).toMatchObject({
    status: 200,
    body: { kind: "link", name: "赵六" },
  });
});
