import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { fixedClock } from "~server/clock";
import { readBalances } from "~server/ledger/read-balances.server";
import { createSoftwarePasskey } from "~server/demo/software-passkey";
import { readAward } from "~server/rewards/read-award.server";
import { signApproval } from "~server/rewards/sign-approval.server";
import { signingAt } from "~server/rewards/signing.server";
import { startApproval, type StartedApproval } from "~server/rewards/start-approval.server";
import { SIGNING, approveTo, makeAward, makeDesk, signAs, type Desk } from "~tests/factories/make-award";
import { asDemo, makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();

let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
});

const start = (awardId: string, person = desk.preparer) =>
  startApproval(test.db, { awardId, action: "prepare" }, person.actor, SIGNING);

type Assertion = Parameters<TestPerson["passkey"]["assert"]>[0];

/** Answers a started request as the person's passkey would, with what a test changes of it. */
function answer(
  started: StartedApproval,
  person: TestPerson,
  changes: Partial<Assertion> = {},
  signing = SIGNING,
) {
  return signApproval(
    test.db,
    {
      challengeId: started.challengeId,
      response: person.passkey.assert({
        challenge: started.options.challenge,
        rpId: SIGNING.rpId,
        origin: SIGNING.origin,
        ...changes,
      }),
    },
    person.actor,
    signing,
  );
}

async function stateOf(awardId: string): Promise<string> {
  const { rows } = await test.db.pool.query<{ state: string }>(
    "select a.status || ' ' || (select count(*) from approval_steps s join vouchers v on v.id = s.voucher_id where v.award_id = a.id) as state from awards a where a.id = $1",
    [awardId],
  );
  return rows[0]?.state ?? "";
}

describe("asking for a signature", () => {
  it("offers the person's live passkeys, demands verification, and shows what is signed", async () => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    expect(started.options).toMatchObject({ rpId: SIGNING.rpId, userVerification: "required" });
    expect(started.options.allowCredentials?.map((key) => key.id)).toEqual([
      desk.preparer.passkey.credentialId,
    ]);
    expect(JSON.parse(started.signedBody)).toMatchObject({
      action: "prepare",
      actor: desk.preparer.actor.id,
      previousApprovalHash: null,
    });
    expect(JSON.parse(started.voucherBody)).toMatchObject({ award: award.awardId, amount: "4999500" });
  });

  it("is refused without a live passkey", async () => {
    const award = await makeAward(test.db, desk);
    const person = await makeStaff(test.db, ["finance_preparer"]);
    await test.db.pool.query("update passkeys set revoked_at = now() where id = $1", [person.passkeyId]);
    expect(await refusalOf(start(award.awardId, person))).toBe("no_passkey");
  });

  it.each([undefined, "不行", `电话13812345678不通，退回`])(
    "a rejection with the reason %s is refused",
    async (reason) => {
      const award = await makeAward(test.db, desk);
      await approveTo(test.db, desk, award.awardId, "prepared");
      const input = {
        awardId: award.awardId,
        action: "reject" as const,
        ...(reason === undefined ? {} : { reason }),
      };
      expect(await refusalOf(startApproval(test.db, input, desk.reviewer.actor, SIGNING))).toBe(
        "reason_required",
      );
    },
  );

  it("an award that is not there is not found", async () => {
    expect(await refusalOf(start(uuidv7()))).toBe("not_found");
  });
});

