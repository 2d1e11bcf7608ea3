import { beforeAll, describe, expect, it } from "vitest";
import { agreedTo } from "~/forms/step-up-subjects";
import { action as hand, loader as handPage } from "~/routes/staff.leads.$leadId_.hand";
import { action as simulate, loader as routing } from "~/routes/staff.routing";
import { action as upload, loader as versions } from "~/routes/staff.routing_.versions";
import { action as act, loader as proposalPage } from "~/routes/staff.routing_.versions_.$proposalId";
import { nameAgencyAmong } from "~server/packs/list-options";
import { loadPack } from "~server/packs/load-pack.server";
import { readPackText, bringPack } from "~server/packs/bring-pack.server";
import { uploadPack } from "~server/packs/act-on-versions.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { changedJinhua, jinhuaSource } from "~tests/factories/changed-pack";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let officer: StaffActor;
let first: { actor: StaffActor; key: SoftwareAuthenticator };
let second: { actor: StaffActor; key: SoftwareAuthenticator };

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  officer = await makePerson(portal, "police", ["agency_officer"]);
  const administrator = async () => {
    const actor = await makePerson(portal, "leading-office", ["administrator"]);
    return { actor, key: await enrolPasskey(portal, actor) };
  };
  first = await administrator();
  second = await administrator();
});

const current = `jinhua ${jinhuaSource().version}`;
const facts = { rules: current, sectors: ["p2p", "advertising"], registered: "330702", alleged: "6000万" };

describe("the simulator's page", () => {
  const post = (form: Record<string, string | string[]>, actor = triage) =>
    call(simulate, { portal, actor, url: "/staff/routing", form });

  it("answers a plain post with the decision, its clauses and the next best, and writes nothing", async () => {
    const count =
      "select (select count(*) from routing_decisions)::int + (select count(*) from events)::int as n";
    const before = (await portal.db.pool.query<{ n: number }>(count)).rows[0]?.n;
    const answer = await post({ ...facts, suspectedCrime: "yes" });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        result: {
          lead: [{ name: "金华银监分局" }, { name: "市市场监管局" }],
          also: [{ name: "市公安局" }],
          escalate: true,
          nextBest: { lead: ["领导小组办公室"] },
        },
      },
    });
    expect(answer.text).toContain("三(二)5");
    expect((await portal.db.pool.query<{ n: number }>(count)).rows[0]?.n).toBe(before);
  });

  it("says which facts contradict themselves, and that the leading office takes over", async () => {
    const jiangsu = loadPack("jiangsu");
    const brought = { ...jiangsu, parentId: null, at: portal.clock.now() };
    const { proposalId } = await bringPack(portal.db, brought, first.actor);
    const answer = await post({
      rules: proposalId,
      sectors: ["asset_mgmt"],
      substance: "股权众筹",
      licensed: "yes",
    });
    const [office] = jiangsu.pack.fallback.lead.map((id) => nameAgencyAmong([jiangsu.pack], `jiangsu.${id}`));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        result: {
          lead: [{ name: office }],
          contradictions: [{ kind: "licence_nobody_gives", value: "股权众筹" }],
        },
      },
    });
    expect((await post(facts)).body).toMatchObject({ result: { contradictions: [] } });
  });

  it("says on its page that the data folder's file was refused, and why", async () => {
    const refused = { file: "jinhua/rules.json", path: "rows.0", rule: "jinhua.sector.p2p", message: "x" };
    const told = { ...portal, packs: { ...portal.packs, refused } } as TestPortal;
    const page = await call(routing, { portal: told, actor: triage, url: "/staff/routing" });
    expect(page.body).toMatchObject({ refused, home: jinhuaSource().version });
  });

  it.each([
    ["no sector", { sectors: "" }, { sectors: "chooseSector" }],
    ["an unknown sector", { sectors: ["fantasy"] }, { sectors: "chooseSector" }],
    ["unknown rules", { rules: "jinhua 1999.1" }, { rules: "chooseVersion" }],
    ["a place nobody knows", { registered: "XY12" }, { registered: "placeCode" }],
    ["an amount that is none", { alleged: "很多" }, { alleged: "amountWrong" }],
    ["people in words", { people: "多" }, { people: "wholeNumber" }],
  ])("keeps the input of %s with 400", async (_what, over, errors) => {
    const answer = await post({ ...facts, ...over });
    expect(answer).toMatchObject({ status: 400, body: { result: null, state: { errors } } });
    expect(answer.body).toMatchObject({
      state: { values: { ...facts, ...over, sectors: expect.anything() as unknown } },
    });
  });

  it("lists the rules in force, searchable by a body's name", async () => {
    const find = async (search: string) =>
      (
        await call(routing, {
          portal,
          actor: triage,
          url: `/staff/routing?search=${encodeURIComponent(search)}`,
        })
      ).field("rules") as { rule: string }[];
    expect((await find("金华银监分局")).map(({ rule }) => rule)).toContain("jinhua.sector.p2p");
    expect((await find("三(二)6")).length).toBeGreaterThan(0);
    expect(await find("没有这个词")).toEqual([]);
  });
});

