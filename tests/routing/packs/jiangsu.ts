import { body, buildPack, plainRow, territorySource } from "./build-pack";

const part = "汇编文件 部门职责";

/** Jiangsu: joint leads, sub-rules by substance and licence, a territory rule per sector. */
export const jiangsu = buildPack({
  id: "jiangsu",
  leadingOffice: "office",
  agencies: [
    body("office", "领导小组办公室"),
    body("finance", "省金融办"),
    body("banking", "江苏银监局"),
    body("securities", "江苏证监局"),
    body("insurance", "江苏保监局"),
    body("central-bank", "人行南京分行"),
    body("commerce", "省商务厅"),
    body("economy", "省经信委"),
    body("industry", "省工商局"),
    body("police", "省公安厅"),
    body("stability", "省维稳办"),
    body("petition", "省信访局"),
    { ...body("licensor", "牌照主管部门"), kind: "class" },
    { ...body("cities", "各市人民政府"), kind: "class" },
  ],
  crossCuts: {
    crime: { id: "jiangsu.crime", clause: "汇编文件", agency: "police" },
    petition: { id: "jiangsu.petition", clause: "汇编文件", inferred: true, agency: "petition" },
  },
  rows: [
    plainRow("jiangsu", "p2p", "汇编文件", ["finance", "banking"]),
    plainRow("jiangsu", "third_party_payment", "汇编文件", ["central-bank"], {
      cooperating: ["finance", "police", "industry"],
    }),
    plainRow("jiangsu", "investment_institutions", "汇编文件", ["stability", "police"]),
    plainRow("jiangsu", "exchanges", "汇编文件", ["finance"]),
    {
      sector: "asset_mgmt",
      rules: [
        { id: "jiangsu.asset_mgmt.nested", clause: part, when: { nested: true }, lead: ["central-bank"] },
        {
          id: "jiangsu.asset_mgmt.banking",
          clause: part,
          when: { substance: ["银行理财", "信托理财", "消费金融", "金融租赁", "其他借贷关系"] },
          lead: ["banking"],
        },
        {
          id: "jiangsu.asset_mgmt.securities",
          clause: part,
          when: { substance: ["证券", "基金", "期货", "私募股权"] },
          lead: ["securities"],
        },
        {
          id: "jiangsu.asset_mgmt.insurance",
          clause: part,
          when: { substance: ["保险资管"] },
          lead: ["insurance"],
        },
        {
          id: "jiangsu.asset_mgmt.guarantee",
          clause: part,
          when: { substance: ["担保公司"] },
          lead: ["economy"],
        },
        {
          id: "jiangsu.asset_mgmt.unlicensed_p2p",
          clause: "汇编文件 总体分工",
          when: { substance: ["P2P网络借贷"], licensed: false },
          sameAs: "p2p",
        },
        {
          id: "jiangsu.asset_mgmt.other",
          clause: "四(二)",
          when: { substance: "any" },
          lead: ["office"],
        },
        {
          id: "jiangsu.asset_mgmt.licensed",
          clause: "汇编文件 总体分工",
          when: { licensed: true },
          lead: ["licensor"],
        },
        {
          id: "jiangsu.asset_mgmt.unclear",
          clause: "汇编文件 总体分工",
          when: { licensed: false },
          lead: ["cities"],
        },
        { id: "jiangsu.asset_mgmt.plain", clause: "汇编文件", lead: ["finance"] },
      ],
    },
  ],
  territory: territorySource("jiangsu", "32", {
    sectorRules: [
      { id: "jiangsu.territory.operating", kind: "operating", clause: "汇编文件", sectors: ["p2p"] },
      {
        id: "jiangsu.territory.both",
        kind: "both",
        clause: "汇编文件",
        sectors: ["investment_institutions", "exchanges"],
      },
      {
        id: "jiangsu.territory.provincial",
        kind: "provincial",
        clause: "汇编文件",
        sectors: ["third_party_payment"],
      },
    ],
  }),
});
