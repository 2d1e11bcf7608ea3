import { describe, expect, test } from "vitest";
import { loadPack } from "~server/packs/load-pack.server";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { contradictionsOf } from "~server/routing/contradictions";
import type { RoutingFacts } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";
import { EXPECTED } from "~tests/routing/expected-rows";
import { makeFacts } from "~tests/routing/make-facts";

const { pack: jiangsu } = loadPack("jiangsu");
const { pack: shangjie } = loadPack("shangjie");
const asset = (facts: Partial<RoutingFacts>) =>
  routeLead(jiangsu, makeFacts({ sectors: ["asset_mgmt"], ...facts }));

describe("jiangsu's asset management is judged by its substance (部门职责)", () => {
  test.each([
    ["江苏银监局", ["银行理财", "信托理财", "消费金融", "金融租赁", "其他借贷关系"]],
    ["江苏证监局", ["证券", "基金", "期货", "私募股权"]],
    ["江苏保监局", ["保险资管"]],
    ["省经信委", ["担保公司"]],
    ["省商务厅", ["典当", "融资租赁"]],
    ["省金融办", ["小额贷款", "各类交易场所"]],
    ["省工商局", ["违法广告"]],
  ])("%s: %j", (lead, substances) => {
    for (const substance of substances) {
      for (const licensed of [null, true, false]) {
        const decision = asset({ substance, licensed });
        expect(decision).toMatchObject({ lead: [lead], coLead: [], cooperating: [] });
        expect(decision.basis[0]).toMatchObject({
          clause: "部门职责",
          matched: { sectors: ["asset_mgmt"], substance },
        });
        expect(decision.nextBest?.lead).toEqual(["领导小组办公室"]);
      }
    }
  });

  test("every substance of the table is one the row lists", () => {
    const row = jiangsu.rows.find(({ sector }) => sector === "asset_mgmt");
    expect(row?.substances?.map(({ name }) => name)).toEqual([
      ...["银行理财", "信托理财", "消费金融", "金融租赁", "其他借贷关系", "证券", "基金", "期货", "私募股权"],
      ...["保险资管", "担保公司", "典当", "融资租赁", "小额贷款", "各类交易场所", "违法广告"],
      ...["P2P网络借贷", "股权众筹", "互联网保险", "第三方支付"],
    ]);
  });

  test("several substances of one body are its own", () => {
    expect(asset({ substance: "证券、基金" }).lead).toEqual(["江苏证监局"]);
  });

  test("a business in another sector goes to 领导小组 under 四(二)", () => {
    const decision = asset({ substance: "餐饮" });
    expect(decision.lead).toEqual(["领导小组"]);
    expect(decision.basis[0]).toMatchObject({ clause: "四(二)", matched: { substance: "餐饮" } });
  });
});

describe("jiangsu's asset management is judged by its licence (总体分工)", () => {
  test.each([
    ["nothing known", {}, ["省金融办"], "汇编文件"],
    ["licensed but irregular", { licensed: true }, ["牌照主管部门"], "总体分工"],
    ["unlicensed and unclear", { licensed: false }, ["各市人民政府"], "总体分工"],
  ] as [string, Partial<RoutingFacts>, string[], string][])("%s", (_, facts, lead, clause) => {
    const decision = asset(facts);
    expect(decision.lead).toEqual(lead);
    expect(decision.basis[0]).toMatchObject({ clause, matched: { sectors: ["asset_mgmt"], ...facts } });
  });

  test.each([
    ["p2p", ["P2P网络借贷", "p2p", "Ｐ２Ｐ", "网络借贷"], ["省金融办", "江苏银监局"], [], "operating"],
    ["equity_crowdfunding", ["股权众筹", "equity"], ["江苏证监局", "省金融办"], [], "registered"],
    ["internet_insurance", ["互联网保险", "insurance"], ["江苏保监局", "省金融办"], [], "registered"],
    [
      "third_party_payment",
      ["第三方支付", "payment"],
      ["人行南京分行"],
      ["省金融办", "省公安厅", "省工商局"],
      "provincial",
    ],
  ])("unlicensed but clearly %s follows that plan, its territory too", (_, words, lead, units, territory) => {
    for (const substance of words) {
      const decision = asset({ substance, licensed: false, registered: "320100", operating: "320500" });
      expect(decision).toMatchObject({ lead, cooperating: units, territory: { rule: territory } });
      expect(decision.basis[0]).toMatchObject({
        clause: "总体分工",
        matched: { sectors: ["asset_mgmt"], substance, licensed: false },
      });
    }
  });
});

