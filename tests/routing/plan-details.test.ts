// What the plans say beside their rows: offices, dates, duties, words, rewards. Copied by hand, not from the packs.
import { describe, expect, test } from "vitest";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { agencyName, agencyNameOn, checklistFor, screenName } from "~server/packs/look-up-pack";
import { agencyOptions } from "~server/packs/list-options";
import { nameHolders } from "~server/routing/name-holders";
import { routeLead } from "~server/routing/route-lead";
import { makeFacts } from "~tests/routing/make-facts";
import { SECTOR_IDS } from "~server/packs/sector-ids";

const packs = new Map(listPacks().map((id) => [id, loadPack(id).pack]));
const packOf = (id: string) => packs.get(id)!;
const names = (id: string, agencies: readonly string[] = []) =>
  agencies.map((agency) => agencyName(packOf(id), agency)).join("、");

test.each([
  ["national", "领导小组办公室", "中国人民银行"],
  ["jinhua", "领导小组办公室", "市金融办"],
  ["shangjie", "区领导小组办公室", "区金融办"],
  ["jilin", "省领导小组办公室", "省金融办"],
  ["jiangsu", "领导小组办公室", "省金融办"],
  ["xx-county", "县处非办", null],
  ["beijing", "市领导小组办公室", "市金融局"],
  ["county-ndrc", "县发改局", null],
  ["shandong", "省领导小组办公室", "省金融办"],
  ["xx-district", "区金融办", null],
  ["maanshan", "市领导小组办公室", "市政府金融办"],
])("%s is led by %s, seated in %s", (id, office, seat) => {
  const pack = packOf(id);
  const agency = pack.agencies.find((one) => one.id === pack.leadingOffice);
  expect(agencyName(pack, pack.leadingOffice)).toBe(office);
  expect(agency?.seatedIn === undefined ? null : agencyName(pack, agency.seatedIn)).toBe(seat);
});

test.each([
  ["national", "领导小组", "总体方案"],
  ["jinhua", "领导小组办公室", "三 末段"],
  ["shangjie", "区领导小组", "五(四)"],
  ["jiangsu", "领导小组", "四(二)"],
  ["beijing", "市领导小组", "汇编篇二"],
  ["shandong", "上一级领导小组", "汇编篇四"],
  ["xx-district", "上一级领导小组", "汇编篇七"],
])("%s takes disagreement to %s under %s", (id, body, clause) => {
  const { disagreement } = packOf(id);
  expect(names(id, disagreement ? [disagreement.agency] : [])).toBe(body);
  expect(disagreement?.clause).toBe(clause);
});

test.each(["jilin", "xx-county", "county-ndrc", "maanshan"])("%s names nobody for disagreement", (id) => {
  expect(packOf(id).disagreement).toBeNull();
});

test.each([
  ["national", "中央宣传部、国家网信办"],
  ["jinhua", "市委宣传部、市委网信办"],
  ["shangjie", "区委宣传部"],
  ["jilin", ""],
  ["county-ndrc", "县委宣传部、县公安局"],
  ["xx-district", ""],
  ["maanshan", "市委宣传部、市网宣办"],
])("%s records these for publicity: %s", (id, bodies) => {
  expect(names(id, packOf(id).publicity?.agencies)).toBe(bodies);
});

test("jilin's joint offices are staffed by nine bodies", () => {
  const joint = packOf("jilin").agencies.filter(({ members }) => members !== undefined);
  expect(joint).toHaveLength(7);
  for (const { members } of joint) {
    expect(names("jilin", members)).toBe(
      "省金融办、人民银行长春中心支行、吉林银监局、吉林证监局、吉林保监局、省工商局、省通信管理局、省网信办、省公安厅",
    );
  }
});

test("maanshan's office is shared with the central bank", () => {
  const pack = packOf("maanshan");
  expect(names("maanshan", pack.agencies.find(({ id }) => id === pack.leadingOffice)?.members)).toBe(
    "市政府金融办、人行马鞍山市中心支行",
  );
});

test("the reservation stands in the four plans that make it, and in no other", () => {
  const made = listPacks().filter((id) => packOf(id).reservation !== null);
  expect(made).toEqual(["county-ndrc", "jinhua", "national", "shangjie"]);
});

