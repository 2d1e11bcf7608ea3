import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { v4 as uuidv4 } from "uuid";
import { action as endpoint } from "~/routes/staff.identities_.act";
import { loader as page } from "~/routes/staff.identities";
import { agreedTo } from "~/forms/step-up-subjects";
import { readTipReference, tipReference } from "~/forms/tip-reference";
import type { SoftwarePasskey } from "~server/demo/software-passkey";
import { declineRequest } from "~server/identity/decline-request.server";
import { expireRequests } from "~server/identity/expire-requests.server";
import { findShare } from "~server/identity/find-share.server";
import { openRequest } from "~server/identity/open-identity.server";
import { ANSWER_WITHIN_MS, requestIdentity } from "~server/identity/request-identity.server";
import { openIdentity, releaseShare } from "~server/secrecy/identity-shares";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { StaffActor } from "~server/staff-auth/actor";
import { relyingParty } from "~server/staff-auth/relying-party";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import { givePasskey, touchPasskey } from "~tests/factories/touch-passkey";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

type Custodian = {
  readonly actor: StaffActor;
  readonly passkey: SoftwarePasskey;
  readonly keyring: OpenKeyring;
};

const REASON = "市公安局来函（金公函〔2026〕00号）请求核实举报人。";
const NAMED = {
  mode: { mode: "named" },
  contact: { contactName: "演示某某", contactPhone: "13800000000", contactEmail: "" },
};

const test = testDatabase();
let portal: TestPortal;
let a: Custodian;
let a2: Custodian;
let b: Custodian;
let b2: Custodian;
const start = new Date("2026-03-02T02:00:00Z");

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  a = await custodian("custodian_a");
  a2 = await custodian("custodian_a");
  b = await custodian("custodian_b");
  b2 = await custodian("custodian_b");
});

beforeEach(() => portal.clock.set(start));

async function custodian(slot: string): Promise<Custodian> {
  const actor = await makePerson(portal, "leading-office", ["identity_custodian"]);
  return { actor, passkey: await givePasskey(portal, actor), keyring: await holdKeys(portal, actor, [slot]) };
}

const site = () => ({ relyingParty: relyingParty(portal.env.publicOrigin), clock: portal.clock });
const find = (reference: string, actor: StaffActor) =>
  findShare(portal.db, { reference, clock: portal.clock }, actor);
const namedTip = async () => (await sendReport(portal, NAMED)).tipId;

/** What the first custodian's browser does, up to the post. */
async function prepare(who: Custodian, tipId: string) {
  const found = await find(tipReference(tipId), who.actor);
  const id = uuidv4();
  const share = await releaseShare({ requestId: id, ...found }, who.keyring.roleKeys);
  if (share === null) throw new Error("the share does not open");
  return { id, tipId, reason: REASON, roleKeyId: found.to.roleKeyId, share };
}

async function request(who: Custodian, tipId: string): Promise<string> {
  const prepared = await prepare(who, tipId);
  const proof = await touchPasskey(portal, who, agreedTo.identityRequest(prepared));
  return (await requestIdentity(portal.db, { ...prepared, proof, ...site() }, who.actor)).requestId;
}

async function open(who: Custodian, requestId: string, proof?: string) {
  const touched = proof ?? (await touchPasskey(portal, who, agreedTo.identityOpening(requestId)));
  return openRequest(portal.db, { requestId, proof: touched, ...site() }, who.actor);
}

async function decline(who: Custodian, requestId: string, answer: string, proof?: string) {
  const touched = proof ?? (await touchPasskey(portal, who, agreedTo.identityDecline({ requestId, answer })));
  await declineRequest(portal.db, { requestId, answer, proof: touched, ...site() }, who.actor);
}

const rowOf = async (requestId: string) =>
  (
    await test.db.pool.query<{ status: string; enc: Buffer | null; answered_by: string | null }>(
      "select status, enc, body, answered_by, answer from identity_requests where id = $1",
      [requestId],
    )
  ).rows[0];

const eventsOf = async (tipId: string) =>
  (
    await test.db.pool.query<{ action: string; data: unknown }>(
      "select action, data from events where subject_table = 'tips' and subject_id = $1 and action like 'identity.%' order by seq",
      [tipId],
    )
  ).rows;

