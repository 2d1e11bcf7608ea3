import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choosePack } from "~server/packs/choose-pack";
import { loadPack } from "~server/packs/load-pack.server";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { routingFacts } from "~server/routing/facts";
import { nameHolders } from "~server/routing/name-holders";
import { routeLead } from "~server/routing/route-lead";
import { knownSubstances, settleSectors, type SectorChoice } from "~server/routing/settle-sectors";
import { directionOf } from "~server/triage/hand-directions";
import { buildPack, plainRow, smallPack, territorySource } from "./packs/build-pack";

const { pack: jinhua } = loadPack("jinhua");

const { pack: jiangsu } = loadPack("jiangsu");
const { pack: shangjie } = loadPack("shangjie");

const choice = (over: Partial<SectorChoice>): SectorChoice => ({
  ...{ sectors: ["p2p", "exchanges"], primary: null, substance: null, licensed: null, nested: false },
  ...over,
});
const routed = (pack: typeof jinhua, asked: SectorChoice) => {
  const { sectors, nested } = settleSectors(pack, asked);
  const { substance, licensed } = asked;
  return routeLead(pack, routingFacts.parse({ sectors, nested, substance, licensed }));
};

describe("the primary of several sectors", () => {
  it("is what triage chose", () => {
    expect(settleSectors(jinhua, choice({ primary: "exchanges" }))).toEqual({
      ...{ sectors: ["exchanges", "p2p"], nested: false, by: "chosen" },
    });
  });

  it("is decided by substance and licence where the plan says so: jiangsu's asset management", () => {
    const sectors = ["exchanges", "asset_mgmt"] as const;
    const securities = choice({ sectors, substance: "私募股权" });
    expect(settleSectors(jiangsu, securities)).toMatchObject({
      sectors: ["asset_mgmt", "exchanges"],
      by: "substance",
    });
    expect(routed(jiangsu, securities).lead).toEqual(["江苏证监局", "省金融办"]);
    // Unlicensed and clearly P2P follows the plan for P2P.
    const p2p = choice({ sectors, substance: "P2P网络借贷", licensed: false });
    expect(settleSectors(jiangsu, p2p).sectors[0]).toBe("p2p");
    expect(knownSubstances(jiangsu)).toContain("保险资管");
  });

  it.each([
    ["jiangsu", jiangsu, ["exchanges", "asset_mgmt"], "人行南京分行", "部门职责"],
    ["jiangsu in other sectors", jiangsu, ["p2p", "exchanges"], "领导小组", "四(二)"],
    ["shangjie", shangjie, ["p2p", "exchanges"], "人民银行上街支行", "五(一)"],
    ["jinhua", jinhua, ["p2p", "asset_mgmt"], "领导小组办公室", "三 末段"],
  ] as const)(
    "goes to %s's body for nested business when it stays unclear",
    (_name, pack, sectors, lead, clause) => {
      const decision = routed(pack, choice({ sectors }));
      expect(decision.lead[0]).toBe(lead);
      expect(decision.basis[0]?.clause).toBe(clause);
    },
  );

  it.each([
    ["jinhua", jinhua, ["p2p", "asset_mgmt"], ["leading-office"], ["banking-regulation", "financial-office"]],
    ["shangjie", shangjie, ["p2p", "exchanges"], ["central-bank"], []],
    ["jiangsu", jiangsu, ["exchanges", "asset_mgmt"], ["central-bank"], ["leading-group"]],
  ] as const)(
    "left open leads by %s's settling body alone; the others cooperate until it has settled it",
    (id, pack, sectors, leads, cooperate) => {
      const settled = settleSectors(pack, choice({ sectors }));
      const facts = routingFacts.parse({ sectors: settled.sectors, nested: settled.nested });
      const decision = routeLead(pack, facts);
      const holders = nameHolders(pack, { decision, facts, day: "2016-08-01" });
      const as = (relation: string) =>
        holders
          .filter((one) => one.relation === relation)
          .map(({ agencyId }) => agencyId.slice(id.length + 1));
      expect([as("lead"), as("co_lead"), as("cooperating")]).toEqual([leads, [], cooperate]);
    },
  );

  it("chosen by triage, or not nested at all, leaves every sector its own body in the lead", () => {
    for (const nested of [false, true]) {
      const facts = routingFacts.parse({ sectors: ["p2p", "asset_mgmt"], nested });
      const decision = routeLead(jinhua, facts);
      const holders = nameHolders(jinhua, { decision, facts, day: "2016-08-01" });
      expect(holders.map(({ agencyId, relation }) => [agencyId, relation])).toEqual([
        ["jinhua.banking-regulation", "lead"],
        ["jinhua.financial-office", "lead"],
      ]);
    }
  });

  it("is exactly one, first, and no sector is lost, whatever is asked", () => {
    const sector = fc.constantFrom(...SECTOR_IDS);
    const asked = fc.record({
      sectors: fc.array(sector, { minLength: 1, maxLength: 6 }),
      chosen: fc.boolean(),
      substance: fc.constantFrom(null, "证券", "P2P网络借贷", "别的"),
      licensed: fc.constantFrom(null, true, false),
      nested: fc.boolean(),
    });
    fc.assert(
      fc.property(asked, fc.constantFrom(jiangsu, shangjie, jinhua), ({ chosen, ...one }, pack) => {
        const settled = settleSectors(pack, { ...one, primary: chosen ? (one.sectors[0] ?? null) : null });
        expect(new Set(settled.sectors).size).toBe(settled.sectors.length);
        for (const given of one.sectors) expect(settled.sectors).toContain(given);
        expect(settled.sectors.length).toBeLessThanOrEqual(new Set(one.sectors).size + 1);
        if (chosen) expect(settled.sectors[0]).toBe(one.sectors[0]);
      }),
    );
  });
});

describe("several packs in one portal", () => {
  const at = (id: string, prefix: string | null) => ({
    pack: buildPack({
      ...smallPack,
      id,
      rows: [plainRow(id, "p2p", "一", ["a"])],
      territory: territorySource(id, prefix),
    }),
  });
  const held = [at("city", "3307"), at("province", "33"), at("county", "330702")];
  const chosen = (registered: string | null, operating: string | null = null) =>
    choosePack(held, { registered, operating, occurred: null })?.pack.id;

  it("take a matter by the most specific prefix that holds the place", () => {
    expect(chosen("330702")).toBe("county");
    expect(chosen("330782")).toBe("city");
    expect(chosen("330100")).toBe("province");
    expect(chosen("410106", "330702")).toBe("county");
    expect(chosen("410106")).toBe("city");
    expect(chosen(null)).toBe("city");
    expect(chosen("online", "330100")).toBe("province");
  });

  it("know what lies above and below", () => {
    const tree = [
      { packId: "province", parentId: null },
      { packId: "city", parentId: "province" },
      { packId: "county", parentId: "city" },
      { packId: "other", parentId: "province" },
    ];
    expect(directionOf(tree, "county", "province")).toBe("up");
    expect(directionOf(tree, "province", "county")).toBe("down");
    expect(directionOf(tree, "city", "other")).toBe("across");
  });
});
