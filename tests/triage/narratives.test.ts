import { beforeAll, describe, expect, it } from "vitest";
import { loader as page } from "~/routes/staff.leads.$leadId_.narratives";
import { loader as batch } from "~/routes/staff.leads.$leadId_.narratives_.batch";
import type { SealedNarrative } from "~/staff-client/keys/desk-messages";
import type { StaffActor } from "~server/staff-auth/actor";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let leadId: string;
const tipIds: string[] = [];

const person = (agency: string, role: StaffActor["roles"][number]) => makePerson(portal, agency, [role]);
const ask = (handler: typeof page | typeof batch, actor: StaffActor, search = "") =>
  call(handler, { portal, actor, url: `/staff/leads/${leadId}/narratives${search}`, params: { leadId } });

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await person("leading-office", "triage_officer");
  const subject = { subjectKind: "site", name: "某某理财", sites: "https://one.example/", uscc: "" };
  for (let at = 0; at < 3; at += 1) {
    const sent = await sendReport(portal, { subject });
    leadId = sent.leadId;
    tipIds.push(sent.tipId);
  }
  await test.owner.query(
    `insert into lead_agencies (id, lead_id, agency_id, relation, from_at)
     values (gen_random_uuid(), $1, 'jinhua.banking-regulation', 'lead', now()),
            (gen_random_uuid(), $1, 'jinhua.market-regulation', 'cooperating', now())`,
    [leadId],
  );
});

describe("all narratives of a lead", () => {
  it("come sealed, in the order of arrival, and reading them is an event each time", async () => {
    const answer = await ask(batch, triage);
    const { narratives } = answer.body as { narratives: SealedNarrative[] };
    expect(narratives.map(({ id, rank }) => [id, rank])).toEqual(tipIds.map((id, at) => [id, at + 1]));
    expect(narratives.every(({ narrative }) => narrative.state === "sealed")).toBe(true);
    expect(answer.text).not.toContain("业务员在小区门口");
    const { rows } = await test.owner.query(
      "select data from events where action = 'tips.viewed' and subject_id = $1",
      [leadId],
    );
    expect(rows).toEqual([{ data: { firstRank: 1, tips: 3 } }]);
  });

  it("beyond the last are none, and nothing was read", async () => {
    const before = await test.owner.query("select count(*)::int as n from events");
    expect((await ask(batch, triage, "?page=1&batch=4")).body).toEqual({ narratives: [] });
    expect((await ask(page, triage, "?page=7")).body).toMatchObject({ here: 0, batches: 0, tipCount: 3 });
    expect((await test.owner.query("select count(*)::int as n from events")).rows).toEqual(before.rows);
  });

  it.each<[string, StaffActor["roles"][number], number]>([
    ["banking-regulation", "agency_officer", 200],
    ["banking-regulation", "agency_verifier", 200],
    ["market-regulation", "agency_officer", 404],
    ["police", "agency_officer", 404],
    ["finance", "auditor", 404],
    ["leading-office", "administrator", 404],
  ])("are for triage and the bodies that lead it: %s %s gets %i", async (agency, role, status) => {
    const actor = await person(agency, role);
    expect((await ask(batch, actor)).status).toBe(status);
    expect((await ask(page, actor)).status).toBe(status);
  });

  it("are not served any more to a body whose holding ended", async () => {
    const officer = await person("banking-regulation", "agency_officer");
    expect((await ask(batch, officer)).status).toBe(200);
    await test.owner.query(
      "update lead_agencies set to_at = now() where lead_id = $1 and agency_id = 'jinhua.banking-regulation'",
      [leadId],
    );
    expect((await ask(batch, officer)).status).toBe(404);
    expect((await ask(page, officer)).status).toBe(404);
  });
});
