import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { bringPack, readPackText } from "~server/packs/bring-pack.server";
import type { PackSource } from "~server/packs/grammar";
import { listProposals, readProposal } from "~server/packs/list-proposals.server";
import { openShelf } from "~server/packs/open-shelf.server";
import { ownNameOn } from "~server/packs/look-up-pack";
import { keepNames } from "~server/packs/name-agencies.server";
import { PackError } from "~server/packs/pack-error";
import { readPackVersion } from "~server/packs/read-stored-pack.server";
import { agreeToPack, refusePack, requestPack } from "~server/packs/settle-pack.server";
import { diffDecisions, listChanges } from "~server/routing/diff-decisions.server";
import { replayDecision } from "~server/routing/replay-decision.server";
import { findAgency } from "~server/staff-auth/find-agency.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { installPack } from "~server/start/install-pack.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { changedJinhua, countyPack, jinhuaSource } from "~tests/factories/changed-pack";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { refusalOf } from "~tests/setup/refusal-of";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let first: StaffActor;
let second: StaffActor;
let triage: StaffActor;
let auditor: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  await portal.packs.refresh(portal.db);
  first = await makePerson(portal, "leading-office", ["administrator"]);
  second = await makePerson(portal, "leading-office", ["administrator"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  auditor = await makePerson(portal, "finance", ["auditor"]);
});

const at = () => portal.clock.now();
const read = (source: PackSource) => readPackText(JSON.stringify(source), "changed.json");

async function bring(source: PackSource, actor = first, parentId: string | null = null) {
  const loaded = read(source);
  const { proposalId } = await bringPack(portal.db, { ...loaded, parentId, at: at() }, actor);
  return { proposalId, sha256: loaded.sha256, at: at(), pack: loaded.pack };
}
type Brought = Awaited<ReturnType<typeof bring>>;

const request = (one: Brought, actor = first) =>
  requestPack(portal.db, { ...one, reason: "领域分工调整" }, actor);
const agree = (one: Brought, actor = second) => agreeToPack(portal.db, one, actor);
const refuse = (one: Brought, actor = second) => refusePack(portal.db, { ...one, reason: "依据不足" }, actor);

const inForce = async () => {
  const shelf = openShelf(portal.pack);
  await shelf.refresh(portal.db);
  return shelf.home().pack.version;
};
const firstVersion = jinhuaSource().version;

