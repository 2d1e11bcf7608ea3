/**
 * The checklist (排查要点) offered for each sector of the jinhua pack, as a demo tip may tick it.
 * A sector without a list of its own offers the signs of unfair competition; every list ends with "cannot say".
 * Source: 互联网金融风险专项整治工作方案, 重点整治问题, by sector.
 */
export const CANNOT_SAY = "其他/说不清";

const UNFAIR = ["显失合理的超高回报率", "变相补贴", "交叉补贴", "以其他客户资金支付高回报"];

export const demoSectors = [
  "advertising",
  "wealth_in_name",
  "equity_crowdfunding",
  "asset_mgmt",
  "third_party_payment",
  "p2p",
  "internet_insurance",
  "cyber_data",
  "guarantee",
  "real_estate",
  "pawn_leasing",
  "unknown",
] as const;

export type DemoSector = (typeof demoSectors)[number];

const listed: Record<DemoSector, readonly string[]> = {
  p2p: [
    "设立资金池",
    "发放贷款",
    "非法集资",
    "自融自保",
    "代替客户承诺保本保息",
    "期限错配",
    "期限拆分",
    "虚假宣传",
    "虚构标的",
    "虚构、夸大收益误导出借人",
    "线下营销",
    "违规债权转让",
    "发售银行理财、券商资管产品",
    "场外配资（HOMS类）",
    "股权众筹或实物众筹",
    "首付贷",
    "客户资金未第三方存管、未分账",
    "挪用客户资金",
    "信息披露不完整",
    "网络安全设施不合规",
    "校园网贷",
  ],
  equity_crowdfunding: [
    "以“股权众筹”名义从事股权融资",
    "募集私募基金",
    "擅自公开或变相公开发行股票（累计超过200人）",
    "虚假宣传误导投资者",
    "欺诈发行",
    "挪用或占用投资者资金",
    "明股实债",
    "以众筹名义非法集资",
    "持牌机构违规合作",
  ],
  internet_insurance: [
    "不实描述、夸大业绩、承诺收益",
    "与无资质平台合作",
    "与设资金池、非法集资的平台合作",
    "非持牌机构经营",
    "假借保险公司名义非法集资",
  ],
  asset_mgmt: [
    "私募产品向不特定公众销售或突破人数",
    "多层嵌套规避监管",
    "未执行投资者适当性",
    "虚假、误导宣传",
    "侵占、挪用资金",
    "委托无资质机构代销",
    "无资质跨界经营",
    "多牌照无防火墙",
  ],
  third_party_payment: [
    "挪用、占用客户备付金",
    "备付金账户不合规",
    "变相跨行清算",
    "无证经营（收单、POS、预付卡、网络支付）",
  ],
  advertising: [
    "未提示风险",
    "承诺保本、无风险、保收益",
    "夸大业绩",
    "利用学术机构、协会、专业人士、受益者推荐",
    "虚假宣传收益安全",
    "未经许可发布吸存、放贷广告",
    "引用不实数据",
    "宣传违法活动",
    "宣传突破住房信贷政策",
  ],
  wealth_in_name: ["无资质从事金融业务", "非法吸收资金", "冠以小贷、担保、典当、资金互助名称未经批准"],
  real_estate: ["首付贷", "众筹买房", "无资质房地产金融", "集资建房"],
  cyber_data: UNFAIR,
  guarantee: UNFAIR,
  pawn_leasing: UNFAIR,
  unknown: UNFAIR,
};

/** Every entry a reporter of that sector can tick, in the order shown. */
export function redLinesOf(sector: DemoSector): readonly string[] {
  return [...listed[sector], CANNOT_SAY];
}