describe("an identity", () => {
  it("opens in the second custodian's browser when both sides act, with both acts and the reason on record", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    const parts = await open(b, requestId);
    expect(JSON.parse((await openIdentity(parts, b.keyring.roleKeys)) ?? "")).toMatchObject({
      name: "演示某某",
      phone: "13800000000",
    });
    expect(await rowOf(requestId)).toMatchObject({ status: "opened", enc: null, answered_by: b.actor.id });
    const data = { tipId, requestId, reason: REASON };
    expect(await eventsOf(tipId)).toEqual([
      { action: "identity.requested", data },
      { action: "identity.opened", data },
    ]);
    // And the other way round.
    const again = await open(a, await request(b, tipId));
    expect(await openIdentity(again, a.keyring.roleKeys)).toContain("演示某某");
  });

  it("never leaves a custodian's browser: no answer, row or event holds a letter of it", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    const proof = await touchPasskey(portal, b, agreedTo.identityOpening(requestId));
    const answer = await call(endpoint, {
      portal,
      actor: b.actor,
      url: "/staff/identities/act",
      json: { step: "open", requestId, stepUp: proof },
    });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("演示某某");
    expect(JSON.stringify(await eventsOf(tipId))).not.toContain("13800000000");
    expect(portal.logged()).not.toContain("13800000000");
  });

  it("does not open for one person alone, whichever shares they put together", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    const parts = await open(b, requestId);
    // The first side's share is sealed to the other side.
    expect(await openIdentity(parts, a.keyring.roleKeys)).toBeNull();
    const own = await find(tipId, a.actor);
    expect(await openIdentity({ ...parts, own: own.own }, a.keyring.roleKeys)).toBeNull();
  });

  it("does not open with a share released for another request or another tip", async () => {
    const [tipId, other] = [await namedTip(), await namedTip()];
    const parts = await open(b, await request(a, tipId));
    const others = await open(b, await request(a, other));
    const keys = b.keyring.roleKeys;
    expect(await openIdentity({ ...parts, released: others.released }, keys)).toBeNull();
    expect(await openIdentity({ ...parts, requestId: others.requestId }, keys)).toBeNull();
    expect(await openIdentity({ ...parts, identity: others.identity }, keys)).toBeNull();
    expect(await openIdentity({ ...parts, own: others.own }, keys)).toBeNull();
    expect(await openIdentity({ ...others, tipId }, keys)).toBeNull();
    expect(await openIdentity(others, keys)).not.toBeNull();
  });
});

