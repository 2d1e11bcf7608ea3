import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { findingRights } from "~server/findings/present-finding.server";
import { recordFinding, type FindingInput } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
import { readLead } from "~server/triage/read-lead.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadAt, leadRow, makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let officer: StaffActor;
let verifier: StaffActor;
let helper: StaffActor;
let stranger: StaffActor;
let triage: StaffActor;
let colleague: StaffActor;
/** As the server connects. */
let plain: Database;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  plain = openDatabase(test.applicationUrl, { max: 2 });
  officer = await makePerson(portal, "banking-regulation", ["agency_officer", "agency_verifier"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
  helper = await makePerson(portal, "police", ["agency_officer", "agency_verifier"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer", "agency_verifier"]);
});

afterAll(() => plain.pool.end());

const held = (stage: "dispatched" | "investigating") =>
  leadAt(portal, stage, [
    { agency: "banking-regulation", relation: "lead" },
    { agency: "police", relation: "cooperating" },
  ]);

const record = (leadId: string, actor = officer, over: Partial<FindingInput> = {}) =>
  recordFinding(
    portal.db,
    {
      leadId,
      entityClass: "ban",
      illegalAmountFen: 1_000_000_00n,
      penaltyFen: null,
      illegalGainsFen: null,
      collectedFen: null,
      decisionNumber: "金处〔2026〕1号",
      decidedOn: "2026-03-01",
      isFinal: true,
      at: portal.clock.now(),
      ...over,
    },
    actor,
  );

const verify = (
  findingId: string,
  actor = verifier,
  outcome: "verified" | "rejected" = "verified",
  reason: string | null = null,
) => verifyFinding(portal.db, { findingId, outcome, reason, at: portal.clock.now() }, actor);

describe("a finding", () => {
  it("counts once a second person has verified it, and then moves the lead to 认定", async () => {
    const leadId = await held("investigating");
    const { findingId } = await record(leadId);
    expect((await leadRow(portal, leadId)).stage).toBe("investigating");
    await verify(findingId);
    expect((await leadRow(portal, leadId)).stage).toBe("determined");
  });

  it("is never verified by who recorded it, in code and in the database", async () => {
    const { findingId } = await record(await held("investigating"));
    expect(await refusalOf(verify(findingId, officer))).toBe("own_finding");
    const forged = portal.db.pool.query(
      "update findings set status = 'verified', verified_by = recorded_by, verified_at = now() where id = $1",
      [findingId],
    );
    expect(await refusedBy(forged)).toBe("findings_two_people_ck");
  });

  it("is verified once when two verifiers race", async () => {
    const leadId = await held("investigating");
    const { findingId } = await record(leadId);
    const second = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
    const outcomes = await Promise.all([verifier, second].map((who) => refusalOf(verify(findingId, who))));
    expect(outcomes.sort()).toEqual(["accepted", "finding_settled"]);
  });

  it("sent twice, or from a page of before another one, takes no other's place unread", async () => {
    const leadId = await held("investigating");
    const twice = await Promise.all([
      refusalOf(record(leadId, officer, { seen: 0 })),
      refusalOf(record(leadId, officer, { seen: 0 })),
    ]);
    expect(twice.sort()).toEqual(["accepted", "stale_finding"]);
    const { rows } = await portal.db.pool.query<{ id: string }>(
      "select id from findings where lead_id = $1",
      [leadId],
    );
    expect(rows).toHaveLength(1);
    await verify(rows[0]?.id ?? "");
    expect(await refusalOf(record(leadId, officer, { seen: 0 }))).toBe("stale_finding");
    expect(await refusalOf(record(leadId, officer, { seen: 1 }))).toBe("accepted");
  });

  it("is not verified once its lead was closed on other grounds", async () => {
    const leadId = await held("investigating");
    const { findingId } = await record(leadId);
    await portal.db.pool.query(
      "update leads set stage = 'closed', closure_code = 'unsubstantiated', closed_at = now() where id = $1",
      [leadId],
    );
    expect(await refusalOf(verify(findingId))).toBe("not_investigating");
  });

  it("sent back needs a reason, and a new version replaces it", async () => {
    const leadId = await held("investigating");
    const { findingId } = await record(leadId);
    expect(await refusalOf(verify(findingId, verifier, "rejected"))).toBe("needs_reason");
    await verify(findingId, verifier, "rejected", "金额与文书不符");
    expect((await leadRow(portal, leadId)).stage).toBe("investigating");
    expect((await record(leadId)).version).toBe(2);
  });

  it("is recorded by the lead body alone, while it investigates, and not with tomorrow's date", async () => {
    const leadId = await held("investigating");
    expect(await refusalOf(record(leadId, helper))).toBe("not_your_lead");
    expect(await refusalOf(record(leadId, verifier))).toBe("not_your_lead");
    expect(await refusalOf(record(leadId, stranger))).toBe("not_found");
    expect(await refusalOf(record(leadId, officer, { decidedOn: "2026-03-03" }))).toBe("decided_in_future");
    expect(await refusalOf(record(await held("dispatched")))).toBe("not_investigating");
  });

  it("is verified by the lead body alone", async () => {
    const { findingId } = await record(await held("investigating"));
    expect(await refusalOf(verify(findingId, helper))).toBe("not_a_verifier");
    expect(await refusalOf(verify(findingId, stranger))).toBe("not_found");
    expect(await refusalOf(verify("no-id"))).toBe("not_found");
  });
});

describe("a finding of a body without accounts", () => {
  const unmanned = () =>
    leadAt(portal, "investigating", [{ agency: "development-reform", relation: "lead" }]);
  const views = async (leadId: string, actor: StaffActor) =>
    findingRights(
      await readLead(portal.db, { leadId, tipsPage: null, at: portal.clock.now() }, actor),
      actor,
    );

  it("is entered by one triage officer from the body's letter, verified by another, and can be rewarded", async () => {
    const leadId = await unmanned();
    expect(await views(leadId, triage)).toMatchObject({ mayRecord: true, toVerify: null, forBody: true });
    const { findingId } = await record(leadId, triage, { decisionNumber: "金发改函〔2026〕9号" });
    expect(await refusalOf(verify(findingId, triage))).toBe("own_finding");
    expect(await views(leadId, triage)).toMatchObject({ own: true, toVerify: null });
    expect(await views(leadId, colleague)).toMatchObject({ own: false, toVerify: findingId });
    await verify(findingId, colleague);
    expect((await leadRow(portal, leadId)).stage).toBe("determined");
    const { rows } = await portal.db.pool.query("select lead_id from rewardable_leads where lead_id = $1", [
      leadId,
    ]);
    expect(rows).toHaveLength(1);
    // A later letter is a new version, as everybody's.
    expect((await record(leadId, colleague)).version).toBe(2);
  });

  it("sent back by the second names what to mend", async () => {
    const leadId = await unmanned();
    const { findingId } = await record(leadId, triage);
    await verify(findingId, colleague, "rejected", "金额与来函不符");
    expect((await leadRow(portal, leadId)).stage).toBe("investigating");
    expect((await record(leadId, triage)).version).toBe(2);
  });

  it("is the body's own affair once somebody there has an account", async () => {
    const leadId = await held("investigating");
    expect(await refusalOf(record(leadId, triage))).toBe("not_your_lead");
    const { findingId } = await record(leadId);
    expect(await refusalOf(verify(findingId, triage))).toBe("not_a_verifier");
    expect(await views(leadId, triage)).toMatchObject({ mayRecord: false, toVerify: null, forBody: false });
  });

  it("takes two people whatever a query says, and so does every other", async () => {
    const insert = (
      leadId: string,
      by: StaffActor,
      actor: StaffActor,
      status = "recorded",
      second: string | null = null,
    ) =>
      refusedBy(
        withActor(plain, actor, (tx) =>
          tx.execute(sql`insert into findings (id, lead_id, version, status, entity_class, decision_number, decided_on, is_final,
            recorded_by, recorded_at, verified_by, verified_at) values (${uuidv7()}, ${leadId}, 1, ${status}, 'ban', '一号',
            '2026-03-01', true, ${by.id}, now(), ${second}, ${second === null ? null : "2026-03-02"})`),
        ),
      );
    const settle = (findingId: string, by: StaffActor, actor: StaffActor) =>
      refusedBy(
        withActor(plain, actor, (tx) =>
          tx.execute(sql`update findings set status = 'verified', verified_by = ${by.id}, verified_at = now()
            where id = ${findingId}`),
        ),
      );
    const leadId = await unmanned();
    expect(await insert(leadId, colleague, triage)).toBe("42501");
    expect(await insert(leadId, triage, triage, "verified", colleague.id)).toBe("42501");
    expect(await insert(await held("investigating"), triage, triage)).toBe("42501");
    const { findingId } = await record(leadId, triage);
    expect(await settle(findingId, triage, triage)).toBe("findings_two_people_ck");
    expect(await settle(findingId, colleague, triage)).toBe("42501");
    expect(await settle(findingId, colleague, colleague)).toBe("accepted");
    const own = await record(await held("investigating"));
    expect(await settle(own.findingId, verifier, officer)).toBe("42501");
    // Of a body with accounts triage changes no row at all.
    await settle(own.findingId, colleague, colleague);
    const { rows } = await portal.db.pool.query("select status from findings where id = $1", [own.findingId]);
    expect(rows).toEqual([{ status: "recorded" }]);
  });
});