describe("who may sign", () => {
  it("a demo session signs nothing, neither the question nor the answer", async () => {
    const award = await makeAward(test.db, desk);
    const input = { awardId: award.awardId, action: "prepare" as const };
    expect(await refusalOf(startApproval(test.db, input, asDemo(desk.preparer), SIGNING))).toBe(
      "needs_passkey",
    );
    const started = await start(award.awardId);
    const response = desk.preparer.passkey.assert({ ...SIGNING, challenge: started.options.challenge });
    const demo = asDemo(desk.preparer);
    expect(
      await refusalOf(signApproval(test.db, { challengeId: started.challengeId, response }, demo, SIGNING)),
    ).toBe("needs_passkey");
    expect(await stateOf(award.awardId)).toBe("drafted 0");
  });

  it("another role is refused, and to an administrator and an outsider the award is not there", async () => {
    const award = await makeAward(test.db, desk);
    for (const person of [desk.reviewer, desk.approver, desk.cashier])
      expect(await refusalOf(start(award.awardId, person))).toBe("wrong_role");
    for (const role of ["administrator", "agency_officer"] as const)
      expect(await refusalOf(start(award.awardId, await makeStaff(test.db, [role])))).toBe("not_found");
  });

  it("a cashier who also prepares is refused", async () => {
    const award = await makeAward(test.db, desk);
    const person = await makeStaff(test.db, ["finance_preparer", "cashier"]);
    expect(await refusalOf(start(award.awardId, person))).toBe("apart");
  });

  it("one person holding all three roles signs once", async () => {
    const award = await makeAward(test.db, desk);
    const all = await makeStaff(test.db, ["finance_preparer", "finance_reviewer", "finance_approver"]);
    expect(await signAs(test.db, all, award.awardId, "prepare")).toBe("prepared");
    expect(await refusalOf(signAs(test.db, all, award.awardId, "review"))).toBe("already_signed");
    expect(await signAs(test.db, desk.reviewer, award.awardId, "review")).toBe("reviewed");
    expect(await refusalOf(signAs(test.db, all, award.awardId, "approve"))).toBe("already_signed");
    expect(await refusalOf(signAs(test.db, all, award.awardId, "reject"))).toBe("already_signed");
    const page = await readAward(test.db, award, all.actor);
    expect(page.next.map((next) => next.why?.code)).toEqual(["already_signed", "already_signed"]);
  });

  it("neither verifier nor recorder of the finding signs, nor does the assessor beyond preparing", async () => {
    const award = await makeAward(test.db, desk);
    for (const person of [award.finding.verifier, award.finding.recorder]) {
      await test.db.pool.query(
        "insert into staff_roles (id, staff_id, role) values ($1, $2, 'finance_preparer')",
        [uuidv7(), person.actor.id],
      );
      const actor = { ...person.actor, roles: [...person.actor.roles, "finance_preparer" as const] };
      expect(await refusalOf(start(award.awardId, { ...person, actor }))).toBe("finding_apart");
    }
    const own = await makeDesk(test.db);
    const assessed = await makeAward(test.db, own);
    const second = await makeStaff(test.db, ["finance_preparer"]);
    await signAs(test.db, second, assessed.awardId, "prepare");
    await test.db.pool.query(
      "insert into staff_roles (id, staff_id, role) values ($1, $2, 'finance_reviewer')",
      [uuidv7(), own.preparer.actor.id],
    );
    expect(await refusalOf(signAs(test.db, own.preparer, assessed.awardId, "review"))).toBe("assessor_apart");
  });

  it("a role revoked between question and answer no longer signs", async () => {
    const award = await makeAward(test.db, desk);
    const person = await makeStaff(test.db, ["finance_preparer"]);
    const started = await start(award.awardId, person);
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [
      person.actor.id,
    ]);
    expect(await refusalOf(answer(started, person))).toBe("wrong_role");
    expect(await stateOf(award.awardId)).toBe("drafted 0");
  });

  it("acts out of order are refused", async () => {
    const award = await makeAward(test.db, desk);
    expect(await refusalOf(signAs(test.db, desk.reviewer, award.awardId, "review"))).toBe("award_moved");
    expect(await refusalOf(signAs(test.db, desk.approver, award.awardId, "approve"))).toBe("award_moved");
    await approveTo(test.db, desk, award.awardId, "prepared");
    expect(await refusalOf(signAs(test.db, desk.preparer, award.awardId, "prepare"))).toBe("award_moved");
    expect(await signAs(test.db, desk.reviewer, award.awardId, "reject")).toBe("rejected");
    expect(await refusalOf(signAs(test.db, desk.approver, award.awardId, "approve"))).toBe("award_moved");
  });
});

