import type { DemoLead, DemoPlatform, DemoTip } from "./demo-grammar";

/**
 * Two leads, both verified and closed, whose rewards stand at every step between the first signature and the money: as
 * the story's other leads, invented from end to end. Who ends where is told in play-approvals and play-payouts.
 */
type Case = {
  readonly platform: DemoPlatform;
  readonly agency: "market-regulation" | "banking-regulation";
  readonly people: { readonly officer: string; readonly verifier: string; readonly triage: string };
  readonly clause: string;
  /** 分; together with the rate of the default scheme it gives the pool. */
  readonly illegalAmountFen: string;
  readonly decisionNumber: string;
  readonly days: {
    readonly first: number;
    readonly triage: number;
    readonly found: number;
    readonly closed: number;
  };
  /** One report each, in order of arrival. */
  readonly reports: readonly { readonly id: string; readonly narrative: string }[];
};

const AT_SIGNING: Case = {
  platform: {
    id: "suichuang",
    name: "金华穗创信息服务有限公司",
    aliases: ["穗创优享"],
    sector: "wealth_in_name",
    sites: ["www.suichuang.example"],
    uscc: "X0000000XXXXXX0901",
    apps: [],
    responsible: [],
    phonesOrAccounts: [],
    territory: { registered: "330702", operating: "330702" },
    about: "以“预付优享卡”名义收取资金，承诺按月返利。",
  },
  agency: "market-regulation",
  people: { officer: "msa-officer", verifier: "msa-verifier", triage: "triage-1" },
  clause: "金政办发〔2016〕65号 三(二)2、三(二)7",
  illegalAmountFen: "4000000000",
  decisionNumber: "金市监处罚〔2026〕000号",
  days: { first: 40, triage: 37, found: 16, closed: 12 },
  reports: [
    {
      id: "r01",
      narrative: "我在穗创的门店办过一张优享卡，交了两万，说每个月返六百，返了五个月就停了，手里有收据照片。",
    },
    {
      id: "r02",
      narrative: "穗创每周三在酒店开说明会，台上的人教大家把养老金转进卡里，我记下了三次会的日期和地点。",
    },
    {
      id: "r03",
      narrative: "我做过他们的兼职推广，提成是收款额的百分之八，名单和返利表是统一发的，可以说清楚流程。",
    },
    {
      id: "r04",
      narrative: "母亲被邻居带去办卡，合同上写的是服务费，口头说的是利息，我把合同每一页都拍了下来。",
    },
    {
      id: "r05",
      narrative: "穗创的收款码挂在门店墙上，公司已经换了三个收款账户，我按时间记了账户尾号以外的全部情况。",
    },
    {
      id: "r06",
      narrative: "店里的人说钱都投到外地项目去了，我去过那个地址，是一片空地，附近的人也没有听说过。",
    },
  ],
};

const AT_PAYING: Case = {
  platform: {
    id: "hejindai",
    name: "金华合衿网络借贷信息中介有限公司",
    aliases: ["合衿贷"],
    sector: "p2p",
    sites: ["www.hejindai.example"],
    uscc: "X0000000XXXXXX0914",
    apps: [],
    responsible: [],
    phonesOrAccounts: [],
    territory: { registered: "330703", operating: "330703" },
    about: "网贷平台，自设资金池，虚构借款标的。",
  },
  agency: "banking-regulation",
  people: { officer: "cbrc-officer", verifier: "cbrc-verifier", triage: "triage-2" },
  clause: "金政办发〔2016〕65号 三(二)1",
  illegalAmountFen: "4200000000",
  decisionNumber: "金银监罚〔2026〕000号",
  days: { first: 48, triage: 44, found: 27, closed: 24 },
  reports: [
    {
      id: "r11",
      narrative: "合衿贷的借款人资料是重复的，同一张身份证复印件用在四个标的里，我把页面截图按日期排好了。",
    },
    {
      id: "r12",
      narrative: "投资人的钱不进存管账户，先进公司自己的卡，再由财务手工划走，我见过每天的对账表。",
    },
    {
      id: "r13",
      narrative: "合衿贷的保本承诺书盖的是公司公章，业务员说内部都这么发，我手里有三份不同编号的承诺书。",
    },
    {
      id: "r14",
      narrative: "平台公告里的合作银行打电话去问，说从来没有和这家公司合作过，通话时间和工号我都记了。",
    },
    {
      id: "r15",
      narrative: "后台可以直接改还款状态，逾期的标的到月底会被改成已还，我整理了改动前后的列表。",
    },
    {
      id: "r16",
      narrative: "店长要求员工每人每月拉来十万，完不成就扣工资，群里的通知和扣款记录都可以提供。",
    },
    { id: "r17", narrative: "抵押物照片是从房产网站上下载的，水印没有去干净，我找到了其中六张原图的出处。" },
  ],
};