describe("a changed pack", () => {
  it("takes effect at once only on a database that has none; a folder changed later waits", async () => {
    expect(await inForce()).toBe(firstVersion);
    const found = read(changedJinhua("2016.8"));
    const start = () => withActor(portal.db, systemActor("test"), (tx) => installPack(tx, found, at()));
    await start();
    await start();
    expect(await inForce()).toBe(firstVersion);
    const { proposals } = await listProposals(portal.db, { page: 1 }, auditor);
    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({ broughtBy: null, version: "2016.8" });
    // A folder changed again before anybody asked takes its place.
    await withActor(portal.db, systemActor("test"), (tx) =>
      installPack(tx, read(changedJinhua("2016.81")), at()),
    );
    const later = await listProposals(portal.db, { page: 1 }, auditor);
    expect(later.proposals.map(({ version, outcome }) => [version, outcome])).toEqual([
      ["2016.81", null],
      ["2016.8", "replaced"],
    ]);
    const [waiting] = later.proposals;
    if (waiting === undefined) throw new Error("nothing waits");
    const page = await readProposal(portal.db, { proposalId: waiting.id }, second);
    await refuse({ ...waiting, proposalId: waiting.id, at: at(), pack: page.pack });
    await withActor(portal.db, systemActor("test"), (tx) =>
      installPack(tx, read(changedJinhua("2016.81")), at()),
    );
    expect((await listProposals(portal.db, { page: 1 }, auditor)).proposals).toHaveLength(2);
  });

  it("has its bodies called as they are on the day, and found under every name they had", async () => {
    const name = async (id: string) =>
      (await portal.db.pool.query<{ name: string }>("select name from agencies where id = $1", [id])).rows[0]
        ?.name;
    const nameOn = (day: string) => {
      portal.clock.set(`${day}T02:00:00Z`);
      return keepNames(portal);
    };
    const now = portal.clock.now();
    expect(await name("jinhua.banking-regulation")).toBe("国家金融监督管理总局金华监管分局");
    await nameOn("2016-08-01");
    expect(await name("jinhua.banking-regulation")).toBe("金华银监分局");
    await nameOn("2020-08-01");
    expect(await name("jinhua.banking-regulation")).toBe("金华银保监分局");
    portal.clock.set(now.toISOString());
    await withActor(portal.db, systemActor("test"), (tx) => installPack(tx, portal.pack, now));
    expect(await name("jinhua.banking-regulation")).toBe("国家金融监督管理总局金华监管分局");
    for (const wanted of ["金华银监分局", "金华银保监分局", "国家金融监督管理总局金华监管分局"]) {
      expect(await findAgency(portal.db, wanted)).toEqual(["jinhua.banking-regulation"]);
    }
  });

  it("is refused with file, path and rule", () => {
    const source = changedJinhua("2016.9", "no-such-body");
    expect(() => read(source)).toThrow(PackError);
    try {
      read(source);
    } catch (error) {
      expect(error).toMatchObject({ file: "changed.json", rule: "jinhua.sector.p2p" });
      expect((error as PackError).path).toMatch(/^rows\[\d+\]\.rules\[0\]\.lead\[0\]$/);
    }
    expect(() => readPackText("{", "changed.json")).toThrow("changed.json: pack: not valid JSON");
  });

  it("is brought by administrators with a passkey alone, once at a time, under a version of its own", async () => {
    expect(await refusalOf(bring(changedJinhua(), triage))).toBe("not_found");
    expect(await refusalOf(bring(changedJinhua(), { ...first, method: "demo" }))).toBe("passkey_needed");
    expect(await refusalOf(bring(jinhuaSource()))).toBe("pack_same");
    expect(await refusalOf(bring(changedJinhua(firstVersion)))).toBe("pack_version_used");
    expect(await refusalOf(bring(countyPack(), first, "nowhere"))).toBe("pack_parent");
    const one = await bring(changedJinhua());
    expect(await refusalOf(bring(changedJinhua("2016.10")))).toBe("pack_waiting");
    expect(await refuse(one, first)).toEqual({ outcome: "withdrawn" });
    expect(await refusalOf(request(one))).toBe("pack_settled");
    const { proposals } = await listProposals(portal.db, { page: 1 }, auditor);
    expect(proposals[0]).toMatchObject({ outcome: "withdrawn", answer: "依据不足" });
  });

  it("takes effect when a second administrator agrees to what the first asked for, on every server", async () => {
    const one = await bring(changedJinhua("2016.20"));
    expect(await refusalOf(agree(one))).toBe("pack_not_requested");
    await request(one);
    expect(await refusalOf(request(one, second))).toBe("pack_requested");
    expect(await refusalOf(agree(one, first))).toBe("own_request");
    expect(await refusalOf(agree({ ...one, sha256: "0".repeat(64) }))).toBe("pack_changed");
    expect(await refusalOf(agree(one, triage))).toBe("not_found");
    expect(await inForce()).toBe(firstVersion);
    const { leadId } = await sendReport(portal);
    await agree(one);
    expect(await refusalOf(agree(one))).toBe("pack_settled");
    expect(await inForce()).toBe("2016.20");
    // Its bodies are called as they are today, by the same rule in the database as everywhere.
    const { rows: called } = await portal.db.pool.query<{ slug: string; names: string[] }>(
      "select slug, array[name, name_en] as names from agencies where pack_id = 'jinhua'",
    );
    for (const { slug, names } of called) {
      const today = chinaDay(at());
      const [zh, en] = [ownNameOn(one.pack, slug, today), ownNameOn(one.pack, slug, today, "en")];
      expect(names).toEqual([zh, en]);
    }

    // This server has not heard of it yet, and still decides by it.
    expect(portal.pack.pack.version).toBe(firstVersion);
    const decision = await dispatchLead(
      portal.db,
      portal.pack,
      {
        leadId,
        version: 1,
        sector: "p2p",
        triage: { suspectedCrime: false, petition: false, nested: false },
        insteadLeadBy: null,
        reason: null,
        at: at(),
      },
      triage,
    );
    expect(decision).toMatchObject({ pack: { version: "2016.20" }, lead: ["市公安局"] });
    const late = await sendReport(portal);
    const { rows: cited } = await portal.db.pool.query<{ tip: string; routed: string; lead: string[] }>(
      `select t.pack_version as tip, d.pack_version as routed, d.decision->'lead' as lead
         from tips t join routing_decisions d on d.lead_id = t.lead_id where t.id = $1`,
      [late.tipId],
    );
    expect(cited).toEqual([{ tip: "2016.20", routed: "2016.20", lead: ["市公安局"] }]);
    expect(portal.pack.pack.version).toBe(firstVersion);
    expect(await portal.packs.refresh(portal.db)).toBe(true);
    expect(await portal.packs.refresh(portal.db)).toBe(false);
    expect(portal.pack.pack.version).toBe("2016.20");
    const { rows } = await portal.db.pool.query<{ action: string }>(
      "select action from events where subject_id = $1 order by seq",
      [one.proposalId],
    );
    expect(rows.map(({ action }) => action)).toEqual(["pack.brought", "pack.requested", "pack.in_force"]);
  });

  it("is not agreed to after who asked left the administrators, nor by two at once", async () => {
    const leaver = await makePerson(portal, "leading-office", ["administrator"]);
    const one = await bring(changedJinhua("2016.30"), leaver);
    await request(one, leaver);
    await portal.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [leaver.id]);
    expect(await refusalOf(agree(one))).toBe("requester_left");
    expect(await refuse(one)).toEqual({ outcome: "refused" });

    const other = await bring(changedJinhua("2016.31"));
    await request(other);
    const third = await makePerson(portal, "leading-office", ["administrator"]);
    const both = await Promise.all([agree(other), agree(other, third)].map((work) => refusalOf(work)));
    expect(both.sort()).toEqual(["accepted", "pack_settled"]);
    expect(await inForce()).toBe("2016.31");
  });

  it("cannot be put in force past the two, whatever code forgets", async () => {
    const one = await bring(changedJinhua("2016.40"));
    await request(one);
    const attempt = (text: string, actor: StaffActor) =>
      refusedBy(withActor(portal.db, actor, (tx) => tx.execute(sql.raw(text))));
    const put = `select put_pack_in_force('${one.proposalId}'::uuid, now())`;
    expect(await attempt(put, first)).toBe("pack_effects_by_two");
    expect(await attempt(put, triage)).toBe("pack_effects_by_two");
    const own = `update pack_proposals set outcome = 'agreed', decided_by = requested_by, decided_at = now() where id = '${one.proposalId}'`;
    expect(await attempt(own, first)).toBe("pack_proposals_two_ck");
    const asOther = `update pack_proposals set outcome = 'agreed', decided_by = '${second.id}', decided_at = now() where id = '${one.proposalId}'`;
    expect(await attempt(asOther, first)).toBe("pack_proposals_history");
    const rules = `update pack_proposals set content = '{}' where id = '${one.proposalId}'`;
    expect(await attempt(rules, first)).toBe("pack_proposals_history");
    await expect(
      test.owner.query(
        "insert into pack_effects (pack_id, version, effective_at) values ('jinhua', $1, now())",
        [firstVersion],
      ),
    ).rejects.toMatchObject({ constraint: "pack_effects_by_two" });
    await expect(test.owner.query("delete from pack_proposals")).rejects.toMatchObject({
      constraint: "pack_proposals_history",
    });
    await refuse(one);
  });
});

