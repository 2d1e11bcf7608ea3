import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { approveTo, makeAward, makeDesk, type Desk, type TestAward } from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { inTransaction } from "./raw-posting";
import { buildStep, insertStep, type RawStep } from "./raw-step";

const test = testDatabase();
const BECOMES = {
  prepare: "prepared",
  review: "reviewed",
  countersign: "reviewed",
  approve: "approved",
  reject: "rejected",
} as const;

let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
});

type Change = (step: RawStep) => Partial<RawStep>;

/** What refuses a step written by plain SQL as the application, after `change` tampered with it. */
async function refusal(
  award: TestAward,
  person: TestPerson,
  action: ApprovalAction,
  change: Change = () => ({}),
  signed: Parameters<typeof buildStep>[4] = {},
): Promise<string> {
  const step = await buildStep(test.db.pool, award.awardId, person, action, signed);
  return refusedBy(
    inTransaction(test.db.pool, (client) =>
      insertStep(client, { ...step, ...change(step) }, award.awardId, BECOMES[action]),
    ),
  );
}

async function awardAt(state: "drafted" | "prepared" | "reviewed"): Promise<TestAward> {
  const award = await makeAward(test.db, desk);
  if (state !== "drafted") await approveTo(test.db, desk, award.awardId, state);
  return award;
}

async function grant(person: TestPerson, role: string): Promise<string> {
  const id = uuidv7();
  await test.db.pool.query("insert into staff_roles (id, staff_id, role) values ($1, $2, $3)", [
    id,
    person.actor.id,
    role,
  ]);
  return id;
}

