import { describe, expect, test } from "vitest";
import { childrenOf, divisionName, divisionPath } from "~server/packs/divisions";
import { loadPack } from "~server/packs/load-pack.server";
import {
  agencyName,
  agencyNameOn,
  checklistFor,
  responsibleBody,
  screenName,
} from "~server/packs/look-up-pack";
import { namePlace, namePlaceInFull } from "~server/packs/name-place";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { buildPack, body, plainRow } from "~tests/routing/packs/build-pack";

const { pack } = loadPack("jinhua");
const { pack: shangjie } = loadPack("shangjie");
const { pack: jiangsu } = loadPack("jiangsu");
const names = (ids: readonly string[] | undefined) => ids?.map((id) => agencyName(pack, id));

describe("the jinhua pack", () => {
  test("carries the plan's deadlines", () => {
    expect(pack.dates.map(({ task, due }) => [task.zh, due])).toEqual([
      ["方案报备", "2016-07-28"],
      ["摸底排查", "2016-07-31"],
      ["清理整顿", "2016-11-30"],
      ["督查评估", "2016-11-30"],
      ["整治报告", "2017-01-10"],
      ["全市报告", "2017-01-15"],
    ]);
  });

  test("records publicity (11) and supporting bodies (13)", () => {
    expect([pack.publicity?.clause, ...(names(pack.publicity?.agencies) ?? [])]).toEqual([
      "三(二)11",
      "市委宣传部",
      "市委网信办",
    ]);
    expect([pack.supporting?.clause, ...(names(pack.supporting?.agencies) ?? [])]).toEqual([
      "三(二)13",
      "市维稳办",
      "市发改委",
      "市财政局",
      "市法制办",
      "市法院",
      "市检察院",
    ]);
  });

  test("names the four bodies that must run a hotline, each with a number nobody can dial", () => {
    const four = ["市市场监管局", "市金融办", "人行金华市中心支行", "金华银监分局"];
    expect(names(pack.duties.find(({ kind }) => kind === "hotline")?.agencies)).toEqual(four);
    expect(names(pack.hotlines.map(({ agency }) => agency))).toEqual(four);
    for (const { number, fictitious } of pack.hotlines) {
      expect(fictitious).toBe(true);
      expect(number).toMatch(/^0579-0000-01\d\d$/);
    }
  });

  test("names the screened words", () => {
    expect(pack.nameScreening.keywords.join(" ")).toBe(
      "交易所 交易中心 金融 资产管理 理财 基金 基金管理 投资管理 财富管理 股权投资基金 网贷 网络借贷 P2P 股权众筹 互联网保险 支付",
    );
  });

  test("lists today's counties of Jinhua, and the three zones by local codes", () => {
    const counties = pack.territory.units.filter(({ local }) => !local);
    expect(counties.map(({ code, name }) => ({ code, name: name.zh }))).toEqual(childrenOf("330700"));
    const zones = pack.territory.units.filter(({ local }) => local);
    expect(zones.map(({ code }) => responsibleBody(pack, code))).toEqual([
      "金华开发区管委会",
      "金义都市新区管委会",
      "金华山旅游经济区管委会",
    ]);
  });

  test("explains every sector to citizens in both languages", () => {
    expect(pack.sectors.map(({ id }) => id).sort()).toEqual([...SECTOR_IDS].sort());
    for (const { title, help } of pack.sectors) {
      expect(help.zh.length).toBeLessThanOrEqual(40);
      expect(title.en + help.en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test.each([
    ["p2p", 21, "设立资金池", "校园网贷"],
    ["equity_crowdfunding", 9, "以“股权众筹”名义从事股权融资", "持牌机构违规合作"],
    ["internet_insurance", 5, "不实描述、夸大业绩、承诺收益", "假借保险公司名义非法集资"],
    ["asset_mgmt", 8, "私募产品向不特定公众销售或突破人数", "多牌照无防火墙"],
    ["third_party_payment", 4, "挪用、占用客户备付金", "无证经营（收单、POS、预付卡、网络支付）"],
    ["advertising", 9, "未提示风险", "宣传突破住房信贷政策"],
    ["exchanges", 6, "未经批准设立", "擅自变更或新增品种"],
    ["investment_institutions", 3, "无资质从事金融业务", "冠以小贷、担保、典当、资金互助名称未经批准"],
    ["wealth_in_name", 3, "无资质从事金融业务", "冠以小贷、担保、典当、资金互助名称未经批准"],
    ["real_estate", 4, "首付贷", "集资建房"],
    ["farmers_coop", 2, "未经批准开展内部资金互助", "超范围吸收资金"],
    ["unknown", 4, "显失合理的超高回报率", "以其他客户资金支付高回报"],
  ] as const)("%s has a checklist of %i red lines", (sector, count, first, last) => {
    const list = checklistFor(pack, sector);
    expect([list.length, list[0]?.text.zh, list.at(-1)?.text.zh]).toEqual([count, first, last]);
    for (const { text } of list) expect(text.en).not.toMatch(/\p{Script=Han}/u);
  });

  test("sends disagreement to the leading office, which calls the bodies together", () => {
    expect(pack.disagreement).toMatchObject({
      clause: "三 末段",
      agency: pack.leadingOffice,
      method: { zh: "领导小组办公室牵头会商，联合整治" },
    });
    expect(agencyName(pack, pack.leadingOffice)).toBe("领导小组办公室");
  });

  test("says in both languages that rewards come from the budget, under its clause", () => {
    expect(pack.localReward).toMatchObject({ clause: "三(一)", scheme: "jinhua-default" });
  });
});

describe("agencies are called", () => {
  test("as the document prints them in a decision, and as today's name where one is known", () => {
    expect(agencyName(pack, "banking-regulation")).toBe("金华银监分局");
    expect(agencyNameOn(pack, "banking-regulation", "2016-08-01")).toBe("金华银监分局");
    expect(agencyNameOn(pack, "banking-regulation", "2020-08-01")).toBe("金华银保监分局");
    expect(agencyNameOn(pack, "banking-regulation", "2026-08-01")).toBe("国家金融监督管理总局金华监管分局");
    expect(agencyNameOn(pack, "construction", "2026-08-01")).toBe("市建设局");
  });

  test("by their successor's name once they have ceased", () => {
    const two = buildPack({
      id: "test",
      leadingOffice: "office",
      agencies: [
        { ...body("office", "维稳办"), successor: { agency: "new", from: "2018-03" } },
        body("new", "政法委"),
      ],
      rows: [plainRow("test", "p2p", "一", ["office"])],
    });
    expect(agencyNameOn(two, "office", "2018-02-28")).toBe("维稳办");
    expect(agencyNameOn(two, "office", "2018-03-01")).toBe("政法委");
  });

  test("never by an id the pack does not have", () => {
    expect(() => agencyName(pack, "nobody")).toThrow("pack jinhua has no agency nobody");
  });
});

describe("name screening", () => {
  test("finds the words of the plan whatever their width, case and spacing", () => {
    expect(screenName(pack, "金华某某财富管理有限公司")).toEqual(["财富管理"]);
    expect(screenName(pack, "ｐ２ｐ 理 财")).toEqual(["理财", "P2P"]);
    expect(screenName(pack, "金华火腿店")).toEqual([]);
  });

  test("looks for the words of one sector in that sector only", () => {
    expect(screenName(jiangsu, "某某贵金属公司")).toEqual([]);
    expect(screenName(jiangsu, "某某贵金属公司", "p2p")).toEqual([]);
    expect(screenName(jiangsu, "某某贵金属公司", "exchanges")).toEqual(["贵金属"]);
    expect(screenName(jiangsu, "某某贵金属典当公司", "every")).toEqual(["典当", "贵金属"]);
  });

  test("an exempt phrase hides its keyword, but not elsewhere in the name", () => {
    expect(screenName(shangjie, "某某投资担保公司")).toEqual([]);
    expect(screenName(shangjie, "某某投资担保与投资管理公司")).toEqual(["投资管理", "投资"]);
  });
});

describe("places", () => {
  test("are named down from the province, a municipality once", () => {
    expect(divisionPath("330702").map(({ name }) => name)).toEqual(["浙江省", "金华市", "婺城区"]);
    expect(divisionPath("110101").map(({ name }) => name)).toEqual(["北京市", "东城区"]);
    expect(divisionPath("999999")).toEqual([]);
  });

  test("have their children: provinces, cities, counties, none", () => {
    expect(childrenOf(null)).toContainEqual({ code: "330000", name: "浙江省" });
    expect(childrenOf("330000")).toContainEqual({ code: "330700", name: "金华市" });
    expect(childrenOf("330702")).toEqual([]);
    expect(divisionName("constructor")).toBeNull();
  });

  test("of the pack are named through the pack, in both languages", () => {
    expect(namePlace(pack, "3307K2")).toBe("金义都市新区");
    expect(namePlace(pack, "330782", "en")).toBe("Yiwu City");
    expect(namePlace(pack, "330802")).toBe("柯城区");
    expect(namePlace(pack, "3307K9")).toBeNull();
    expect(namePlaceInFull(pack, "3307K2")).toBe("浙江省金华市金义都市新区");
    expect(namePlaceInFull(shangjie, "410106Z1")).toBe("河南省郑州市上街区峡窝镇");
  });
});
