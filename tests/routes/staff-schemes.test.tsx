import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { agreedTo } from "~/forms/step-up-subjects";
import { loader as versions } from "~/routes/staff.schemes";
import { action as act, loader as page } from "~/routes/staff.schemes_.$proposalId";
import { findScheme } from "~server/rewards/find-scheme.server";
import { uploadScheme } from "~server/rewards/act-on-schemes.server";
import { loadScheme } from "~server/rewards/load-scheme.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { makePerson } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let preparer: StaffActor;
let triage: StaffActor;
let first: { actor: StaffActor; key: SoftwareAuthenticator };
let second: { actor: StaffActor; key: SoftwareAuthenticator };

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  preparer = await makePerson(portal, "finance", ["finance_preparer"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  const administrator = async () => {
    const actor = await makePerson(portal, "leading-office", ["administrator"]);
    return { actor, key: await enrolPasskey(portal, actor) };
  };
  first = await administrator();
  second = await administrator();
});

function source(edit: (scheme: Scheme) => void = () => undefined): string {
  const scheme = JSON.parse(JSON.stringify(loadScheme("jinhua-default").scheme)) as Scheme;
  Object.assign(scheme, { version: "2", effective: { from: "2026-06-01", to: null } });
  const [cap] = scheme.caps;
  if (cap) cap.amount = "20000000";
  edit(scheme);
  return JSON.stringify(scheme);
}

function send(text: string, actor = first.actor) {
  const form = new FormData();
  form.set("schemeFile", new File([text], "scheme.json"));
  return uploadScheme(portal, form, actor);
}

const versionOn = (day: string) =>
  withActor(
    portal.db,
    systemActor("test"),
    async (tx) => (await findScheme(tx, "jinhua-default", day)).version,
  );

describe("the page of scheme versions", () => {
  it("shows each version with its days to finance and auditors, and is not there for triage", async () => {
    const see = (actor: StaffActor) => call(versions, { portal, actor, url: "/staff/schemes" });
    expect((await see(triage)).status).toBe(404);
    const seen = await see(preparer);
    expect(seen.body).toMatchObject({ administers: false, proposals: [] });
    const stored = seen.field("stored") as { schemeId: string; from: string; to: string | null }[];
    expect(stored.filter(({ schemeId }) => schemeId === "csrc-old")).toMatchObject([
      { from: "2014-01-01", to: "2025-12-31" },
    ]);
  });

  it("refuses a file with its place in it, and brings a sound one before the administrators", async () => {
    expect(await send("[")).toMatchObject({ status: 400, fault: { file: "scheme.json" } });
    expect(await send("")).toMatchObject({ status: 400, errors: { schemeFile: "chooseSchemeFile" } });
    const broken = await send(source((scheme) => (scheme.effective.from = "2026")));
    expect(broken).toMatchObject({ status: 400, fault: { path: "effective.from" } });
    const contradicting = await send(source((scheme) => scheme.caps.push(...scheme.caps)));
    expect(contradicting).toMatchObject({
      ...{ status: 400, fault: { path: "caps[1]", scheme: { kind: "bothDecide", currency: "CNY" } } },
    });
    expect(await send(JSON.stringify(loadScheme("jinhua-default").scheme))).toMatchObject({
      ...{ status: 409, refusal: /完全相同/ },
    });
    await expect(send(source(), triage)).rejects.toMatchObject({ status: 404 });
  });

  it("changes nothing until another administrator's touch agrees to the very content shown", async () => {
    const sent = await send(source());
    if (!sent.ok) throw new Error("refused");
    const { proposalId } = sent;
    const at = { url: `/staff/schemes/${proposalId}`, params: { proposalId } };
    const seen = await call(page, { portal, actor: preparer, ...at });
    expect(seen.body).toMatchObject({ before: { version: "1" }, manages: false });
    expect((seen.field("changes") as { part: string }[]).map(({ part }) => part)).toEqual([
      ...["effective", "cap"],
    ]);
    const { sha256 } = seen.field("proposal") as { sha256: string };
    const post = async (
      by: typeof first,
      form: Record<string, string>,
      touch: Parameters<typeof stepUpProof>[2],
    ) =>
      call(act, {
        ...{ portal, actor: by.actor, ...at },
        form: { sha256, ...form, stepUp: await stepUpProof(portal, by, touch) },
      });
    const reason = "财政部门调整上限";
    const shown = { proposalId, sha256 };
    const asking = { intent: "request", reason };
    const pack = agreedTo.packRequest({ ...shown, reason });
    expect((await post(first, asking, pack)).status).toBe(400);
    const touch = agreedTo.schemeRequest({ ...shown, reason });
    expect((await post(first, { ...asking, reason: "" }, touch)).body).toMatchObject({
      state: { errors: { reason: "needsWhy" } },
    });
    const stale = "0".repeat(64);
    const staleTouch = agreedTo.schemeRequest({ ...shown, sha256: stale, reason });
    expect((await post(first, { ...asking, sha256: stale }, staleTouch)).status).toBe(409);
    expect((await post(first, asking, touch)).location).toMatch(/done=requested$/);
    const agreed = agreedTo.schemeAgreed(shown);
    expect((await post(first, { intent: "agree" }, agreed)).status).toBe(409);
    const other = agreedTo.schemeAgreed({ ...shown, sha256: stale });
    expect((await post(second, { intent: "agree" }, other)).status).toBe(400);
    expect(await versionOn("2026-07-01")).toBe("1");
    expect((await post(second, { intent: "agree" }, agreed)).location).toMatch(/done=agreed$/);
    expect(await versionOn("2026-07-01")).toBe("2");
    expect(await versionOn("2026-05-31")).toBe("1");
    expect((await post(second, { intent: "refuse", answer: "依据不足" }, agreed)).status).toBe(409);
    const finance = await call(act, { portal, actor: preparer, ...at, form: { intent: "agree", sha256 } });
    expect(finance.status).toBe(404);
  });
});