describe("invariant 9: three different people, none of whom found the facts", () => {
  it("a well-formed step is accepted", async () => {
    expect(await refusal(await awardAt("drafted"), desk.preparer, "prepare")).toBe("accepted");
  });

  it("one person cannot act twice on a voucher", async () => {
    const both = await makeStaff(test.db, ["finance_preparer", "finance_reviewer"]);
    const award = await awardAt("drafted");
    const { rows } = await test.db.pool.query<{ id: string; role: string }>(
      "select id, role from staff_roles where staff_id = $1",
      [both.actor.id],
    );
    const under = (role: string) => () => {
      const id = rows.find((row) => row.role === role)?.id ?? "";
      return { role_grant_id: id, role_grant_snapshot: { id, staffId: both.actor.id, role } };
    };
    expect(await refusal(award, both, "prepare", under("finance_preparer"))).toBe("accepted");
    expect(await refusal(award, both, "review", under("finance_reviewer"))).toBe("approval_steps_actor_uq");
  });

  it("neither the finding's verifier nor its recorder signs", async () => {
    const award = await awardAt("drafted");
    for (const person of [award.finding.verifier, award.finding.recorder]) {
      await grant(person, "finance_preparer");
      expect(await refusal(award, person, "prepare")).toBe("approval_steps_finding_apart");
    }
  });

  it("who computed the award neither reviews nor approves it", async () => {
    const award = await awardAt("drafted");
    const second = await makeStaff(test.db, ["finance_preparer"]);
    expect(await refusal(award, second, "prepare")).toBe("accepted");
    const id = await grant(desk.preparer, "finance_reviewer");
    const step = await refusal(award, desk.preparer, "review", () => ({
      role_grant_id: id,
      role_grant_snapshot: { id, staffId: desk.preparer.actor.id, role: "finance_reviewer" },
    }));
    expect(step).toBe("approval_steps_assessor_apart");
    await test.db.pool.query("update staff_roles set revoked_at = now() where id = $1", [id]);
  });

  it("a cashier signs nothing", async () => {
    const person = await makeStaff(test.db, ["cashier", "finance_preparer"]);
    const award = await awardAt("drafted");
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select id from staff_roles where staff_id = $1 and role = 'finance_preparer'",
      [person.actor.id],
    );
    const id = rows[0]?.id ?? "";
    const under = () => ({
      role_grant_id: id,
      role_grant_snapshot: { id, staffId: person.actor.id, role: "finance_preparer" },
    });
    expect(await refusal(award, person, "prepare", under)).toBe("approval_steps_apart");
  });

  it("an administrator is no exception", async () => {
    const administrator = await makeStaff(test.db, ["administrator"]);
    expect(await refusal(await awardAt("drafted"), administrator, "prepare")).toBe("approval_steps_role");
    expect(await refusedBy(grant(administrator, "finance_preparer"))).toBe("staff_roles_administrator_apart");
  });

  it("the grant is the actor's own, live, and of the step's role", async () => {
    const award = await awardAt("drafted");
    expect(await refusal(award, desk.reviewer, "prepare")).toBe("approval_steps_role");
    const other = await makeStaff(test.db, ["finance_preparer"]);
    const theirs = await buildStep(test.db.pool, award.awardId, other, "prepare");
    expect(
      await refusal(award, desk.reviewer, "prepare", () => ({
        role_grant_id: theirs.role_grant_id,
        role_grant_snapshot: theirs.role_grant_snapshot,
      })),
    ).toBe("approval_steps_role");
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [
      other.actor.id,
    ]);
    expect(await refusal(award, other, "prepare")).toBe("approval_steps_role");
    const suspended = await makeStaff(test.db, ["finance_preparer"]);
    await test.db.pool.query("update staff set status = 'suspended' where id = $1", [suspended.actor.id]);
    expect(await refusal(award, suspended, "prepare")).toBe("approval_steps_role");
    expect(
      await refusal(award, desk.preparer, "prepare", (step) => ({
        role_grant_snapshot: { ...step.role_grant_snapshot, role: "finance_approver" },
      })),
    ).toBe("approval_steps_role");
  });

  it("prepare, then review, then approve, and nothing after the end", async () => {
    const drafted = await awardAt("drafted");
    expect(await refusal(drafted, desk.reviewer, "review")).toBe("approval_steps_order");
    expect(await refusal(drafted, desk.approver, "approve")).toBe("approval_steps_order");
    expect(await refusal(drafted, desk.preparer, "reject")).toBe("approval_steps_order");
    const prepared = await awardAt("prepared");
    expect(await refusal(prepared, desk.approver, "approve")).toBe("approval_steps_order");
    expect(await refusal(prepared, desk.reviewer, "reject")).toBe("accepted");
    expect(await refusal(prepared, desk.approver, "approve")).toBe("approval_steps_closed");
  });

  it("an award moves only with its signature, and a signature only with its award", async () => {
    const award = await awardAt("drafted");
    const set = (status: string) =>
      refusedBy(test.db.pool.query("update awards set status = $2 where id = $1", [award.awardId, status]));
    expect(await set("prepared")).toBe("awards_signed");
    const step = await buildStep(test.db.pool, award.awardId, desk.preparer, "prepare");
    expect(
      await refusedBy(
        inTransaction(test.db.pool, (client) => insertStep(client, step, award.awardId, "drafted")),
      ),
    ).toBe("awards_signed");
  });

  it("an approval without its money set aside is refused", async () => {
    expect(await refusal(await awardAt("reviewed"), desk.approver, "approve")).toBe("awards_encumbered");
  });
});