describe("dates", () => {
  test.each([
    [
      "shangjie",
      "2016-07-06 初步摸底; 2016-07 督查 (2016年7月中旬); 2016-08 中期评估; 2016-10-15 清理整顿; 2016-11-15 验收",
    ],
    [
      "jilin",
      "2016-06-10 工作专班和方案报备; 2016-06-20 机构名录统计; 2016-06-30 一户一档; 2016-07-15 风险评估专项报告; 2016-07-20 清理整顿方案; 2016-11-01 清理整顿情况报告; 2016-11-15 自查评估; 2017-01-15 分领域总结; 2017-01-20 全省总结",
    ],
    [
      "jiangsu",
      "2016-07-15 摸底（P2P网络借贷）; 2016-07-31 摸底; 2016-08-31 甄别定性; 2016-10-30 清理整顿（P2P网络借贷）; 2016-10-31 清理整顿; 2016-10-31 查处整改（互联网保险）; 2016-11-15 报告（P2P网络借贷）; 2016-11-15 清理（互联网金融广告）; 2016-11-30 清理（股权众筹）; 2016-11-30 整章建制; 2017-01-10 地方报告; 2017-01-31 验收",
    ],
  ])("%s", (id, text) => {
    const said = packOf(id).dates.map(
      ({ due, task, printed }) => `${due} ${task.zh}${printed === undefined ? "" : ` (${printed})`}`,
    );
    expect(said.join("; ")).toBe(text);
  });

  test.each([
    ["p2p", "07-31 定性; 09-30 处置; 10-15 报告"],
    ["asset_mgmt", "07-31 整治; 10-31 自查; 11-30 总结"],
    ["exchanges", "10-31 整改; 12-31 报告"],
    ["equity_crowdfunding", "10-31 清理; 12-31 总结"],
    ["internet_insurance", "09-30 整改; 11-30 总结"],
    ["investment_institutions", "09-30 整治"],
    ["real_estate", "09-30 整治"],
    ["farmers_coop", "09-30 整治"],
    ["advertising", "10-31 清理; 12-31 总结"],
    ["wealth_in_name", "10-31 清理; 12-31 总结"],
    ["third_party_payment", "09-30 处置; 12-31 总结"],
  ] as const)("xx-county, %s: %s", (sector, text) => {
    const own = packOf("xx-county").dates.filter(({ sectors }) => sectors?.includes(sector));
    expect(own.map(({ due, task }) => `${due.slice(5)} ${task.zh.replace(/（.*/, "")}`).join("; ")).toBe(
      text,
    );
  });

  test("xx-county surveys all by 2016-06-30, and keeps the 9月31日 its document prints", () => {
    const { dates } = packOf("xx-county");
    expect(dates.filter(({ sectors }) => sectors === undefined).map(({ due }) => due)).toEqual([
      "2016-06-30",
    ]);
    expect(dates.flatMap(({ due, printed }) => (printed === undefined ? [] : [[due, printed]]))).toEqual([
      ["2016-09-30", "9月31日"],
    ]);
  });
});

const JILIN = "吉林省互联网金融风险专项整治工作方案";

