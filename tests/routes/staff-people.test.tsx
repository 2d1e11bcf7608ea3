import { beforeAll, describe, expect, it } from "vitest";
import { inviteSchema, subjectOf } from "~/forms/people";
import type { StepUpRequest } from "~/forms/step-up";
import { loader as audit } from "~/routes/staff.audit";
import { action, loader } from "~/routes/staff.people";
import type { StaffActor } from "~server/staff-auth/actor";
import { EVENTS_A_LIST } from "~server/audit/list-events.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call, type Answer } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let administrator: StaffActor;
let me: { actor: StaffActor; key: SoftwareAuthenticator };
let second: { actor: StaffActor; key: SoftwareAuthenticator };
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  administrator = await makePerson(portal, "leading-office", ["administrator"], { name: "管理员甲" });
  me = { actor: administrator, key: await enrolPasskey(portal, administrator) };
  const other = await makePerson(portal, "leading-office", ["administrator"], { name: "管理员戊" });
  second = { actor: other, key: await enrolPasskey(portal, other) };
  auditor = await makePerson(portal, "finance", ["auditor"], { name: "审计乙" });
});

const people = (form: Record<string, string | string[]>, actor = administrator): Promise<Answer> =>
  call(action, { portal, actor, url: "/staff/people", form });

/** The same with the administrator's passkey, bound to what the page would bind it to. */
async function sure(form: Form, by: { actor: StaffActor; key: SoftwareAuthenticator } = me): Promise<Answer> {
  return people({ ...form, stepUp: await stepUpProof(portal, by, boundTo(form)) }, by.actor);
}

async function boundTo(form: Form): Promise<StepUpRequest> {
  const intent = form.intent as keyof typeof subjectOf;
  // As the browser reads it before it asks.
  if (intent === "invite") return subjectOf.invite(inviteSchema.parse(form));
  return subjectOf[intent](form as never);
}

type Form = Record<string, string | string[]>;

const invite = {
  intent: "invite",
  displayName: "李四",
  agencyId: "jinhua.police",
  roles: ["agency_officer", "agency_verifier"],
};

describe("the people page", () => {
  it("invites and answers the one-time link once, in no URL and on no later page", async () => {
    const done = await sure(invite);
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
  ])("keeps a refused invitation and names the field, before any passkey: %j", async (over, errors) => {
    expect(await people({ ...invite, ...over })).toMatchObject({
      status: 400,
      body: { kind: "failed", state: { errors } },
    });
  });

  it("says plainly that an administrator takes no finance role, and gives none", async () => {
    const second = await makePerson(portal, "leading-office", ["administrator"]);
    const refused = await sure({ intent: "grant", staffId: second.id, role: "finance_approver" });
    expect(refused).toMatchObject({
      status: 409,
      body: { staffId: second.id, refusal: expect.stringContaining("不能兼任财务") as unknown },
    });
    expect(await sure({ ...invite, roles: ["administrator", "cashier"] })).toMatchObject({ status: 409 });
  });

  it("grants, revokes, suspends and reinstates; a role held or not held is refused", async () => {
    const person = await makePerson(portal, "police", ["agency_officer"]);
    const change = (intent: string, role = "agency_verifier") => sure({ intent, staffId: person.id, role });
    expect((await change("grant")).location).toBe("/staff/people?done=granted");
    expect((await change("grant")).status).toBe(409);
    expect((await change("revoke")).location).toBe("/staff/people?done=revoked");
    expect((await change("revoke")).status).toBe(409);
    expect((await change("suspend")).location).toBe("/staff/people?done=suspended");
    expect((await change("link")).status).toBe(409);
    expect((await change("reinstate")).location).toBe("/staff/people?done=reinstated");
    expect((await change("link")).body).toMatchObject({ kind: "link" });
  });

  it("asks for a finance role, shows who asked, and gives it on the second administrator's word", async () => {
    const person = await makePerson(portal, "finance", ["agency_officer"], { name: "待定丙" });
    const asked = await sure({ intent: "grant", staffId: person.id, role: "cashier" });
    expect(asked.location).toBe("/staff/people?done=requested");
    const page = await call(loader, { portal, actor: auditor, url: "/staff/people" });
    const requests = page.field("requests") as { id: string; staffId: string; requestedBy: unknown }[];
    const request = requests.find(({ staffId }) => staffId === person.id);
    expect(request).toMatchObject({
      requestedBy: { id: administrator.id, name: "管理员甲" },
      role: "cashier",
    });
    const answer = { intent: "confirm", requestId: request?.id ?? "", staffId: person.id, role: "cashier" };
    expect(await sure(answer)).toMatchObject({ status: 409, body: { intent: "confirm" } });
    expect(await people(answer, second.actor)).toMatchObject({ status: 403 });
    // The passkey confirms the request that is shown, and no other.
    const elsewhere = await makePerson(portal, "finance", []);
    expect((await sure({ ...answer, staffId: elsewhere.id }, second)).status).toBe(404);
    expect((await sure(answer, second)).location).toBe("/staff/people?done=confirmed");
    expect((await sure(answer, second)).status).toBe(409);
    await sure({ intent: "grant", staffId: person.id, role: "window_clerk" });
    const again = await call(loader, { portal, actor: second.actor, url: "/staff/people" });
    const [open] = again.field("requests") as { id: string }[];
    const no = { intent: "refuse", requestId: open?.id ?? "", staffId: person.id, role: "window_clerk" };
    expect((await people(no, second.actor)).location).toBe("/staff/people?done=refused");
  });

  it("takes another's passkey out of use", async () => {
    const person = await makePerson(portal, "police", ["agency_officer"], { name: "失钥丁" });
    await enrolPasskey(portal, person);
    const page = await call(loader, { portal, actor: administrator, url: "/staff/people?search=失钥丁" });
    const [found] = page.field("people") as { passkeys: { id: string }[] }[];
    const form = { intent: "revokePasskey", staffId: person.id, passkeyId: found?.passkeys[0]?.id ?? "" };
    expect((await sure(form)).location).toBe("/staff/people?done=passkeyRevoked");
  });

  it("refuses one's own row, a demo session, and anyone but an administrator", async () => {
    const own = { intent: "suspend", staffId: administrator.id };
    expect(await sure(own)).toMatchObject({ status: 409 });
    expect(await people(invite, { ...administrator, method: "demo" })).toMatchObject({ status: 403 });
    expect((await people(invite, auditor)).status).toBe(404);
    const officer = await makePerson(portal, "police", ["agency_officer"]);
    expect((await call(loader, { portal, actor: officer, url: "/staff/people" })).status).toBe(404);
  });
});

