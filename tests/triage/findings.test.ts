import { beforeAll, describe, expect, it } from "vitest";
import { recordFinding, type FindingInput } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
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

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  officer = await makePerson(portal, "banking-regulation", ["agency_officer", "agency_verifier"]);
  verifier = await makePerson(portal, "banking-regulation", ["agency_verifier"]);
  helper = await makePerson(portal, "police", ["agency_officer", "agency_verifier"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer", "agency_verifier"]);
});

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
