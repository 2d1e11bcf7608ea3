import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { fixedClock } from "~server/clock";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { requestLimit, settleLimit } from "~server/rewards/limit-approver.server";
import { acceptDeputy, endDeputy, nameDeputy } from "~server/rewards/name-deputy.server";
import { readAward } from "~server/rewards/read-award.server";
import { signingAt } from "~server/rewards/signing.server";
import { startApproval } from "~server/rewards/start-approval.server";
import {
  CLOCK,
  SIGNING,
  TODAY,
  approveTo,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { inTransaction } from "~tests/ledger/raw-posting";
import { buildStep, insertStep, type RawStep } from "~tests/ledger/raw-step";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
const AMOUNT = 4_999_500n;
let desk: Desk;
let second: TestPerson;

beforeAll(async () => {
  desk = await makeDesk(test.db, 10_000_000_000n);
  second = await makeStaff(test.db, ["finance_approver"]);
});

const sign = (person: TestPerson, awardId: string, action: ApprovalAction, signing = SIGNING) =>
  signAs(test.db, person, awardId, action, signing);

const refused = (person: TestPerson, awardId: string, action: ApprovalAction, signing = SIGNING) =>
  refusalOf(sign(person, awardId, action, signing));

describe("deputies", () => {
  const DAYS = { fromOn: TODAY, untilOn: "2026-06-07" };
  const at = (day: string) => signingAt(SIGNING.origin, fixedClock(`${day}T02:00:00Z`));

  async function agree(absent: TestPerson, deputy: TestPerson, days = DAYS): Promise<string> {
    const role = absent.actor.roles[0] as "finance_approver";
    const input = { deputyId: deputy.actor.id, role, ...days };
    const { delegationId } = await nameDeputy(test.db, input, absent.actor, CLOCK);
    await acceptDeputy(test.db, { delegationId }, deputy.actor, CLOCK);
    return delegationId;
  }

  it("sign for the absent within the days, say so, and it verifies from stored data", async () => {
    const absent = await makeStaff(test.db, ["finance_approver"]);
    const deputy = await makeStaff(test.db, ["finance_reviewer"]);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const input = { deputyId: deputy.actor.id, role: "finance_approver" as const, ...DAYS };
    const { delegationId } = await nameDeputy(test.db, input, absent.actor, CLOCK);
    expect(await refused(deputy, award.awardId, "approve")).toBe("wrong_role");
    expect(await refusalOf(acceptDeputy(test.db, { delegationId }, second.actor, CLOCK))).toBe("not_found");
    await acceptDeputy(test.db, { delegationId }, deputy.actor, CLOCK);
    expect(await refusalOf(nameDeputy(test.db, input, absent.actor, CLOCK))).toBe("delegation_exists");
    expect(await refused(deputy, award.awardId, "approve", at("2026-06-08"))).toBe("wrong_role");
    expect(await sign(deputy, award.awardId, "approve", at("2026-06-07"))).toBe("approved");
    const page = await readAward(test.db, award, desk.approver.actor, CLOCK);
    expect(page.approvals[2]).toMatchObject({ actorId: deputy.actor.id, role: "finance_approver" });
    expect(page.approvals[2]?.onBehalfOf).not.toBeNull();
    // Days that are over make room for the next deputy.
    const later = { fromOn: "2026-06-20", untilOn: "2026-06-20" };
    const next = { ...input, ...later };
    await nameDeputy(test.db, next, absent.actor, fixedClock("2026-06-20T02:00:00Z"));
  });

  it("whom the absent person's other hats keep away, their deputy is kept away too", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "prepared");
    const both = await makeStaff(test.db, ["finance_approver", "finance_reviewer"]);
    const deputy = await makeStaff(test.db, ["finance_preparer"]);
    await sign(both, award.awardId, "review");
    await agree(both, deputy);
    expect(await refused(deputy, award.awardId, "approve")).toBe("principal_signed");
    const found = await makeAward(test.db, desk);
    await approveTo(test.db, desk, found.awardId, "reviewed");
    const { verifier } = found.finding;
    await test.db.pool.query(
      "insert into staff_roles (id, staff_id, role) values ($1, $2, 'finance_approver')",
      [uuidv7(), verifier.actor.id],
    );
    const hat = { ...verifier, actor: { ...verifier.actor, roles: ["finance_approver" as const] } };
    const other = await makeStaff(test.db, ["finance_preparer"]);
    const delegation = await agree(hat, other);
    expect(await refused(other, found.awardId, "approve")).toBe("principal_apart");
    const { rows } = await test.db.pool.query<{ hash: Buffer; body: string; grant: string }>(
      'select hash, body, role_grant_id as "grant" from approval_delegations where id = $1',
      [delegation],
    );
    const [row] = rows;
    const nonce = `AAAAAAAAAAAAAAAAAAAAAA~${row?.hash.toString("hex")}`;
    const step = await buildStep(test.db.pool, found.awardId, other, "approve", { nonce });
    const under = {
      ...step,
      delegation_id: delegation,
      role_grant_id: row?.grant,
      role_grant_snapshot: {
        id: row?.grant,
        staffId: verifier.actor.id,
        role: "finance_approver",
        delegation: { body: row?.body },
      },
    };
    const insert = (more: object) =>
      refusedBy(
        inTransaction(test.db.pool, (client) =>
          insertStep(client, { ...under, ...more } as unknown as RawStep, found.awardId, "approved"),
        ),
      );
    expect(await insert({ signed_at: "2026-06-02T02:00:00Z" })).toBe("approval_steps_finding_apart");
    expect(await insert({ signed_at: "2026-06-08T02:00:00Z" })).toBe("approval_steps_delegation");
    expect(await insert({ delegation_id: null })).toBe("approval_steps_role");
    // The verifier is no deputy either.
    const absent = await makeStaff(test.db, ["finance_approver"]);
    await agree(absent, hat);
    expect(await refused(hat, found.awardId, "approve")).toBe("finding_apart");
  });

  it("is ended by either or an administrator, or with the grant; also between question and answer", async () => {
    const absent = await makeStaff(test.db, ["finance_approver"]);
    const deputy = await makeStaff(test.db, ["finance_reviewer"]);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const delegationId = await agree(absent, deputy);
    const started = await startApproval(
      test.db,
      { awardId: award.awardId, action: "approve" },
      deputy.actor,
      SIGNING,
    );
    expect(started.signedBody).toContain("~");
    expect(await refusalOf(endDeputy(test.db, { delegationId }, second.actor, CLOCK))).toBe("not_found");
    const administrator = await makeStaff(test.db, ["administrator"]);
    const [ended, signed] = await Promise.all([
      refusalOf(endDeputy(test.db, { delegationId }, administrator.actor, CLOCK)),
      refused(deputy, award.awardId, "approve"),
    ]);
    expect(ended).toBe("accepted");
    expect(["accepted", "wrong_role", "award_moved"]).toContain(signed);
    const other = await makeAward(test.db, desk);
    await approveTo(test.db, desk, other.awardId, "reviewed");
    expect(await refused(deputy, other.awardId, "approve")).toBe("wrong_role");
    const again = await agree(absent, deputy);
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [
      absent.actor.id,
    ]);
    expect(await refused(deputy, other.awardId, "approve")).toBe("wrong_role");
    expect(await refusalOf(acceptDeputy(test.db, { delegationId: again }, deputy.actor, CLOCK))).toBe(
      "delegation_over",
    );
  });

  it("is nobody without a finance role, nor a cashier, nor oneself; and days have an end", async () => {
    const name = (deputyId: string, days: object = {}) =>
      refusalOf(
        nameDeputy(test.db, { deputyId, role: "finance_approver", ...DAYS, ...days }, second.actor, CLOCK),
      );
    for (const roles of [["triage_officer"], ["cashier"], ["finance_preparer", "cashier"]] as const)
      expect(await name((await makeStaff(test.db, roles)).actor.id)).toBe("deputy_unsuitable");
    expect(await name(second.actor.id)).toBe("deputy_unsuitable");
    const deputy = desk.preparer.actor.id;
    for (const days of [{ fromOn: "2026-05-31" }, { untilOn: "2026-05-31" }, { untilOn: "2026-09-30" }])
      expect(await name(deputy, days)).toBe("delegation_dates");
  });

  it("a deputy who is an approver too is bound by the lower limit", async () => {
    const [one, other] = [
      await makeStaff(test.db, ["administrator"]),
      await makeStaff(test.db, ["administrator"]),
    ];
    const absent = await makeStaff(test.db, ["finance_approver"]);
    const deputy = await makeStaff(test.db, ["finance_reviewer"]);
    await agree(absent, deputy);
    const { limitId } = await requestLimit(
      test.db,
      { staffId: absent.actor.id, limitFen: AMOUNT - 1n },
      one.actor,
      CLOCK,
    );
    await settleLimit(test.db, { limitId, outcome: "granted" }, other.actor, CLOCK);
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    expect(await refused(deputy, award.awardId, "approve")).toBe("over_limit");
  });
});

it("all of it verifies from stored data alone", async () => {
  const verdict = await verifyLedger(test.db);
  expect(verdict.faults).toEqual([]);
});