describe("invariant 10: what is signed is what is stored", () => {
  it.each<[string, string, Change]>([
    [
      "other words than those of the step",
      "approval_steps_body",
      (step) => {
        const signed_body = step.signed_body.replace("prepare", "approve");
        return { signed_body, hash: createHash("sha256").update(signed_body).digest() };
      },
    ],
    [
      "another voucher's hash",
      "approval_steps_body",
      (step) => {
        const signed_body = step.signed_body.replace(/"voucherHash":"(..)/, (_, two: string) =>
          two === "00" ? '"voucherHash":"11' : '"voucherHash":"00',
        );
        return { signed_body, hash: createHash("sha256").update(signed_body).digest() };
      },
    ],
    ["another nonce", "approval_steps_body", () => ({ nonce: "AAAAAAAAAAAAAAAAAAAAAA" })],
    ["a nonce that is none", "approval_steps_body", () => ({ nonce: "short" })],
    ["a hash that is not of the words", "approval_steps_challenge", () => ({ hash: Buffer.alloc(32) })],
    [
      "a challenge that is not the hash",
      "approval_steps_challenge",
      (step) => ({
        client_data_json: Buffer.from(
          step.client_data_json
            .toString()
            .replace(/"challenge":"."/, '"challenge":"_')
            .replace(/"challenge":"./, '"challenge":"_'),
        ),
      }),
    ],
    [
      "another ceremony",
      "approval_steps_challenge",
      (step) => ({
        client_data_json: Buffer.from(
          step.client_data_json.toString().replace("webauthn.get", "webauthn.create"),
        ),
      }),
    ],
    [
      "client data that is no JSON",
      "approval_steps_challenge",
      () => ({ client_data_json: Buffer.from([0xff]) }),
    ],
    [
      "another origin than was signed on",
      "approval_steps_challenge",
      () => ({ origin: "https://evil.example" }),
    ],
    ["another site's authenticator data", "approval_steps_authenticator", () => ({ rp_id: "evil.example" })],
    ["a chain to nothing", "approval_steps_chain", () => ({ previous_hash: Buffer.alloc(32) })],
    ["a place out of order", "approval_steps_order", () => ({ position: 2 })],
    ["another key", "approval_steps_passkey", () => ({ public_key: Buffer.from("a5", "hex") })],
    ["another credential", "approval_steps_passkey", () => ({ credential_id: "other" })],
    ["a reason where nothing is rejected", "approval_steps_reason_ck", () => ({ reason: "不应有理由" })],
  ])("a step with %s is refused", async (_, rule, change) => {
    expect(await refusal(await awardAt("drafted"), desk.preparer, "prepare", change)).toBe(rule);
  });

  it("a passkey that did not verify its person is refused", async () => {
    expect(
      await refusal(await awardAt("drafted"), desk.preparer, "prepare", undefined, { userVerified: false }),
    ).toBe("approval_steps_authenticator");
  });

  it("a rejection's reason is part of what is signed", async () => {
    const award = await awardAt("prepared");
    expect(await refusal(award, desk.reviewer, "reject", () => ({ reason: "另一个理由" }))).toBe(
      "approval_steps_signed_reason_ck",
    );
    expect(await refusal(award, desk.reviewer, "reject", () => ({ reason: null }))).toBe(
      "approval_steps_reason_ck",
    );
  });

  it("a nonce is used once", async () => {
    const nonce = "one-nonce-for-two-vouchers";
    expect(await refusal(await awardAt("drafted"), desk.preparer, "prepare", undefined, { nonce })).toBe(
      "accepted",
    );
    expect(await refusal(await awardAt("drafted"), desk.preparer, "prepare", undefined, { nonce })).toBe(
      "approval_steps_nonce_uq",
    );
  });

  it("a revoked passkey and another person's passkey are refused", async () => {
    const award = await awardAt("drafted");
    const person = await makeStaff(test.db, ["finance_preparer"]);
    expect(
      await refusal(award, person, "prepare", () => ({
        passkey_id: desk.preparer.passkeyId,
        credential_id: desk.preparer.passkey.credentialId,
        public_key: desk.preparer.passkey.publicKey,
      })),
    ).toBe("approval_steps_passkey");
    await test.db.pool.query("update passkeys set revoked_at = now() where id = $1", [person.passkeyId]);
    expect(await refusal(award, person, "prepare")).toBe("approval_steps_passkey");
  });

  it("a throw-away key signs for demo people only", async () => {
    const award = await awardAt("drafted");
    const real = await makeStaff(test.db, ["finance_preparer"], { seedKey: true });
    expect(await refusal(award, real, "prepare")).toBe("approval_steps_passkey");
    const demo = await makeStaff(test.db, ["finance_preparer"], { seedKey: true, isDemo: true });
    expect(await refusal(award, demo, "prepare")).toBe("accepted");
  });

  it("steps and vouchers are never changed or removed", async () => {
    for (const table of ["approval_steps", "vouchers"]) {
      expect(await refusedBy(test.db.pool.query(`update ${table} set id = id`))).toBe("42501");
      expect(await refusedBy(test.db.pool.query(`delete from ${table}`))).toBe("42501");
      expect(await refusedBy(test.owner.query(`update ${table} set id = id`))).toBe(`${table}_append_only`);
    }
  });
});