describe("what a signature must be", () => {
  it.each<[string, Partial<Assertion>]>([
    ["on another origin", { origin: "https://evil.example" }],
    ["for another site", { rpId: "evil.example" }],
    ["without the person verified", { userVerified: false }],
    ["over another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
  ])("one %s is refused, and spends its challenge", async (_, changes) => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    expect(await refusalOf(answer(started, desk.preparer, changes))).toBe("signature_invalid");
    expect(await refusalOf(answer(started, desk.preparer))).toBe("challenge_spent");
    expect(await stateOf(award.awardId)).toBe("drafted 0");
  });

  it("one made with another key under the same name is refused", async () => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    const forged = createSoftwarePasskey().assert({ ...SIGNING, challenge: started.options.challenge });
    const response = {
      ...forged,
      id: desk.preparer.passkey.credentialId,
      rawId: desk.preparer.passkey.credentialId,
    };
    const input = { challengeId: started.challengeId, response };
    expect(await refusalOf(signApproval(test.db, input, desk.preparer.actor, SIGNING))).toBe(
      "signature_invalid",
    );
  });

  it("garbage is refused", async () => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    const good = desk.preparer.passkey.assert({ ...SIGNING, challenge: started.options.challenge });
    const response = { ...good, response: { ...good.response, clientDataJSON: "!" } };
    const input = { challengeId: started.challengeId, response };
    expect(await refusalOf(signApproval(test.db, input, desk.preparer.actor, SIGNING))).toBe(
      "signature_invalid",
    );
  });

  it("the same assertion again is refused", async () => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    expect((await answer(started, desk.preparer)).status).toBe("prepared");
    expect(await refusalOf(answer(started, desk.preparer))).toBe("challenge_spent");
    expect(await stateOf(award.awardId)).toBe("prepared 1");
  });

  it("a challenge is its person's own, and minutes long", async () => {
    const award = await makeAward(test.db, desk);
    const started = await start(award.awardId);
    const other = await makeStaff(test.db, ["finance_preparer"]);
    expect(await refusalOf(answer(started, other))).toBe("challenge_spent");
    const late = signingAt(SIGNING.origin, fixedClock(new Date(SIGNING.clock.now().getTime() + 5 * 60_000)));
    expect(await refusalOf(answer(started, desk.preparer, {}, late))).toBe("challenge_spent");
    expect(await refusalOf(answer(started, desk.preparer))).toBe("accepted");
  });

  it("a passkey revoked after the question is refused", async () => {
    const award = await makeAward(test.db, desk);
    const person = await makeStaff(test.db, ["finance_preparer"]);
    const started = await start(award.awardId, person);
    await test.db.pool.query("update passkeys set revoked_at = now() where id = $1", [person.passkeyId]);
    expect(await refusalOf(answer(started, person))).toBe("passkey_revoked");
  });

  it("a signature counter that runs back is refused", async () => {
    const person = await makeStaff(test.db, ["finance_preparer"]);
    const first = await makeAward(test.db, desk);
    await answer(await start(first.awardId, person), person, { signCount: 7 });
    const second = await makeAward(test.db, desk);
    const started = await start(second.awardId, person);
    expect(await refusalOf(answer(started, person, { signCount: 7 }))).toBe("signature_invalid");
  });

  it("two questions for one act end in one step", async () => {
    const award = await makeAward(test.db, desk);
    const [one, two] = [await start(award.awardId), await start(award.awardId)];
    expect((await answer(one, desk.preparer)).status).toBe("prepared");
    expect(await refusalOf(answer(two, desk.preparer))).toBe("award_moved");
  });

  it("demo people's throw-away keys sign for the seed and for nobody else", async () => {
    const award = await makeAward(test.db, desk);
    const person = await makeStaff(test.db, ["finance_preparer"], { isDemo: true, seedKey: true });
    expect(await refusalOf(signAs(test.db, person, award.awardId, "prepare"))).toBe("no_passkey");
    expect(await signAs(test.db, person, award.awardId, "prepare", { ...SIGNING, seedKeys: true })).toBe(
      "prepared",
    );
  });
});

describe("approval sets the money aside", () => {
  it("without enough budget nothing changes and the sentence says so", async () => {
    const poor = await makeDesk(test.db, 4_999_499n);
    const award = await makeAward(test.db, poor);
    await approveTo(test.db, poor, award.awardId, "reviewed");
    const page = await readAward(test.db, award, poor.approver.actor);
    expect(page.next[0]).toMatchObject({
      act: "approve",
      allowed: false,
      why: { code: "insufficient_budget" },
    });
    expect(page.budget.afterFen).toBe(-1n);
    expect(await refusalOf(signAs(test.db, poor.approver, award.awardId, "approve"))).toBe(
      "insufficient_budget",
    );
    expect(await stateOf(award.awardId)).toBe("reviewed 2");
    const fund = (await readBalances(test.db, poor.approver.actor)).find(
      (each) => each.fundId === poor.fundId,
    );
    expect(fund?.budgets[0]).toMatchObject({ availableFen: 4_999_499n, encumberedFen: 0n });
    expect(await signAs(test.db, poor.approver, award.awardId, "reject")).toBe("rejected");
  });

  it("a budget of another year is refused", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const later = signingAt(SIGNING.origin, fixedClock("2027-01-04T02:00:00Z"));
    expect(await refusalOf(signAs(test.db, desk.approver, award.awardId, "approve", later))).toBe(
      "budget_year_over",
    );
  });
});
