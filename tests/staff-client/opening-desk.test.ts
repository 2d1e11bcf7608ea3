import { beforeAll, describe, expect, it } from "vitest";
import type { DeskReply, DeskRequest, SealedNarrative } from "~/staff-client/keys/desk-messages";
import { makeDesk } from "~/staff-client/keys/opening-desk";
import { withActor } from "~db/with-actor.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { SealedBundle } from "~server/secrecy/sealed-view";
import type { StaffActor } from "~server/staff-auth/actor";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let keyring: OpenKeyring;
let stranger: OpenKeyring;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  keyring = await holdKeys(portal, triage);
  stranger = await holdKeys(portal, await makePerson(portal, "police", ["agency_officer"]));
});

async function sealedReport(narrative: string): Promise<SealedBundle> {
  const { tipId } = await sendReport(portal, { narrative: { narrative } });
  const view = await withActor(portal.db, triage, async (tx) =>
    (await readSealed(tx, { tipIds: [tipId], fields: ["narrative"] }, triage))(tipId, "narrative"),
  );
  if (view.state !== "sealed") throw new Error("not sealed");
  return view;
}

/** A desk and everything it told. */
function desk(keys: OpenKeyring = keyring) {
  const told: DeskReply[] = [];
  const ask = makeDesk((reply) => told.push(reply));
  void ask({ ask: "keys", roleKeys: keys.roleKeys });
  return { ask, told, last: () => told.at(-1) };
}

const batch = (narratives: readonly SealedNarrative[]): DeskRequest => ({
  ask: "batch",
  of: 1,
  json: new TextEncoder().encode(JSON.stringify({ narratives })).buffer,
});

const placed = (narrative: SealedNarrative["narrative"], rank: number): SealedNarrative => ({
  id: narrative.state === "sealed" ? narrative.ref.id : String(rank),
  rank,
  arrivedOn: "2026-03-02",
  narrative,
});

describe("the opening desk", () => {
  it("opens what its keys open; without the key, or with a changed byte, it says which", async () => {
    const bundle = await sealedReport("业务员在菜场门口发鸡蛋，说存三万给高利息，现在取不出来。");
    const mine = desk();
    await mine.ask({ ask: "open", of: 1, bundle });
    expect(mine.last()).toMatchObject({ tell: "opened", of: 1, result: { state: "open" } });
    const changed = {
      ...bundle,
      body: `${bundle.body.slice(0, 40)}${bundle.body[40] === "A" ? "B" : "A"}${bundle.body.slice(41)}`,
    };
    await mine.ask({ ask: "open", of: 2, bundle: changed });
    expect(mine.last()).toMatchObject({ of: 2, result: { state: "broken" } });
    await mine.ask({ ask: "open", of: 3, bundle: { ...bundle, body: "???" } });
    expect(mine.last()).toMatchObject({ of: 3, result: { state: "broken" } });
    const theirs = desk(stranger);
    await theirs.ask({ ask: "open", of: 4, bundle });
    expect(theirs.last()).toMatchObject({ of: 4, result: { state: "no_key" } });
  });

  it("keeps a record's opened key, and opens nothing with it after the keys were taken away", async () => {
    const bundle = await sealedReport("甲乙丙丁戊己庚辛壬癸，业务员说稳赚不赔，请帮忙查一查。");
    const mine = desk();
    await mine.ask({ ask: "open", of: 1, bundle });
    // The same record with its wrapped key spoilt: the kept key opens it.
    const spoilt = { ...bundle, keys: bundle.keys.map((key) => ({ ...key, body: "A".repeat(64) })) };
    await mine.ask({ ask: "open", of: 2, bundle: spoilt });
    expect(mine.last()).toMatchObject({ result: { state: "open" } });
    await mine.ask({ ask: "keys", roleKeys: keyring.roleKeys });
    await mine.ask({ ask: "open", of: 3, bundle: spoilt });
    expect(mine.last()).toMatchObject({ result: { state: "broken" } });
    await mine.ask({ ask: "keys", roleKeys: [] });
    await mine.ask({ ask: "open", of: 4, bundle });
    expect(mine.last()).toMatchObject({ result: { state: "no_key" } });
  });

  it("opens a batch in its order, then searches and compares it until it is told to forget", async () => {
    const story = "业务员每天在菜场门口发鸡蛋，请老人去听课，说存三万每年给一成八的利息，手机上点一点就行。";
    const bundles = [
      await sealedReport(story),
      await sealedReport("这家公司在写字楼里办讲座，拉人头入会，先交两千元会费，再按层级返佣金。"),
      await sealedReport(`${story}请查处。`),
    ];
    const mine = desk();
    await mine.ask(
      batch([...bundles.map((bundle, at) => placed(bundle, at + 1)), placed({ state: "absent" }, 4)]),
    );
    const parts = mine.told.flatMap((reply) => (reply.tell === "part" ? reply.narratives : []));
    expect(parts.map(({ rank, result }) => [rank, result.state])).toEqual([
      [1, "open"],
      [2, "open"],
      [3, "open"],
      [4, "absent"],
    ]);
    expect(mine.last()).toEqual({ tell: "batch", of: 1 });
    await mine.ask({ ask: "search", of: 2, words: "雞蛋" });
    expect(mine.last()).toMatchObject({
      tell: "found",
      hits: [{ id: bundles[0]?.ref.id }, { id: bundles[2]?.ref.id }],
    });
    await mine.ask({ ask: "similar", of: 3 });
    expect(mine.last()).toEqual({ tell: "similar", of: 3, likenesses: [{ rank: 3, like: 1 }] });
    await mine.ask({ ask: "clear" });
    await mine.ask({ ask: "search", of: 4, words: "鸡蛋" });
    expect(mine.last()).toMatchObject({ tell: "found", hits: [] });
  });

  it("answers a batch it cannot read, so that the page does not wait for ever", async () => {
    const mine = desk();
    await mine.ask({ ask: "batch", of: 9, json: new TextEncoder().encode("<html>").buffer });
    expect(mine.last()).toEqual({ tell: "failed", of: 9 });
  });
});
