import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { sealArrivals } from "~server/arrivals/seal-arrivals.server";
import { mergeDossiers } from "~server/dossiers/merge-dossiers.server";
import { addAlias, endAlias } from "~server/dossiers/name-dossier.server";
import { readDossier } from "~server/dossiers/read-dossier.server";
import { recordField } from "~server/dossiers/record-field.server";
import { placeHold } from "~server/retention/place-hold.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { about, freshSite, type Sent } from "~tests/factories/dossier-desk";
import { leadRow, makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { openMergeDesk, type MergeDesk } from "./merge-desk";

const test = testDatabase();
let portal: MergeDesk["portal"];
let triage: MergeDesk["triage"];
let officer: MergeDesk["officer"];
let send: MergeDesk["send"];
let settle: MergeDesk["settle"];
let one: MergeDesk["one"];
let merge: MergeDesk["merge"];
let part: MergeDesk["part"];
let run: MergeDesk["run"];
let colleague: StaffActor;

beforeAll(async () => {
  ({ portal, triage, officer, send, settle, one, merge, part, run } = await openMergeDesk(test));
  colleague = await makePerson(portal, "leading-office", ["triage_officer"]);
});
const fresh = freshSite;

/** Every row of two subjects that a merge touches; what only counts on (versions) or keeps a record of it left out. */
async function picture(sent: readonly Sent[]): Promise<unknown> {
  const dossierIds = [...new Set(sent.map(({ dossierId }) => dossierId))];
  const leadIds = [...new Set(sent.map(({ leadId }) => leadId))];
  const rows = async (text: string, ids: string[]) => (await test.owner.query(text, [ids])).rows as unknown[];
  return {
    dossiers: await rows(
      "select to_jsonb(d) - 'version' as row from dossiers d where id = any($1) order by id",
      dossierIds,
    ),
    keys: await rows("select * from dossier_keys where dossier_id = any($1) order by kind, key", dossierIds),
    aliases: await rows(
      "select * from dossier_aliases where dossier_id = any($1) and ended_at is null order by id",
      dossierIds,
    ),
    fields: await rows("select * from dossier_fields where dossier_id = any($1) order by id", dossierIds),
    leads: await rows(
      "select to_jsonb(l) - 'version' as row from leads l where id = any($1) order by id",
      leadIds,
    ),
    holders: await rows("select * from lead_agencies where lead_id = any($1) order by id", leadIds),
    sectors: await rows("select * from lead_sectors where lead_id = any($1) order by id", leadIds),
    tips: await rows(
      "select * from tips where id = any($1) order by arrival_no",
      sent.map(({ tipId }) => tipId),
    ),
    clocks: await rows("select * from lead_clocks where lead_id = any($1) order by id", leadIds),
    pauses: await rows("select * from clock_pauses where lead_id = any($1) order by id", leadIds),
    disputes: await rows("select * from disputes where lead_id = any($1) order by id", leadIds),
    assignments: await rows(
      `select lead_id, reach, staff_id from lead_assignments where lead_id = any($1) and ended_at is null order by 1, 2`,
      leadIds,
    ),
    ranks: await rows("select * from arrival_ranks where lead_id = any($1) order by arrival_no", leadIds),
  };
}

describe("a merge that is undone", () => {
  it("leaves every row as it was: pointers, keys, aliases, stages, clocks, holders, tips, ranks", async () => {
    const stages = fc.constantFrom(...(["new", "triage", "dispatched", "investigating"] as const));
    const side = fc.record({
      tips: fc.integer({ min: 1, max: 4 }),
      stage: stages,
      major: fc.boolean(),
      alias: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(side, side, fc.boolean(), async (left, right, closedFirst) => {
        const sent: Sent[] = [];
        for (const { tips, stage, major, alias } of [left, right]) {
          const site = fresh();
          const own: Sent[] = [];
          for (let n = 0; n < tips; n += 1) own.push(await send(about(site, `禾苗理财${site}`)));
          const [first] = own;
          if (first === undefined) throw new Error("a side has tips");
          await settle(first.leadId, stage, major);
          if (stage === "dispatched" || stage === "investigating") await run(first.leadId, major);
          const { dossierId } = first;
          if (alias)
            await addAlias(portal.db, { dossierId, name: `小禾${site}`, at: portal.clock.now() }, triage);
          const field = { field: "risks", version: 0, value: "资金池", source: "现场检查" } as const;
          await recordField(portal.db, { dossierId, ...field, at: portal.clock.now() }, triage);
          sent.push(...own);
        }
        const [kept, merged] = [sent[0], sent.at(-1)];
        if (kept === undefined || merged === undefined) throw new Error("both sides have tips");
        if (closedFirst)
          await test.owner.query(
            "update leads set stage = 'closed', closure_code = 'insufficient', closed_at = now() where id = $1",
            [kept.leadId],
          );
        await sealArrivals(portal.db, { horizon: null });
        const before = await picture(sent);
        const { mergeId } = await merge(kept.dossierId, merged.dossierId);
        expect(await picture(sent)).not.toEqual(before);
        await part(mergeId);
        expect(await picture(sent)).toEqual(before);
        expect(await refusalOf(part(mergeId))).toBe("already_undone");
      }),
      { numRuns: 6, seed: 20_260_302 },
    );
  });

  it("leaves tips that came in between where they belong: by their keys, or where they came to", async () => {
    const [a, b] = [fresh(), fresh()];
    const kept = await send(about(a));
    const gone = await send(about(b));
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    // Of the dossier set apart by its key, with a new key of its own; of the one kept; of both.
    const follows = await send(
      about(b, "禾苗", { online: { sites: `https://${b}.example/\nhttps://${b}-new.example/` } }),
    );
    const stays = await send(about(a));
    const both = await send(
      about(a, "禾苗", { online: { sites: `https://${a}.example/\nhttps://${b}.example/` } }),
    );
    expect([follows.leadId, stays.leadId, both.leadId]).toEqual([kept.leadId, kept.leadId, kept.leadId]);
    expect(await part(mergeId)).toMatchObject({ returned: 1, followed: 1, stayed: 2, elsewhere: 0 });
    const leadsNow = async (ids: string[]) =>
      (
        await test.owner.query("select lead_id from tips where id = any($1) order by arrival_no", [ids])
      ).rows.map((row: { lead_id: string }) => row.lead_id);
    expect(await leadsNow([kept.tipId, gone.tipId, follows.tipId, stays.tipId, both.tipId])).toEqual([
      kept.leadId,
      gone.leadId,
      gone.leadId,
      kept.leadId,
      kept.leadId,
    ]);
    // The key that came with it went with it: the next report finds the dossier set apart.
    expect((await send(about(`${b}-new`))).leadId).toBe(gone.leadId);
    const { merges } = await readDossier(portal.db, { dossierId: kept.dossierId }, triage);
    expect(merges[0]?.undone?.result).toEqual({ returned: 1, followed: 1, stayed: 2, elsewhere: 0 });
  });

  it("counts what came in between as staying where at most one side had an open lead", async () => {
    const [a, b] = [fresh(), fresh()];
    const [kept, gone] = [await send(about(a)), await send(about(b))];
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'insufficient', closed_at = now() where id = $1",
      [gone.leadId],
    );
    const { mergeId } = await merge(kept.dossierId, gone.dossierId);
    const late = await send(about(b));
    expect(late.leadId).toBe(kept.leadId);
    expect(await part(mergeId)).toMatchObject({ returned: 0, followed: 0, stayed: 1, elsewhere: 0 });
  });

  it("keeps the order of arrival across both leads, and every rank as it was given", async () => {
    const [a, b] = [fresh(), fresh()];
    const first = await send(about(a));
    const second = await send(about(b));
    const third = await send(about(a));
    await sealArrivals(portal.db, { horizon: null });
    const { mergeId } = await merge(first.dossierId, second.dossierId);
    const fourth = await send(about(b));
    await sealArrivals(portal.db, { horizon: null });
    const { rows } = await test.owner.query(
      `select t.id, r.lead_id, r.rank::int as rank from tips t join arrival_ranks r on r.tip_id = t.id
        where t.lead_id = $1 order by t.arrival_no`,
      [first.leadId],
    );
    expect(rows).toEqual([
      { id: first.tipId, lead_id: first.leadId, rank: 1 },
      { id: second.tipId, lead_id: second.leadId, rank: 1 },
      { id: third.tipId, lead_id: first.leadId, rank: 2 },
      { id: fourth.tipId, lead_id: first.leadId, rank: 3 },
    ]);
    await part(mergeId);
    const fifth = await send(about(b));
    await sealArrivals(portal.db, { horizon: null });
    expect(
      await one("select lead_id, rank::int as rank from arrival_ranks where tip_id = $1", [fifth.tipId]),
    ).toEqual({ lead_id: second.leadId, rank: 2 });
  });
});

describe("merging", () => {
  it("sends reports with either key to the one open lead, and takes the other's names over", async () => {
    const [a, b] = [fresh(), fresh()];
    const kept = await send(about(a, "禾盘财富"));
    const gone = await send(about(b, "禾盘投资"));
    await merge(kept.dossierId, gone.dossierId);
    expect(await leadRow(portal, gone.leadId)).toMatchObject({ stage: "closed", closureCode: "duplicate" });
    expect((await send(about(b))).leadId).toBe(kept.leadId);
    const page = await readDossier(portal.db, { dossierId: kept.dossierId }, triage);
    expect(page.aliases).toMatchObject([{ name: "禾盘投资", ofMerge: true }]);
    expect(
      await refusalOf(
        endAlias(
          portal.db,
          { dossierId: kept.dossierId, aliasId: page.aliases[0]?.id ?? "", at: portal.clock.now() },
          triage,
        ),
      ),
    ).toBe("alias_of_merge");
    expect((await readDossier(portal.db, { dossierId: gone.dossierId }, triage)).mergedInto).toMatchObject({
      id: kept.dossierId,
    });
  });

  it("towards each other at once, or twice at once, is done once", async () => {
    const [x, y] = [await send(about(fresh())), await send(about(fresh()))];
    const outcomes = await Promise.all([
      refusalOf(merge(x.dossierId, y.dossierId)),
      refusalOf(merge(y.dossierId, x.dossierId, colleague)),
      refusalOf(merge(x.dossierId, y.dossierId, colleague)),
    ]);
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => !["accepted", "already_merged", "stale_dossier"].includes(outcome)),
    ).toEqual([]);
  });

  it("and intake that race leave one open lead with every report", async () => {
    const [a, b] = [fresh(), fresh()];
    const kept = await send(about(a));
    const gone = await send(about(b));
    await test.owner.query(
      "update leads set stage = 'closed', closure_code = 'insufficient', closed_at = now() where id = any($1)",
      [[kept.leadId, gone.leadId]],
    );
    const [, ...sent] = await Promise.all([
      merge(kept.dossierId, gone.dossierId),
      ...[a, b, a, b, a, b].map((site) => send(about(site))),
    ]);
    const { rows } = await test.owner.query<{ id: string }>(
      "select id from leads where dossier_id = any($1) and closed_at is null",
      [[kept.dossierId, gone.dossierId]],
    );
    expect(rows).toHaveLength(1);
    const { n } = await one<{ n: number }>(
      "select count(*)::int as n from tips where id = any($1) and lead_id = $2",
      [sent.map(({ tipId }) => tipId), rows[0]?.id],
    );
    expect(n).toBe(6);
  });

  it("is undone in the reverse of its order", async () => {
    const [x, y, z] = [await send(about(fresh())), await send(about(fresh())), await send(about(fresh()))];
    const first = await merge(x.dossierId, y.dossierId);
    const second = await merge(x.dossierId, z.dossierId);
    expect(await refusalOf(part(first.mergeId))).toBe("later_merge");
    await part(second.mergeId);
    await part(first.mergeId);
    for (const { leadId } of [x, y, z]) expect(await leadRow(portal, leadId)).toMatchObject({ stage: "new" });
  });

  it("is refused while one of the leads is under legal hold, and so is parting them", async () => {
    const [x, y] = [await send(about(fresh())), await send(about(fresh()))];
    const hold = async (leadId: string) => {
      const { number } = await one<{ number: number }>("select number::int from leads where id = $1", [
        leadId,
      ]);
      return placeHold(
        portal.db,
        { leadNumber: number, on: "lead", reason: "法院调取", at: portal.clock.now() },
        triage,
      );
    };
    const { mergeId } = await merge(x.dossierId, y.dossierId);
    await hold(x.leadId);
    expect(await refusalOf(part(mergeId))).toBe("dossier_under_hold");
    const [u, v] = [await send(about(fresh())), await send(about(fresh()))];
    await hold(v.leadId);
    expect(await refusalOf(merge(u.dossierId, v.dossierId))).toBe("dossier_under_hold");
  });

  it("is refused to a stale page, to bodies, to who is recused, across what the office keeps, onto itself", async () => {
    const [x, y] = [await send(about(fresh())), await send(about(fresh()))];
    const stale = { keptId: x.dossierId, mergedId: y.dossierId, keptVersion: 9, mergedVersion: 1 };
    const said = { reason: "同一主体", at: portal.clock.now() };
    expect(await refusalOf(mergeDossiers(portal.db, portal.pack.pack, { ...stale, ...said }, triage))).toBe(
      "stale_dossier",
    );
    expect(await refusalOf(merge(x.dossierId, x.dossierId))).toBe("same_dossier");
    expect(await refusalOf(merge(x.dossierId, y.dossierId, officer))).toBe("not_found");
    await declareRecusal(
      portal.db,
      { leadId: y.leadId, reason: "亲属任职", at: portal.clock.now() },
      colleague,
    );
    expect(await refusalOf(merge(x.dossierId, y.dossierId, colleague))).toBe("not_found");
    const kept = await send(about(fresh(), "某局", { official: { official: "yes" } }));
    expect(await refusalOf(merge(x.dossierId, kept.dossierId))).toBe("kept_to_office");
    await test.owner.query(
      `insert into findings (id, lead_id, version, status, entity_class, decision_number, decided_on, is_final, recorded_by)
       values (gen_random_uuid(), $1, 1, 'recorded', 'ban', '一号', '2026-03-01', true, $2)`,
      [y.leadId, officer.id],
    );
    expect(await refusalOf(merge(x.dossierId, y.dossierId))).toBe("lead_has_findings");
    expect(await refusalOf(merge(y.dossierId, x.dossierId))).toBe("accepted");
  });

  it("is kept by the database: no lead in a merged dossier, no circle, no edited or twice undone merge", async () => {
    const [x, y] = [await send(about(fresh())), await send(about(fresh()))];
    const { mergeId } = await merge(x.dossierId, y.dossierId);
    expect(
      await refusedBy(
        test.owner.query(
          `insert into leads (id, pack_id, dossier_id, name, stage, opened_on)
           values (gen_random_uuid(), 'jinhua', $1, '甲', 'new', current_date)`,
          [y.dossierId],
        ),
      ),
    ).toBe("leads_dossier_merged");
    const point = (from: string, to: string) =>
      refusedBy(test.owner.query("update dossiers set merged_into = $2 where id = $1", [from, to]));
    expect(await point(x.dossierId, y.dossierId)).toBe("dossiers_merged_target");
    expect(
      await refusedBy(
        test.owner.query("update dossier_merges set reason = '别的理由' where id = $1", [mergeId]),
      ),
    ).toBe("dossier_merges_history");
    expect(
      await refusedBy(test.owner.query("update dossiers set name = '改名' where id = $1", [x.dossierId])),
    ).toBe("dossiers_history");
  });
});
