import { body, buildPack, packSource, plainRow, territorySource, words } from "./build-pack";

/** Shangjie: a nested case goes to the central bank, towns lead what nobody regulates locally. */
export const shangjie = buildPack({
  id: "shangjie",
  leadingOffice: "office",
  agencies: [
    body("office", "区领导小组办公室"),
    body("industry", "区工商质监局"),
    body("finance", "区金融办"),
    body("development", "区发改委"),
    body("central-bank", "人民银行上街支行"),
    { ...body("town", "所在镇办"), kind: "class" },
    body("xiawo", "峡窝镇政府"),
  ],
  rows: [
    {
      sector: "asset_mgmt",
      rules: [
        {
          id: "shangjie.asset_mgmt.nested",
          clause: "五(一)",
          when: { nested: true },
          lead: ["central-bank"],
        },
        { id: "shangjie.asset_mgmt.plain", clause: "上政办〔2016〕24号", inferred: true, lead: ["office"] },
      ],
    },
    plainRow("shangjie", "wealth_in_name", "上政办〔2016〕24号", ["industry"], { coLead: ["finance"] }),
    plainRow("shangjie", "investment_institutions", "上政办〔2016〕24号", ["industry", "development"]),
    plainRow("shangjie", "equity_crowdfunding", "五(二)", ["town"]),
    plainRow("shangjie", "internet_insurance", "五(二)", ["town"]),
  ],
  territory: territorySource("shangjie", "410106", {
    units: [
      {
        code: "410106101",
        name: words("峡窝镇", "Xiawo Town"),
        parent: "410106",
        local: true,
        authority: "xiawo",
      },
    ],
  }),
  nameScreening: {
    keywords: ["投资", "投资管理"],
    sectorKeywords: [{ sectors: ["exchanges"], keywords: ["贵金属", "交易市场"] }],
    exempt: [{ keyword: "投资", phrases: ["投资担保"] }],
  },
});

/** Beijing: every sector has two leads, the city's finance bureau first. */
export const beijing = buildPack({
  id: "beijing",
  leadingOffice: "office",
  agencies: [
    { ...body("office", "市领导小组办公室"), seatedIn: "finance" },
    body("finance", "市金融局"),
    body("banking", "北京银监局"),
    body("industry", "市工商局"),
    body("police", "市公安局"),
  ],
  crossCuts: {
    crime: { id: "beijing.crime", clause: "汇编篇二", inferred: true, agency: "police" },
    petition: null,
  },
  rows: [
    plainRow("beijing", "p2p", "汇编篇二", ["finance", "banking"]),
    plainRow("beijing", "advertising", "汇编篇二", ["finance", "industry"]),
  ],
  territory: territorySource("beijing", "11"),
});

/** The national plan: any code is inside; rows of several bodies and co-leads. */
export const national = buildPack({
  id: "national",
  leadingOffice: "office",
  agencies: [
    body("office", "领导小组办公室"),
    { ...body("regulators", "金融管理部门"), kind: "class" },
    body("industry", "工商总局"),
    body("housing", "住房城乡建设部"),
    body("ministry-it", "工业和信息化部"),
    body("police", "公安部"),
  ],
  crossCuts: { crime: { id: "national.crime", clause: "总体方案", agency: "police" }, petition: null },
  rows: [
    plainRow("national", "advertising", "总体方案", ["industry"], { coLead: ["regulators"] }),
    plainRow("national", "wealth_in_name", "总体方案", ["regulators", "industry"]),
    plainRow("national", "real_estate", "总体方案", ["housing", "regulators"]),
    plainRow("national", "cyber_data", "总体方案", ["ministry-it"], { cooperating: ["police"] }),
  ],
});

/** Jilin: joint offices with members and no petition body; a county: dates a document misprints. */
export const jilinSource = packSource({
  id: "jilin",
  leadingOffice: "office",
  agencies: [
    body("office", "省领导小组办公室"),
    body("finance", "省金融办"),
    body("police", "省公安厅"),
    { ...body("joint-p2p", "P2P网络借贷专项整治联合办公室"), members: ["finance", "police"] },
  ],
  crossCuts: { crime: { id: "jilin.crime", clause: "吉林省", agency: "police" }, petition: null },
  rows: [plainRow("jilin", "p2p", "吉林省", ["joint-p2p"])],
  territory: territorySource("jilin", "22"),
  dates: [
    {
      id: "insurance",
      task: words("整改"),
      due: "2016-09",
      sectors: ["internet_insurance"],
      printed: "9月31日",
    },
  ],
  duties: [
    {
      id: "jilin.duty.files",
      kind: "one_file_per_entity",
      clause: "吉林省",
      text: words("一户一档"),
      agencies: ["office"],
    },
  ],
  channels: [{ id: "credit_jilin", name: words("信用吉林") }],
  hotlines: [{ agency: "finance", number: "0431-0000-0101", hours: words("工作日"), fictitious: true }],
});