describe("duties", () => {
  test.each([
    ["shangjie", "unfair_competition", "四(四)", ""],
    ["jilin", "platform_search", JILIN, "省通信管理局、省公安厅"],
    ["jilin", "name_screening", JILIN, "省工商局"],
    ["jilin", "hotline", JILIN, "省金融办"],
    ["jilin", "one_file_per_entity", JILIN, ""],
    ["jiangsu", "entity_classes", "汇编文件", ""],
    ["jiangsu", "monitoring", "汇编文件", ""],
    ["jiangsu", "reward_fund", "汇编文件", "省财政厅"],
    ["xx-county", "bulletin", "分工表", "县处非办"],
    ["beijing", "experts", "汇编篇二", "专家组"],
    ["beijing", "one_plan_per_entity", "汇编篇二", ""],
    ["maanshan", "unfair_competition", "汇编篇八", "省互联网金融协会专家评审委员会"],
    ["maanshan", "meeting", "汇编篇八", "市领导小组办公室"],
  ])("%s: %s under %s by %s", (id, kind, clause, bodies) => {
    const duty = packOf(id).duties.find((one) => one.kind === kind);
    expect(duty?.clause).toBe(clause);
    expect(names(id, duty?.agencies)).toBe(bodies);
  });

  test.each([
    ["national", "中国互联网金融协会举报平台、信用中国"],
    ["shangjie", "中国互联网金融协会举报平台、信用中国"],
    ["jilin", "省金融办公布的举报电话、传真、邮箱、网站、信用吉林、吉林金融网"],
    ["beijing", "12345、打非随手拍"],
    ["shandong", "24小时举报渠道"],
  ])("%s offers these channels: %s", (id, channels) => {
    expect(
      packOf(id)
        .channels.map(({ name }) => name.zh)
        .join("、"),
    ).toBe(channels);
  });

  test("the plans that pay for reports are these, under these clauses", () => {
    const paying = listPacks().flatMap((id) => {
      const reward = packOf(id).localReward;
      return reward && id !== "template" ? [`${id} ${reward.clause}`] : [];
    });
    expect(paying).toEqual(["jiangsu 汇编文件", "jinhua 三(一)", "shandong 汇编篇四", "shangjie 四(三)"]);
  });

  test("no pack holds a telephone number anybody could dial", () => {
    for (const id of listPacks()) {
      for (const { fictitious, number } of packOf(id).hotlines) {
        expect(fictitious).toBe(true);
        expect(number).toContain("-0000-");
      }
    }
  });
});

describe("names are screened for", () => {
  const common =
    "交易所 交易中心 金融 资产管理 理财 基金 基金管理 投资管理 财富管理 股权投资基金 网贷 网络借贷 P2P 股权众筹 互联网保险 支付".split(
      " ",
    );
  test.each([
    ...[
      "national",
      "jinhua",
      "jiangsu",
      "xx-county",
      "county-ndrc",
      "shandong",
      "xx-district",
      "maanshan",
    ].map((id) => [id, ""]),
    [
      "beijing",
      "众筹 投资 资本 融资租赁 非融资性 资产 控股 非融资性担保 项目投资 股权投资 投资咨询 投资顾问 资本管理",
    ],
    ["jilin", "互联网金融 金融信息服务 投资咨询 金融服务"],
    ["shangjie", "投资"],
  ] as [string, string][])("%s: the common words and %s", (id, more) => {
    const own = more.split(" ").filter((word) => word !== "");
    expect(packOf(id).nameScreening.keywords).toEqual([...common, ...own]);
    for (const word of common) expect(screenName(packOf(id), `某地${word}公司`)).toContain(word);
  });

  test("jiangsu's words for institutions and for exchanges in those sectors only", () => {
    const pack = packOf("jiangsu");
    const institutions =
      "投资咨询 资本管理 金融服务 项目投资 投资顾问 非融资性担保 小额贷款 担保 典当 农民资金互助 农村资金合作";
    for (const word of institutions.split(" ")) {
      expect(screenName(pack, `某${word}社`, "investment_institutions")).toContain(word);
      expect(screenName(pack, `某${word}社`, "exchanges")).not.toContain(word);
      expect(screenName(pack, `某${word}社`)).not.toContain(word);
    }
    expect(screenName(pack, "某交易市场", "exchanges")).toEqual(["交易市场"]);
    expect(screenName(pack, "某贵金属店", "exchanges")).toEqual(["贵金属"]);
  });

  test("shangjie's exemption: 投资担保 is no 投资", () => {
    const pack = packOf("shangjie");
    expect(screenName(pack, "上街某某投资担保有限公司")).toEqual([]);
    expect(screenName(pack, "上街某某投资有限公司")).toEqual(["投资"]);
    expect(screenName(packOf("beijing"), "某某投资担保有限公司")).toEqual(["投资"]);
  });
});