const CASES = [AT_SIGNING, AT_PAYING];

export const SIGNING_CASE = AT_SIGNING.platform.id;
export const PAYING_CASE = AT_PAYING.platform.id;

export const casePlatforms: readonly DemoPlatform[] = CASES.map(({ platform }) => platform);

export const caseTips: readonly DemoTip[] = CASES.flatMap((one) =>
  one.reports.map(({ id, narrative }, at) => tipOf(one, id, narrative, one.days.first - Math.floor(at / 3))),
);

export const caseLeads: readonly DemoLead[] = CASES.map(leadOf);

function tipOf({ platform }: Case, id: string, narrative: string, daysAgo: number): DemoTip {
  return {
    ...{ id, platform: platform.id, daysAgo, narrative },
    ...{ channel: "web", mode: "anonymous", language: "zh-CN", relation: "investor" },
    ...{ subjectKind: "organisation", subjectName: platform.name, uscc: null, sites: platform.sites },
    ...{ apps: [], responsible: [], phonesOrAccounts: [] },
    territory: { ...platform.territory, occurred: platform.territory.operating },
    ...{ sector: platform.sector, redLines: ["其他/说不清"], startedMonthsAgo: 14, ongoing: "yes" },
    ...{ amount: "unknown", ownLossFen: null, people: "unknown", promisedYield: null },
    ...{ source: "own_experience", reportedElsewhere: null, contact: null },
    ...{ wantsReward: true, conflictDeclared: "none" },
  };
}

function leadOf({ platform, agency, people, clause, days, ...found }: Case): DemoLead {
  const { officer, verifier, triage } = people;
  const move = (daysAgo: number, from: string, to: string, by: string, note: string) =>
    ({ daysAgo, from, to, by, note }) as DemoLead["moves"][number];
  return {
    platform: platform.id,
    endsAt: "closed",
    moves: [
      move(days.triage, "new", "triage", triage, "多份举报指向同一主体，事实可以互相印证。"),
      {
        ...move(days.triage - 1, "triage", "dispatched", triage, "按领域转办，请承办单位注意保护线索来源。"),
        ...{ agency, legalBasis: clause },
      },
      move(days.triage - 2, "dispatched", "investigating", officer, "已受领，先固定合同样本和收款记录。"),
      move(
        days.found,
        "investigating",
        "determined",
        verifier,
        "合同、流水和台账互相印证，经营数额复核无误。",
      ),
      move(days.closed, "determined", "closed", officer, "处罚决定已经执行，以“属实”办结，转财政经办奖励。"),
    ],
    findings: {
      ...{ recordedBy: officer, verifiedBy: verifier, entityClass: "ban" },
      ...{
        illegalAmountFen: found.illegalAmountFen,
        penaltyFen: "0",
        illegalGainsFen: "0",
        collectedFen: "0",
      },
      ...{ decisionNumber: found.decisionNumber, decidedDaysAgo: days.found },
      penalty: "责令停止违法行为，吊销营业执照。",
      ...{ final: true, finalDaysAgo: days.closed },
      finality: "当事人书面表示不申请行政复议、不提起行政诉讼。",
    },
    closure: {
      ...{ code: "substantiated", daysAgo: days.closed, by: officer },
      toReporter: `您反映的${platform.aliases[0] ?? platform.name}违规收取资金的情况属实，处理决定已经执行。`,
    },
  };
}