describe("nested business goes to the plan's tie-break body", () => {
  test("jiangsu: 人行南京分行 for asset management, whatever else is known", () => {
    for (const rest of [{}, { substance: "证券" }, { substance: "证券、保险资管" }, { licensed: true }]) {
      const decision = asset({ nested: true, ...rest });
      expect(decision.lead).toEqual(["人行南京分行"]);
      expect(decision.basis[0]?.matched).toEqual({ sectors: ["asset_mgmt"], nested: true });
    }
  });

  test("jiangsu: 领导小组 in the other sectors, under 四(二)", () => {
    for (const sector of SECTOR_IDS) {
      if (sector === "asset_mgmt" || !(sector in EXPECTED.jiangsu!.rows)) continue;
      const decision = routeLead(jiangsu, makeFacts({ sectors: [sector], nested: true }));
      expect(decision.lead).toEqual(["领导小组"]);
      expect(decision.basis[0]).toEqual({
        rule: "jiangsu.nested",
        clause: "四(二)",
        matched: { sectors: [sector], nested: true },
      });
    }
  });

  test("shangjie: 人民银行上街支行, under 五(一)", () => {
    const decision = routeLead(shangjie, makeFacts({ sectors: ["asset_mgmt"], nested: true }));
    expect(decision.lead).toEqual(["人民银行上街支行"]);
    expect(decision.basis[0]).toEqual({
      rule: "shangjie.nested",
      clause: "五(一)",
      matched: { sectors: ["asset_mgmt"], nested: true },
    });
    expect(decision.nextBest?.lead).toEqual(["区领导小组办公室"]);
  });

  test.each(Object.keys(EXPECTED))("%s: what no row names stays with the leading office", (id) => {
    const { pack } = loadPack(id);
    const decision = routeLead(pack, makeFacts({ sectors: ["unknown"], nested: true }));
    expect(decision.lead).toEqual([EXPECTED[id]?.fallback[0]]);
  });

  test.each(Object.keys(EXPECTED).filter((id) => !["jiangsu", "shangjie"].includes(id)))(
    "%s, which names no such body, keeps its rows",
    (id) => {
      const { pack } = loadPack(id);
      for (const sector of SECTOR_IDS) {
        const plain = routeLead(pack, makeFacts({ sectors: [sector] }));
        expect(routeLead(pack, makeFacts({ sectors: [sector], nested: true }))).toEqual(plain);
      }
    },
  );
});

describe("facts that contradict each other", () => {
  const kinds = (facts: Partial<RoutingFacts>) =>
    contradictionsOf(jiangsu, makeFacts(facts)).map(({ kind, to, sector }) => [kind, to, sector]);

  test("a licence that nobody gives sends the sector to the leading office, and the reason says so", () => {
    const facts = { sectors: ["asset_mgmt" as const], substance: "P2P", licensed: true };
    const decision = routeLead(jiangsu, makeFacts(facts));
    expect(decision).toMatchObject({ lead: ["领导小组办公室"], nextBest: null });
    expect(decision.basis[0]).toEqual({ rule: "jiangsu.fallback", clause: "汇编文件", matched: facts });
    expect(kinds(facts)).toEqual([["licence_nobody_gives", "fallback", "asset_mgmt"]]);
  });

  test("several substances of different bodies that are not nested do the same", () => {
    const facts = { sectors: ["asset_mgmt" as const], substance: "证券、保险资管" };
    const decision = routeLead(jiangsu, makeFacts(facts));
    expect(decision.basis[0]).toEqual({ rule: "jiangsu.fallback", clause: "汇编文件", matched: facts });
    expect(kinds(facts)).toEqual([["several_substances", "fallback", "asset_mgmt"]]);
    expect(kinds({ ...facts, nested: true })).toEqual([]);
  });

  test("only the sector concerned is handed over", () => {
    const facts = {
      sectors: ["guarantee" as const, "asset_mgmt" as const],
      substance: "P2P",
      licensed: true,
    };
    expect(routeLead(jiangsu, makeFacts(facts)).lead).toEqual(["省经信委", "领导小组办公室"]);
  });

  test.each([
    [
      "another sector's substance",
      { sectors: ["p2p"], substance: "证券" },
      "substance_of_another_sector",
      "p2p",
    ],
    [
      "another sector's plan, the licence unknown",
      { sectors: ["asset_mgmt"], substance: "第三方支付" },
      "substance_of_another_sector",
      "asset_mgmt",
    ],
    [
      "a substance the plan does not know",
      { sectors: ["asset_mgmt"], substance: "餐饮" },
      "unlisted_substance",
      "asset_mgmt",
    ],
    ["不确定 beside a named sector", { sectors: ["unknown", "p2p"] }, "unknown_beside_known", null],
    ["a place on no list", { sectors: ["p2p"], registered: "329999" }, "unlisted_place", null],
  ] as [string, Partial<RoutingFacts>, string, string | null][])(
    "%s is remarked on, and the rules decide",
    (_, facts, kind, sector) => {
      expect(kinds(facts)).toEqual([[kind, "rule", sector]]);
    },
  );

  test("the remark holds the facts at fault", () => {
    expect(contradictionsOf(jiangsu, makeFacts({ registered: "329999", operating: "320100" }))).toEqual([
      { kind: "unlisted_place", to: "rule", sector: null, matched: { registered: "329999" } },
    ]);
  });

  test("facts that fit are not remarked on", () => {
    expect(
      kinds({ sectors: ["asset_mgmt"], substance: "证券", licensed: true, registered: "320100" }),
    ).toEqual([]);
    expect(kinds({ sectors: ["asset_mgmt"], substance: "P2P", licensed: false })).toEqual([]);
    expect(contradictionsOf(shangjie, makeFacts({ registered: "410106Z1" }))).toEqual([]);
  });
});