describe("the simulator's difference", () => {
  it("counts exactly what would change, by sector and body, and lists it page by page", async () => {
    await test.owner.query("alter table routing_decisions disable trigger user");
    await test.owner.query("delete from routing_decisions");
    await test.owner.query("alter table routing_decisions enable trigger user");
    const current = (await portal.packs.refresh(portal.db), portal.pack);
    const sent: string[] = [];
    for (let n = 0; n < 23; n += 1) {
      const { leadId } = await sendReport(portal);
      sent.push(leadId);
    }
    for (let n = 0; n < 2; n += 1) {
      await sendReport(portal, {
        sector: { sector: "advertising" },
        "red-lines": { redLines: ["advertising.no_warning"] },
      });
    }
    expect(new Set(sent).size).toBe(23);
    expect(current.pack.version).toBe("2016.31");
    const changed = read(changedJinhua("2016.50", "banking-regulation")).pack;
    const asked = { pack: changed, today: "2026-03-02" };
    const diff = await diffDecisions(portal.db, asked, triage);
    expect(diff).toMatchObject({ decisions: 25, changed: 23, unreadable: 0 });
    expect(diff.bySector).toEqual([
      { sector: "p2p", decisions: 23, changed: 23 },
      { sector: "advertising", decisions: 2, changed: 0 },
    ]);
    expect(diff.byAgency).toEqual([
      { agency: "金华银监分局", gains: 23, loses: 0 },
      { agency: "市公安局", gains: 0, loses: 23 },
    ]);
    const page = await listChanges(portal.db, { ...asked, after: null }, triage);
    expect(page.changes).toHaveLength(20);
    expect(page.changes[0]).toMatchObject({
      sector: "p2p",
      parts: ["lead"],
      before: { lead: ["市公安局"] },
      after: { lead: ["金华银监分局"] },
    });
    const rest = await listChanges(portal.db, { ...asked, after: page.next }, triage);
    expect(rest).toMatchObject({ next: null });
    const listed = [...page.changes, ...rest.changes].map(({ lead }) => lead?.id);
    expect([...listed].sort()).toEqual([...sent].sort());
    // Ninety days on they no longer count; the same rules change nothing.
    expect(await diffDecisions(portal.db, { ...asked, today: "2026-05-31" }, triage)).toMatchObject({
      decisions: 0,
    });
    expect(await diffDecisions(portal.db, { ...asked, pack: current.pack }, triage)).toMatchObject({
      changed: 0,
    });
  });

  it("shows an administrator figures and bodies, no leads, and nothing kept to the leading office", async () => {
    const asked = { pack: read(changedJinhua("2016.50", "banking-regulation")).pack, today: "2026-03-02" };
    const { rows } = await portal.db.pool.query<{ id: string }>(
      `select l.id from leads l join routing_decisions d on d.lead_id = l.id where d.facts->'sectors' ? 'p2p' limit 1`,
    );
    await portal.db.pool.query("update leads set leading_office_only = true where id = $1", [rows[0]?.id]);
    expect(await diffDecisions(portal.db, asked, first)).toMatchObject({ decisions: 24, changed: 22 });
    expect(await diffDecisions(portal.db, asked, auditor)).toMatchObject({ decisions: 25, changed: 23 });
    const { changes } = await listChanges(portal.db, { ...asked, after: null }, first);
    expect(changes.every(({ lead }) => lead === null)).toBe(true);
    const officer = await makePerson(portal, "police", ["agency_officer"]);
    expect(await refusalOf(diffDecisions(portal.db, asked, officer))).toBe("not_found");
  });
});

