import type { SectorId } from "~server/packs/sector-ids";

/** lead, clause, co-lead (会同、共同牵头), cooperating (配合单位、责任单位); names joined by 、 in the order written. */
export type ExpectedRow = [lead: string, clause: string, coLead?: string, cooperating?: string];

export type ExpectedPack = {
  rows: Partial<Record<SectorId, ExpectedRow>>;
  /** The leading office, and the clause that gives it what no row names. */
  fallback: [lead: string, clause: string];
  police: [name: string, clause: string];
  petition: [name: string, clause: string] | null;
};

const COUNTY_UNITS =
  "宣传部、维稳办、发改局、经信局、公安局、财政局、住建局、人行、市监局、法制办、信访局、法院、检察院、通信协会";
const COUNTY_ADVERTISING = "宣传部、住建局、金融办、城管局、公安局、人行、信访局、文广新局、通信协会";
const COUNTY_LAND = "公安局、金融办、市监局、人行、宣传部、法制办、信访局、各乡镇场";

/** Copied by hand from the plans, never read from the packs. */
export const EXPECTED: Record<string, ExpectedPack> = {
  national: {
    rows: {
      third_party_payment: ["中国人民银行", "总体方案（汇编篇一）"],
      p2p: ["银监会", "总体方案（汇编篇一）", "", "地方金融办"],
      equity_crowdfunding: ["证监会", "总体方案（汇编篇一）"],
      internet_insurance: ["保监会", "总体方案（汇编篇一）"],
      advertising: ["工商总局", "总体方案", "金融管理部门"],
      wealth_in_name: ["金融管理部门、工商总局", "总体方案"],
      real_estate: ["住房城乡建设部、金融管理部门", "总体方案"],
      cyber_data: ["工业和信息化部", "总体方案", "", "公安部"],
      asset_mgmt: ["中国人民银行", "总体方案", "", "银监会、证监会、保监会"],
    },
    fallback: ["领导小组办公室", "总体方案"],
    police: ["公安部", "总体方案"],
    petition: ["国家信访局", "总体方案"],
  },
  jinhua: {
    rows: {
      advertising: ["市市场监管局", "三(二)2"],
      wealth_in_name: ["市市场监管局", "三(二)2"],
      equity_crowdfunding: ["市金融办", "三(二)3"],
      asset_mgmt: ["市金融办", "三(二)3"],
      third_party_payment: ["人行金华市中心支行", "三(二)4"],
      p2p: ["金华银监分局", "三(二)5"],
      internet_insurance: ["市保险行业协会", "三(二)6"],
      cyber_data: ["市经信委", "三(二)8, 7", "", "市公安局"],
      guarantee: ["市经信委", "三(二)8"],
      real_estate: ["市建设局", "三(二)9"],
      pawn_leasing: ["市商务局", "三(二)10"],
    },
    fallback: ["领导小组办公室", "三 末段"],
    police: ["市公安局", "三(二)7"],
    petition: ["市信访局", "三(二)12"],
  },
  shangjie: {
    rows: {
      advertising: ["区工商质监局", "五"],
      wealth_in_name: ["区工商质监局", "五", "区金融办"],
      investment_institutions: ["区工商质监局、区发改委", "五"],
      real_estate: ["区房管中心", "五"],
      farmers_coop: ["区农委", "五"],
      pawn_leasing: ["区商务局", "五"],
      commodity_spot: ["区商务局", "五"],
      exchanges: ["区金融办", "五"],
      guarantee: ["区金融办", "五"],
      micro_loan: ["区金融办", "五"],
      equity_crowdfunding: ["所在镇办", "五(二)"],
      internet_insurance: ["所在镇办", "五(二)"],
      third_party_payment: ["人民银行上街支行", "四(二)"],
      p2p: ["区金融办", "五"],
      asset_mgmt: ["区领导小组办公室", "五"],
      cyber_data: ["区网管中心", "五", "", "区公安局"],
    },
    fallback: ["区领导小组办公室", "五(三)"],
    police: ["区公安局", "五"],
    petition: ["区信访局", "五"],
  },
  jilin: {
    rows: {
      p2p: ["P2P网络借贷专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
      equity_crowdfunding: ["股权众筹融资专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
      internet_insurance: ["互联网保险专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
      asset_mgmt: [
        "通过互联网从事资产管理及跨界从事金融活动专项整治联合办公室",
        "吉林省互联网金融风险专项整治工作方案",
      ],
      third_party_payment: ["第三方支付专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
      real_estate: ["房地产领域互联网金融活动专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
      advertising: ["互联网金融广告专项整治联合办公室", "吉林省互联网金融风险专项整治工作方案"],
    },
    fallback: ["省领导小组办公室", "吉林省互联网金融风险专项整治工作方案"],
    police: ["省公安厅", "吉林省互联网金融风险专项整治工作方案"],
    petition: null,
  },
  jiangsu: {
    rows: {
      p2p: ["省金融办、江苏银监局", "汇编文件"],
      third_party_payment: ["人行南京分行", "汇编文件", "", "省金融办、省公安厅、省工商局"],
      equity_crowdfunding: ["江苏证监局、省金融办", "汇编文件"],
      internet_insurance: ["江苏保监局、省金融办", "汇编文件"],
      asset_mgmt: ["省金融办", "汇编文件"],
      exchanges: ["省金融办", "汇编文件"],
      advertising: ["省工商局", "汇编文件"],
      wealth_in_name: ["省工商局", "汇编文件", "金融管理部门"],
      investment_institutions: ["省维稳办、省公安厅", "汇编文件"],
      real_estate: ["省金融办", "汇编文件", "", "省住建厅"],
      cyber_data: ["省通信管理局", "汇编文件"],
      guarantee: ["省经信委", "汇编文件"],
      pawn_leasing: ["省商务厅", "汇编文件"],
      micro_loan: ["省金融办", "汇编文件"],
      commodity_spot: ["省商务厅", "汇编文件"],
    },
    fallback: ["领导小组办公室", "汇编文件"],
    police: ["省公安厅", "汇编文件"],
    petition: ["省信访局", "汇编文件"],
  },
  "xx-county": {
    rows: {
      p2p: ["县金融办", "分工表", "", COUNTY_UNITS],
      asset_mgmt: ["县金融办", "分工表", "", COUNTY_UNITS],
      exchanges: [
        "县金融办",
        "分工表",
        "",
        "法院、检察院、宣传部、公安局、财政局、商务局、市监局、法制办、人行、通讯协会",
      ],
      equity_crowdfunding: ["县金融办", "分工表", "", COUNTY_UNITS],
      internet_insurance: [
        "县金融办",
        "分工表",
        "",
        "保险机构、人行、市监局、公安局、法院、检察院、宣传部、信访局、通信协会",
      ],
      investment_institutions: [
        "县维稳办",
        "分工表",
        "",
        "市监局、农工办、金融办、人行、法制办、宣传部、信访局、法院、检察院、民政局、商务局",
      ],
      advertising: ["县市监局", "分工表", "", COUNTY_ADVERTISING],
      wealth_in_name: ["县市监局", "分工表", "", COUNTY_ADVERTISING],
      third_party_payment: ["县人行", "分工表", "", "金融办、各金融机构"],
      real_estate: ["县住建局", "分工表", "", COUNTY_LAND],
      farmers_coop: ["县农工办", "分工表", "", COUNTY_LAND],
    },
    fallback: ["县处非办", "分工表"],
    police: ["公安局", "分工表"],
    petition: ["信访局", "分工表"],
  },
  beijing: {
    rows: {
      third_party_payment: ["市金融局、人民银行营业管理部", "汇编篇二"],
      p2p: ["市金融局、北京银监局", "汇编篇二"],
      equity_crowdfunding: ["市金融局、北京证监局", "汇编篇二"],
      internet_insurance: ["市金融局、北京保监局", "汇编篇二"],
      real_estate: ["市金融局、市住房城乡建设委", "汇编篇二"],
      advertising: ["市金融局、市工商局", "汇编篇二"],
      asset_mgmt: ["市金融局", "汇编篇二"],
    },
    fallback: ["市领导小组办公室", "汇编篇二"],
    police: ["市公安局", "汇编篇二"],
    petition: ["市信访办", "汇编篇二"],
  },
  "county-ndrc": {
    rows: {
      third_party_payment: ["县发改局", "汇编篇三"],
      asset_mgmt: ["县发改局", "汇编篇三"],
      equity_crowdfunding: ["县发改局", "汇编篇三"],
      p2p: ["县发改局", "汇编篇三"],
      internet_insurance: ["县发改局", "汇编篇三"],
      advertising: ["县市场监督管理局", "汇编篇三"],
      cyber_data: ["县经贸局", "汇编篇三", "", "县公安局"],
      real_estate: ["县住建局", "汇编篇三", "县级金融管理部门"],
    },
    fallback: ["县发改局", "汇编篇三"],
    police: ["县公安局", "汇编篇三"],
    petition: ["县信访局", "汇编篇三"],
  },
  shandong: {
    rows: {
      third_party_payment: ["人民银行济南分行", "汇编篇四"],
      p2p: ["山东银监局", "汇编篇四"],
      equity_crowdfunding: ["山东证监局", "汇编篇四"],
      internet_insurance: ["山东保监局", "汇编篇四"],
      advertising: ["省工商局", "汇编篇四", "金融管理部门"],
      wealth_in_name: ["金融管理部门、省工商局", "汇编篇四"],
      local_fin_org: ["省金融办", "汇编篇四"],
      guarantee: ["省金融办", "汇编篇四"],
      micro_loan: ["省金融办", "汇编篇四"],
      farmers_coop: ["省金融办", "汇编篇四"],
      exchanges: ["省金融办", "汇编篇四"],
      pawn_leasing: ["省商务厅", "汇编篇四"],
      commodity_spot: ["省商务厅", "汇编篇四"],
      real_estate: ["省住房城乡建设厅", "汇编篇四", "金融管理部门"],
      cyber_data: ["省通信管理局", "汇编篇四"],
      asset_mgmt: ["人民银行济南分行", "汇编篇四", "", "山东银监局、山东证监局、山东保监局"],
    },
    fallback: ["省领导小组办公室", "汇编篇四"],
    police: ["省公安厅", "汇编篇四"],
    petition: ["省信访局", "汇编篇四"],
  },
  "xx-district": {
    rows: {
      local_fin_org: ["区金融办", "汇编篇七"],
      equity_crowdfunding: ["区金融办", "汇编篇七"],
      internet_insurance: ["区金融办", "汇编篇七"],
      p2p: ["区金融办", "汇编篇七", "银监办"],
      advertising: ["区市场监管局", "汇编篇七"],
      wealth_in_name: ["区市场监管局", "汇编篇七", "区金融办"],
      real_estate: ["区住房城乡建设局", "汇编篇七"],
      pawn_leasing: ["区财贸办", "汇编篇七"],
      asset_mgmt: ["人民银行xx支行", "汇编篇七"],
      third_party_payment: ["人民银行xx支行", "汇编篇七"],
      cyber_data: ["区信息产业办", "汇编篇七", "", "区公安分局"],
    },
    fallback: ["区金融办", "汇编篇七"],
    police: ["区公安分局", "汇编篇七"],
    petition: ["区信访局", "汇编篇七"],
  },
  maanshan: {
    rows: {
      p2p: ["市政府金融办、市银监局", "汇编篇八"],
      third_party_payment: ["人行马鞍山市中心支行", "汇编篇八"],
      asset_mgmt: ["市政府金融办、人行马鞍山市中心支行", "汇编篇八"],
      advertising: ["市工商局", "汇编篇八", "金融管理部门"],
      wealth_in_name: ["金融管理部门、市工商局", "汇编篇八"],
      real_estate: ["市住建委", "汇编篇八", "金融管理部门、市工商局"],
      equity_crowdfunding: ["市政府金融办", "汇编篇八"],
    },
    fallback: ["市领导小组办公室", "汇编篇八"],
    police: ["市公安局", "汇编篇八"],
    petition: ["市信访局", "汇编篇八"],
  },
};

/** Names joined by 、 as a list; none for an empty or missing text. */
export const namesIn = (text: string | undefined): string[] =>
  text === undefined || text === "" ? [] : text.split("、");
