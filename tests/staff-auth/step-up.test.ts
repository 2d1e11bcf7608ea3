import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { subjectOf } from "~/forms/people";
import { stepUpRequest, type StepUpRequest } from "~/forms/step-up";
import { agreedTo, digestOf } from "~/forms/step-up-subjects";
import type { StaffActor } from "~server/staff-auth/actor";
import { startSignIn } from "~server/staff-auth/start-sign-in.server";
import { requireStepUp, startStepUp } from "~server/staff-auth/step-up.server";
import { SITE, enrol, morning, touch } from "~tests/factories/enrol-staff";
import { addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";

const test = testDatabase();
const clock = morning();
type Person = { readonly key: SoftwareAuthenticator; readonly actor: StaffActor };
let person: Person;
let other: Person;
const ACT: StepUpRequest = { act: "role.grant", subject: `${uuidv7()}:cashier` };

beforeAll(async () => {
  person = await enrol(test.db, await addPerson(test.db), clock);
  other = await enrol(test.db, await addPerson(test.db), clock);
});

const prove = (proof: unknown, by = person, of = ACT) =>
  refusalOf(requireStepUp(test.db, { ...of, proof, relyingParty: SITE, clock }, by.actor));

describe("a passkey's touch", () => {
  it("is good once, for its person, its act and its subject", async () => {
    const touched = (by: Person, of: StepUpRequest) => touch(test.db, by.key, of, by.actor, clock);
    expect(await prove(await touched(person, { ...ACT, act: "role.request" }))).toBe("challenge_spent");
    expect(await prove(await touched(person, { ...ACT, subject: `${uuidv7()}:cashier` }))).toBe(
      "challenge_spent",
    );
    expect(await prove(await touched(other, ACT))).toBe("challenge_spent");
    const proof = await touched(person, ACT);
    expect(await prove(proof, other)).toBe("challenge_spent");
    const again = await touched(person, ACT);
    expect(await prove(again)).toBe("accepted");
    expect(await prove(again)).toBe("challenge_spent");
  });

  it.each(["sign", "enrol", "sign_in"])(
    "given to a challenge made for %s proves nothing, though person and words are the same",
    async (purpose) => {
      const [id, challenge] = [uuidv7(), randomBytes(32).toString("base64url")];
      await test.owner.query(
        `insert into webauthn_challenges (id, purpose, staff_id, challenge, context, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $6::timestamptz + interval '5 minutes')`,
        [id, purpose, person.actor.id, challenge, ACT, clock.now()],
      );
      const { options } = await startStepUp(test.db, { ...ACT, relyingParty: SITE, clock }, person.actor);
      const proof = { challengeId: id, response: person.key.get({ ...options, challenge }) };
      expect(await prove(JSON.stringify(proof))).toBe("challenge_spent");
    },
  );

  it("given while signing in is none for an act, nor under the challenge of an act", async () => {
    const signIn = await startSignIn(test.db, { relyingParty: SITE, clock });
    const response = person.key.get(signIn.options);
    expect(await prove(JSON.stringify({ challengeId: signIn.challengeId, response }))).toBe(
      "challenge_spent",
    );
    const asked = await startStepUp(test.db, { ...ACT, relyingParty: SITE, clock }, person.actor);
    expect(await prove(JSON.stringify({ challengeId: asked.challengeId, response }))).toBe("step_up_refused");
  });
});

describe("what is agreed to", () => {
  it("tells one text from another, and a list of texts from its pieces", async () => {
    expect(await digestOf("甲")).not.toBe(await digestOf("乙"));
    expect(await digestOf("ab", "c")).not.toBe(await digestOf("a", "bc"));
    expect(await digestOf("甲")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("fits the endpoint's bounds at its longest, and holds none of the text", async () => {
    const reason = "由".repeat(500);
    const [id, tipId] = [uuidv7(), uuidv7()];
    const publicKey = "A".repeat(43);
    const all = [
      await agreedTo.identityRequest({ id, tipId, reason }),
      await agreedTo.identityDecline({ requestId: id, answer: reason }),
      await agreedTo.roleKey({ slot: "x".repeat(200), id, publicKey }),
      await agreedTo.rotation({ slot: "x".repeat(200), replaces: id, publicKey, grants: [] }),
      await agreedTo.recoveryKeyConfirmed({ requestId: id, publicKey }),
      await subjectOf.invite({ displayName: "名".repeat(60), agencyId: "x".repeat(100), roles: [] }),
    ];
    for (const request of all) {
      expect(stepUpRequest.safeParse(request).success).toBe(true);
      expect(request.subject).not.toMatch(/由|名|AAAA/);
    }
  });

  it("of an invitation is the name, the body and the roles", async () => {
    const asked = { displayName: "李四", agencyId: "jinhua.police", roles: ["auditor"] } as const;
    const { subject } = await subjectOf.invite(asked);
    for (const change of [
      { displayName: "王五" },
      { agencyId: "jinhua.finance" },
      { roles: ["auditor", "cashier"] as const },
    ])
      expect((await subjectOf.invite({ ...asked, ...change })).subject).not.toBe(subject);
  });
});