describe("bodies are called by today's names where one is known", () => {
  test.each([
    ["national", "银监会", "2017-01-01", "银监会"],
    ["national", "银监会", "2020-01-01", "中国银行保险监督管理委员会"],
    ["national", "银监会", "2026-01-01", "国家金融监督管理总局"],
    ["national", "保监会", "2017-01-01", "保监会"],
    ["national", "保监会", "2026-01-01", "国家金融监督管理总局"],
    ["national", "工商总局", "2026-01-01", "国家市场监督管理总局"],
    ["national", "地方金融办", "2026-01-01", "地方金融管理局"],
    ["national", "证监会", "2026-01-01", "证监会"],
    ["shangjie", "区工商质监局", "2026-01-01", "区市场监督管理局"],
    ["jilin", "吉林银监局", "2026-01-01", "国家金融监督管理总局吉林监管局"],
    ["jilin", "人民银行长春中心支行", "2026-01-01", "中国人民银行吉林省分行"],
    ["jiangsu", "江苏保监局", "2020-01-01", "江苏银保监局"],
    ["jiangsu", "人行南京分行", "2026-01-01", "中国人民银行江苏省分行"],
    ["jiangsu", "省工商局", "2026-01-01", "江苏省市场监督管理局"],
    ["jiangsu", "省金融办", "2026-01-01", "江苏省地方金融管理局"],
    ["beijing", "人民银行营业管理部", "2026-01-01", "中国人民银行北京市分行"],
    ["beijing", "市金融局", "2020-01-01", "北京市地方金融监督管理局"],
    ["shandong", "人民银行济南分行", "2026-01-01", "中国人民银行山东省分行"],
    ["shandong", "山东保监局", "2026-01-01", "国家金融监督管理总局山东监管局"],
    ["maanshan", "市银监局", "2026-01-01", "国家金融监督管理总局马鞍山监管分局"],
    ["xx-county", "县市监局", "2026-01-01", "县市监局"],
  ])("%s: %s on %s is %s", (id, printed, day, name) => {
    const pack = packOf(id);
    const agency = pack.agencies.find(({ names: all }) =>
      all.some((one) => one.document && one.name === printed),
    );
    expect(agencyNameOn(pack, agency?.id ?? "", day)).toBe(name);
  });

  test("a body that has ceased hands its matters to its successor, and is offered no more", () => {
    const pack = packOf("national");
    const led = (day: string) => {
      const facts = makeFacts({ sectors: ["internet_insurance"] });
      const decision = routeLead(pack, facts);
      return nameHolders(pack, { decision, facts, day }).map(({ agencyId }) => agencyId);
    };
    expect(led("2016-08-01")).toEqual(["national.insurance-regulation"]);
    expect(led("2026-08-01")).toEqual(["national.banking-regulation"]);
    const offered = (day: string) => agencyOptions(pack, day).map(({ label }) => label);
    expect(offered("2016-08-01")).toEqual(expect.arrayContaining(["银监会", "保监会"]));
    expect(offered("2026-08-01")).toContain("国家金融监督管理总局");
    expect(offered("2026-08-01")).not.toContain("保监会");
    // Two bodies of one row that have become one hold a lead once.
    const facts = makeFacts({ sectors: ["asset_mgmt"] });
    const holders = nameHolders(pack, { decision: routeLead(pack, facts), facts, day: "2026-08-01" });
    expect(holders.map(({ agencyId }) => agencyId)).toEqual([
      ...["national.central-bank", "national.banking-regulation", "national.securities-regulation"],
    ]);
  });

  test("a name that is not the document's says which reform it comes from, and has an English form", () => {
    for (const id of listPacks()) {
      for (const { names: all } of packOf(id).agencies) {
        for (const { document, from, source, en } of all) {
          expect(document === true || (from !== undefined && source !== undefined)).toBe(true);
          expect(en).not.toMatch(/\p{Script=Han}/u);
        }
      }
    }
  });
});

test("checklists, unfair competition and the wording of sectors are the same everywhere", () => {
  const jinhua = packOf("jinhua");
  for (const id of listPacks()) {
    const pack = packOf(id);
    for (const sector of SECTOR_IDS) expect(checklistFor(pack, sector)).toEqual(checklistFor(jinhua, sector));
    expect(pack.unfairCompetition).toEqual(jinhua.unfairCompetition);
    if (id !== "template") expect(pack.sectors).toEqual(jinhua.sectors);
  }
});