describe("a request", () => {
  it("is not answered by who asked, nor by another of the same side", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    expect(await refusalOf(open(a, requestId))).toBe("own_side");
    expect(await refusalOf(open(a2, requestId))).toBe("own_side");
    expect(await refusalOf(decline(a2, requestId, "来函没有盖章，请补正以后再申请。"))).toBe("own_side");
    // The database says so too, whatever the code believed.
    const forced = test.owner.query(
      `update identity_requests set status = 'opened', answered_by = requested_by, answered_at = now(),
         enc = null, body = null where id = $1`,
      [requestId],
    );
    await expect(forced).rejects.toMatchObject({ constraint: "identity_requests_two_ck" });
    expect(await rowOf(requestId)).toMatchObject({ status: "waiting" });
  });

  it("is opened once, also by two of the other side at the same moment", async () => {
    const requestId = await request(a, await namedTip());
    const outcomes = await Promise.all([refusalOf(open(b, requestId)), refusalOf(open(b2, requestId))]);
    expect(outcomes.sort()).toEqual(["accepted", "request_answered"]);
    expect(await refusalOf(open(b, requestId))).toBe("request_answered");
  });

  it("is good for 24 hours; then nothing of the released share is left", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    portal.clock.set(new Date(start.getTime() + ANSWER_WITHIN_MS));
    expect(await refusalOf(open(b, requestId))).toBe("request_expired");
    expect(await expireRequests(portal.db, portal.clock)).toBeGreaterThanOrEqual(1);
    expect(await rowOf(requestId)).toMatchObject({ status: "expired", enc: null, body: null });
    expect(await refusalOf(open(b, requestId))).toBe("request_expired");
    expect((await eventsOf(tipId)).at(-1)).toEqual({
      action: "identity.expired",
      data: { tipId, requestId },
    });
    // And a new one may be made.
    expect(await refusalOf(request(a, tipId))).toBe("accepted");
  });

  it("may be declined with a reason; it is not opened afterwards", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    const answer = "来函没有盖章，请补正以后再申请。";
    // A touch for opening, or for declining with other words, declines nothing.
    for (const agreed of [
      agreedTo.identityOpening(requestId),
      await agreedTo.identityDecline({ requestId, answer: `${answer}。` }),
    ]) {
      const proof = await touchPasskey(portal, b, agreed);
      expect(await refusalOf(decline(b, requestId, answer, proof))).toBe("challenge_spent");
    }
    expect(await refusalOf(decline(b, requestId, answer, ""))).toBe("step_up_needed");
    await decline(b, requestId, answer);
    expect(await rowOf(requestId)).toMatchObject({ status: "declined", answer, enc: null });
    expect(await refusalOf(open(b, requestId))).toBe("request_answered");
    expect((await eventsOf(tipId)).at(-1)).toEqual({
      action: "identity.declined",
      data: { tipId, requestId, reason: answer },
    });
  });

  it("is one a tip at a time, also when both sides ask at the same moment", async () => {
    const tipId = await namedTip();
    const outcomes = await Promise.all([refusalOf(request(a, tipId)), refusalOf(request(b, tipId))]);
    expect(outcomes.sort()).toEqual(["accepted", "identity_waiting"]);
    expect(await refusalOf(request(a2, tipId))).toBe("identity_waiting");
  });

  it("needs the passkey each time: no proof, a used one, one for another act or tip are refused", async () => {
    const [tipId, other] = [await namedTip(), await namedTip()];
    const prepared = await prepare(a, tipId);
    const ask = (proof: unknown) => requestIdentity(portal.db, { ...prepared, proof, ...site() }, a.actor);
    expect(await refusalOf(ask(null))).toBe("step_up_needed");
    const others = [{ tipId: other }, { id: uuidv4() }, { reason: `${REASON}另有一事。` }];
    for (const one of others) {
      const elsewhere = await touchPasskey(portal, a, agreedTo.identityRequest({ ...prepared, ...one }));
      expect(await refusalOf(ask(elsewhere))).toBe("challenge_spent");
    }
    const foreign = await touchPasskey(portal, a2, agreedTo.identityRequest(prepared));
    expect(await refusalOf(ask(foreign))).toBe("challenge_spent");
    const proof = await touchPasskey(portal, a, agreedTo.identityRequest(prepared));
    expect(await refusalOf(ask(proof))).toBe("accepted");
    expect(await refusalOf(ask(proof))).toBe("challenge_spent");
    const opening = await touchPasskey(portal, b, agreedTo.identityOpening(prepared.id));
    expect(await refusalOf(open(b, prepared.id, proof))).toBe("challenge_spent");
    expect(await refusalOf(open(b2, prepared.id, opening))).toBe("challenge_spent");
    const own = await touchPasskey(portal, b, agreedTo.identityOpening(prepared.id));
    expect(await refusalOf(open(b, prepared.id, own))).toBe("accepted");
    expect(await refusalOf(open(b, prepared.id, own))).toBe("challenge_spent");
  });

  it("seals its share to the other side's live key, and to no other", async () => {
    const tipId = await namedTip();
    const prepared = await prepare(a, tipId);
    const proof = await touchPasskey(portal, a, agreedTo.identityRequest(prepared));
    const own = a.keyring.roleKeys[0]?.id ?? "";
    const wrong = { ...prepared, roleKeyId: own, proof, ...site() };
    expect(await refusalOf(requestIdentity(portal.db, wrong, a.actor))).toBe("other_side_changed");
  });
});

describe("a quoted reference", () => {
  it("is read with dashes, spaces and full-width letters, and belongs to one tip", () => {
    const id = "3f2a91bc-04de-4000-8000-000000000001";
    expect(tipReference(id)).toBe("3F2A-91BC-04DE");
    for (const typed of ["3F2A-91BC-04DE", " 3f2a 91bc 04de ", "３Ｆ２Ａ－９１ＢＣ－０４ＤＥ", id]) {
      const range = readTipReference(typed);
      expect(range !== null && range.first <= id && id <= range.last).toBe(true);
    }
    for (const typed of ["", "3F2A", "3F2A-91BC-04DG", "' or 1=1", "3F2A91BC04DE0"]) {
      expect(readTipReference(typed)).toBeNull();
    }
  });

  it("of an anonymous tip, or of none, says so", async () => {
    const { tipId } = await sendReport(portal);
    expect(await refusalOf(find(tipId, a.actor))).toBe("no_identity");
    expect(await refusalOf(find("0000-0000-0000", a.actor))).toBe("no_identity");
    expect(await refusalOf(find("x", a.actor))).toBe("no_identity");
  });

  it("is looked up on record, found or not, without what was typed", async () => {
    const tipId = await namedTip();
    const sought = async () =>
      (
        await test.db.pool.query<{ subject_id: string; data: unknown }>(
          `select subject_id, data from events where action = 'tips.sought' and actor_id = $1
            order by seq desc limit 1`,
          [a.actor.id],
        )
      ).rows[0];
    await find(tipReference(tipId), a.actor);
    expect(await sought()).toEqual({ subject_id: tipId, data: { tipId } });
    expect(await refusalOf(find("0000-0000-0000", a.actor))).toBe("no_identity");
    expect(await sought()).toEqual({ subject_id: "none", data: { found: 0 } });
  });

  it("gives a custodian without the side's key nothing", async () => {
    const tipId = await namedTip();
    const fresh = await makePerson(portal, "leading-office", ["identity_custodian"]);
    expect(await refusalOf(find(tipId, fresh))).toBe("no_share");
    const requestId = await request(a, tipId);
    const keyless = { actor: fresh, passkey: await givePasskey(portal, fresh), keyring: b.keyring };
    expect(await refusalOf(open(keyless, requestId))).toBe("no_share");
    expect(await rowOf(requestId)).toMatchObject({ status: "waiting" });
  });
});