describe("a stored decision", () => {
  it("replays to itself under its own version, whatever is in force since, and shows when it was altered", async () => {
    const stored = await portal.db.pool.query<{
      pack_id: string;
      pack_version: string;
      pack_sha256: string;
      facts: object;
      decision: object;
    }>("select * from routing_decisions");
    const replay = (row: (typeof stored.rows)[number], over = {}) =>
      withActor(portal.db, auditor, (tx) =>
        replayDecision(tx, {
          ...{ packId: row.pack_id, packVersion: row.pack_version, packSha256: row.pack_sha256 },
          ...{ facts: row.facts, decision: row.decision },
          ...over,
        }),
      );
    expect(stored.rows.length).toBeGreaterThan(20);
    for (const row of stored.rows) expect(await replay(row)).toBe("same");
    const [row] = stored.rows;
    if (row === undefined) throw new Error("no decision");
    expect(await replay(row, { decision: { ...row.decision, lead: ["别的部门"] } })).toBe("differs");
    expect(await replay(row, { packSha256: "0".repeat(64) })).toBe("differs");
    expect(await replay(row, { packVersion: "1999.1" })).toBe("unknown");
    const old = await withActor(portal.db, auditor, (tx) => readPackVersion(tx, "jinhua", firstVersion));
    expect(old?.pack).toEqual(readPackText(JSON.stringify(jinhuaSource()), "x").pack);
  });
});

describe("a further pack", () => {
  it("joins the portal below its parent by the same two hands, its bodies with it", async () => {
    const one = await bring(countyPack(), first, "jinhua");
    await request(one);
    await agree(one);
    await portal.packs.refresh(portal.db);
    expect(portal.packs.all().map(({ pack, parentId }) => [pack.id, parentId])).toEqual([
      ["jinhua", null],
      ["county", "jinhua"],
    ]);
    const { rows } = await portal.db.pool.query(
      "select id, name from agencies where pack_id = 'county' order by id",
    );
    expect(rows).toEqual([
      { id: "county.finance", name: "县金融办" },
      { id: "county.office", name: "县处非办" },
    ]);
  });
});
