import { describe, expect, test } from "vitest";
import { checkPack } from "~server/packs/check-pack";
import type { RoutingFacts } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";
import { makeFacts } from "~tests/routing/make-facts";
import { jiangsu } from "~tests/routing/packs/jiangsu";
import { beijing, jilinSource, national, shangjie } from "~tests/routing/packs/other-plans";

describe("jiangsu's asset management is judged by its substance, then its licence", () => {
  const cases: [string, Partial<RoutingFacts>, string[], string][] = [
    ["nothing known", {}, ["省金融办"], "plain"],
    ["a trust product", { substance: "信托理财" }, ["江苏银监局"], "banking"],
    ["securities", { substance: "证券" }, ["江苏证监局"], "securities"],
    ["securities, licensed", { substance: "证券", licensed: true }, ["江苏证监局"], "securities"],
    ["managed insurance money", { substance: "保险资管" }, ["江苏保监局"], "insurance"],
    ["a guarantee company", { substance: "担保公司" }, ["省经信委"], "guarantee"],
    ["layers nobody can sort", { nested: true, substance: "证券" }, ["人行南京分行"], "nested"],
    ["another trade", { substance: "餐饮" }, ["领导小组办公室"], "other"],
    ["licensed but irregular", { licensed: true }, ["牌照主管部门"], "licensed"],
    ["unlicensed and unclear", { licensed: false }, ["各市人民政府"], "unclear"],
    [
      "unlicensed but clearly p2p",
      { licensed: false, substance: "P2P网络借贷" },
      ["省金融办", "江苏银监局"],
      "unlicensed_p2p",
    ],
  ];

  test.each(cases)("%s", (_, facts, lead, rule) => {
    const decision = routeLead(jiangsu, makeFacts({ sectors: ["asset_mgmt"], ...facts }));
    expect(decision.lead).toEqual(lead);
    expect(decision.basis[0]?.rule).toBe(`jiangsu.asset_mgmt.${rule}`);
  });

  test("the reason holds every fact the rule asked for", () => {
    const facts = { sectors: ["asset_mgmt" as const], licensed: false, substance: "P2P网络借贷" };
    expect(routeLead(jiangsu, makeFacts(facts)).basis[0]?.matched).toEqual(facts);
  });

  test("cooperating bodies keep the order written", () => {
    const decision = routeLead(jiangsu, makeFacts({ sectors: ["third_party_payment"] }));
    expect(decision).toMatchObject({
      lead: ["人行南京分行"],
      cooperating: ["省金融办", "省公安厅", "省工商局"],
    });
  });
});

describe("shangjie", () => {
  test("a nested case goes to 人民银行上街支行 under 五(一)", () => {
    const decision = routeLead(shangjie, makeFacts({ sectors: ["asset_mgmt"], nested: true }));
    expect(decision.lead).toEqual(["人民银行上街支行"]);
    expect(decision.basis[0]).toEqual({
      rule: "shangjie.asset_mgmt.nested",
      clause: "五(一)",
      matched: { sectors: ["asset_mgmt"], nested: true },
    });
    expect(decision.nextBest?.lead).toEqual(["区领导小组办公室"]);
  });

  test("a row that names the leading office is its own rule, so the next best stays", () => {
    const decision = routeLead(shangjie, makeFacts({ sectors: ["asset_mgmt"] }));
    expect(decision.lead).toEqual(["区领导小组办公室"]);
    expect(decision.nextBest?.rule).toBe("shangjie.fallback");
  });

  test("what no local body regulates is led by the town it is registered in", () => {
    const decision = routeLead(
      shangjie,
      makeFacts({ sectors: ["equity_crowdfunding"], registered: "410106101" }),
    );
    expect(decision.lead).toEqual(["所在镇办"]);
    expect(decision.territory).toEqual({ rule: "registered", lead: "410106101", cooperate: [] });
  });

  test("会同 is a co-lead", () => {
    expect(routeLead(shangjie, makeFacts({ sectors: ["wealth_in_name"] }))).toMatchObject({
      lead: ["区工商质监局"],
      coLead: ["区金融办"],
    });
  });
});

test("beijing has two leads, 市金融局 first and once for several sectors", () => {
  const decision = routeLead(beijing, makeFacts({ sectors: ["p2p", "advertising"] }));
  expect(decision.lead).toEqual(["市金融局", "北京银监局", "市工商局"]);
});

test("the national plan keeps the order of bodies that lead together", () => {
  expect(routeLead(national, makeFacts({ sectors: ["wealth_in_name"] })).lead).toEqual([
    "金融管理部门",
    "工商总局",
  ]);
  expect(routeLead(national, makeFacts({ sectors: ["real_estate"] })).lead).toEqual([
    "住房城乡建设部",
    "金融管理部门",
  ]);
});

test("a pack without a petition body tells nobody and gives no reason", () => {
  const decision = routeLead(checkPack(jilinSource), makeFacts({ petition: true, suspectedCrime: true }));
  expect(decision.lead).toEqual(["P2P网络借贷专项整治联合办公室"]);
  expect(decision.also).toEqual(["省公安厅"]);
  expect(decision.basis.map(({ rule }) => rule)).toEqual([
    "jilin.sector.p2p",
    "jilin.crime",
    "jilin.territory.fallback",
  ]);
});