describe("the custodians' page", () => {
  it("shows both sides the requests, and lets the other side answer", async () => {
    const tipId = await namedTip();
    const requestId = await request(a, tipId);
    const seenBy = async (actor: StaffActor) => {
      const { body, text } = await call(page, { portal, actor, url: "/staff/identities" });
      const { requests } = body as { requests: { id: string; mayAnswer: boolean; reason: string }[] };
      expect(text).not.toMatch(/"(enc|body)":/);
      return requests.find(({ id }) => id === requestId);
    };
    expect(await seenBy(a.actor)).toMatchObject({ mayAnswer: false, reason: REASON });
    expect(await seenBy(a2.actor)).toMatchObject({ mayAnswer: false });
    expect(await seenBy(b.actor)).toMatchObject({ mayAnswer: true, status: "waiting" });
    const auditor = await makePerson(portal, "finance", ["auditor"]);
    expect(await seenBy(auditor)).toMatchObject({ mayAnswer: false, reason: REASON });
    portal.clock.set(new Date(start.getTime() + ANSWER_WITHIN_MS));
    expect(await seenBy(b.actor)).toMatchObject({ mayAnswer: false, status: "expired" });
  });

  it.each(["triage_officer", "agency_officer", "administrator", "notice_desk", "auditor"] as const)(
    "is not for %s to act on",
    async (role) => {
      const actor = await makePerson(portal, "leading-office", [role]);
      const tipId = await namedTip();
      const post = (json: unknown) => call(endpoint, { portal, actor, url: "/staff/identities/act", json });
      expect((await post({ step: "find", reference: tipId })).status).toBe(404);
      const requestId = uuidv4();
      expect((await post({ step: "open", requestId, stepUp: "{}" })).status).toBe(404);
      expect((await post({ step: "decline", requestId, answer: REASON, stepUp: "{}" })).status).toBe(404);
      if (role !== "auditor")
        expect((await call(page, { portal, actor, url: "/staff/identities" })).status).toBe(404);
    },
  );

  it.each<[string, unknown]>([
    ["no JSON", "…"],
    ["an unknown step", { step: "peek" }],
    ["a reason of nine characters", asked({ reason: "一二三四五六七八九" })],
    ["a reason of 501 characters", asked({ reason: "由".repeat(501) })],
    ["a reason of spaces", asked({ reason: " ".repeat(40) })],
    ["an enc of the wrong length", asked({ enc: "A".repeat(44) })],
    ["a body of the wrong length", asked({ body: "A".repeat(63) })],
    ["a tip that is no id", asked({ tipId: "x" })],
    ["a foreign field", asked({ name: "演示某某" })],
    ["a decline without a reason", { step: "decline", requestId: uuidv4(), answer: "", stepUp: "{}" }],
  ])("refuses %s with 400", async (_what, json) => {
    const answer = await call(endpoint, { portal, actor: a.actor, url: "/staff/identities/act", json });
    expect(answer.status).toBe(400);
  });
});

function asked(over: Record<string, string>) {
  return {
    step: "request",
    id: uuidv4(),
    tipId: uuidv4(),
    reason: REASON,
    roleKeyId: uuidv4(),
    enc: "A".repeat(43),
    body: "A".repeat(64),
    stepUp: "{}",
    ...over,
  };
}