describe("the pages of versions", () => {
  const send = (source: unknown, actor = first.actor) => {
    const form = new FormData();
    form.set(
      "packFile",
      new File([typeof source === "string" ? source : JSON.stringify(source)], "rules.json"),
    );
    return uploadPack(portal, form, actor);
  };

  it("say of a refused file where the fault is, and of no file that one is needed", async () => {
    expect(await send(changedJinhua("2016.9", "no-such-body"))).toMatchObject({
      ...{ ok: false, status: 400 },
      fault: { file: "rules.json", rule: "jinhua.sector.p2p" },
    });
    expect(await send("[")).toMatchObject({ fault: { file: "rules.json", path: "pack" } });
    expect(
      await call(upload, { portal, actor: first.actor, url: "/staff/routing/versions", form: {} }),
    ).toMatchObject({
      ...{ status: 400, body: { errors: { packFile: "choosePackFile" } } },
    });
    expect(await send(jinhuaSource())).toMatchObject({ status: 409, refusal: /完全相同/ });
    const triages = call(upload, { portal, actor: triage, url: "/staff/routing/versions", form: {} });
    expect((await triages).status).toBe(404);
  });

  it("take a touch for the very rules and reason shown, from two people, and no other", async () => {
    const loaded = readPackText(JSON.stringify(changedJinhua()), "rules.json");
    const at = portal.clock.now();
    const { proposalId } = await bringPack(portal.db, { ...loaded, parentId: null, at }, first.actor);
    const { sha256 } = loaded;
    const post = async (
      by: typeof first,
      form: Record<string, string>,
      touch: Parameters<typeof stepUpProof>[2],
    ) =>
      call(act, {
        ...{ portal, actor: by.actor, url: `/staff/routing/versions/${proposalId}`, params: { proposalId } },
        form: { sha256, ...form, stepUp: await stepUpProof(portal, by, touch) },
      });
    const reason = "分工调整";
    const asking = { intent: "request", reason };
    const shown = { proposalId, sha256 };
    const otherReason = agreedTo.packRequest({ ...shown, reason: "别的理由" });
    expect((await post(first, asking, otherReason)).status).toBe(400);
    const touch = agreedTo.packRequest({ ...shown, reason });
    expect((await post(first, { ...asking, reason: "" }, touch)).body).toMatchObject({
      state: { errors: { reason: "needsWhy" } },
    });
    expect((await post(first, asking, touch)).location).toMatch(/done=requested$/);
    expect((await post(first, { intent: "agree" }, agreedTo.packAgreed(shown))).status).toBe(409);
    const other = agreedTo.packAgreed({ ...shown, sha256: "0".repeat(64) });
    expect((await post(second, { intent: "agree" }, other)).status).toBe(400);
    expect(portal.pack.pack.version).not.toBe("2016.9");
    expect((await post(second, { intent: "agree" }, agreedTo.packAgreed(shown))).location).toMatch(
      /done=agreed$/,
    );
    expect(portal.pack.pack.version).toBe("2016.9");
  });

  it("show an administrator no lead in the difference, and triage its links", async () => {
    const { leadId } = await sendReport(portal);
    const loaded = readPackText(JSON.stringify(changedJinhua("2016.10", "banking-regulation")), "x");
    const at = portal.clock.now();
    const { proposalId } = await bringPack(portal.db, { ...loaded, parentId: null, at }, first.actor);
    const see = (actor: StaffActor) =>
      call(proposalPage, {
        portal,
        actor,
        url: `/staff/routing/versions/${proposalId}`,
        params: { proposalId },
      });
    expect((await see(triage)).text).toContain(leadId);
    const mine = await see(first.actor);
    expect(mine.body).toMatchObject({ diff: { changed: 1 }, figuresOnly: true });
    expect(mine.text).not.toContain(leadId);
    expect((await see(officer)).status).toBe(404);
    const list = await call(versions, { portal, actor: triage, url: "/staff/routing/versions" });
    expect(list.body).toMatchObject({ held: [{ packId: "jinhua", version: "2016.9" }] });
  });
});

describe("the page that hands a lead on", () => {
  it("offers nothing in a portal of one pack, asks for pack and reason, and is not there for others", async () => {
    const { leadId } = await sendReport(portal);
    const at = { portal, url: `/staff/leads/${leadId}/hand`, params: { leadId } };
    expect((await call(handPage, { ...at, actor: triage })).body).toMatchObject({ handing: null });
    expect((await call(handPage, { ...at, actor: officer })).status).toBe(404);
    const asked = await call(hand, {
      ...at,
      actor: triage,
      form: { version: "1", toPackId: "", reason: "" },
    });
    expect(asked).toMatchObject({
      status: 400,
      body: { state: { errors: { toPackId: "choosePack", reason: "needsWhy" } } },
    });
    const form = { version: "1", toPackId: "nowhere", reason: "注册地在外省" };
    expect(await call(hand, { ...at, actor: triage, form })).toMatchObject({
      status: 400,
      body: { state: { values: { reason: "注册地在外省" } } },
    });
  });
});