describe("the passkey asked for each act on people", () => {
  const forms = async (): Promise<[string, Form][]> => {
    const person = await makePerson(portal, "police", ["agency_officer"]);
    await enrolPasskey(portal, person);
    const { rows } = await portal.db.pool.query<{ id: string }>(
      "select id from passkeys where staff_id = $1",
      [person.id],
    );
    const staffId = person.id;
    return [
      ["invite", invite],
      ["grant", { intent: "grant", staffId, role: "auditor" }],
      ["request", { intent: "grant", staffId, role: "cashier" }],
      ["revoke", { intent: "revoke", staffId, role: "agency_officer" }],
      ["link", { intent: "link", staffId }],
      ["suspend", { intent: "suspend", staffId }],
      ["reinstate", { intent: "reinstate", staffId }],
      ["revokePasskey", { intent: "revokePasskey", staffId, passkeyId: rows[0]?.id ?? "" }],
    ];
  };

  it("is needed, and neither an earlier one, one for something else, another's, nor a forged one will do", async () => {
    const changes = async () =>
      (await portal.db.pool.query("select 1 from events where action like 'staff.%' or action like 'keys.%'"))
        .rowCount;
    for (const [name, form] of await forms()) {
      const request = await boundTo(form);
      const other = { ...request, subject: `${request.subject}x` };
      const otherAct = { ...request, act: "recusal.end" as const };
      const before = await changes();
      const tries: [string, string, number][] = [
        ["none", "", 403],
        ["garbled", "{", 403],
        ["another subject's", await stepUpProof(portal, me, other), 400],
        ["another act's", await stepUpProof(portal, me, otherAct), 400],
        ["another person's", await stepUpProof(portal, second, request), 400],
        ["without the person verified", await stepUpProof(portal, me, request, { userVerified: false }), 403],
        ["another site's", await stepUpProof(portal, me, request, { origin: "https://evil.cn" }), 403],
      ];
      for (const [what, stepUp, status] of tries)
        expect([name, what, (await people({ ...form, stepUp })).status]).toEqual([name, what, status]);
      expect(await changes()).toBe(before);
      const proof = await stepUpProof(portal, me, request);
      const done = await people({ ...form, stepUp: proof });
      expect([name, done.status]).toEqual([name, done.location === null ? 200 : 302]);
      expect([name, "replayed", (await people({ ...form, stepUp: proof })).status]).toEqual([
        name,
        "replayed",
        400,
      ]);
      expect(JSON.stringify(done.body)).not.toContain("challengeId");
    }
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
  expect(await sure({ ...invite, displayName: "赵\u0000六" })).toMatchObject({
    status: 200,
    body: { kind: "link", name: "赵六" },
  });
});
