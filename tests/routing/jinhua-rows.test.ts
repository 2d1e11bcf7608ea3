import { describe, expect, test } from "vitest";
import { loadPack } from "~server/packs/load-pack.server";
import { SECTOR_IDS, type SectorId } from "~server/packs/sector-ids";
import { routeLead } from "~server/routing/route-lead";
import { makeFacts } from "~tests/routing/make-facts";

const { pack } = loadPack("jinhua");

// Copied from 金政办发〔2016〕65号 三(二), not read from the pack.
const rows: [SectorId, string, string, string[]][] = [
  ["advertising", "市市场监管局", "三(二)2", []],
  ["wealth_in_name", "市市场监管局", "三(二)2", []],
  ["equity_crowdfunding", "市金融办", "三(二)3", []],
  ["asset_mgmt", "市金融办", "三(二)3", []],
  ["third_party_payment", "人行金华市中心支行", "三(二)4", []],
  ["p2p", "金华银监分局", "三(二)5", []],
  ["internet_insurance", "市保险行业协会", "三(二)6", []],
  ["cyber_data", "市经信委", "三(二)8, 7", ["市公安局"]],
  ["guarantee", "市经信委", "三(二)8", []],
  ["real_estate", "市建设局", "三(二)9", []],
  ["pawn_leasing", "市商务局", "三(二)10", []],
];

const withoutRow: SectorId[] = [
  "investment_institutions",
  "exchanges",
  "farmers_coop",
  "micro_loan",
  "local_fin_org",
  "commodity_spot",
  "unknown",
];

describe("jinhua", () => {
  test.each(rows)("%s is led by %s under %s", (sector, lead, clause, cooperating) => {
    const decision = routeLead(pack, makeFacts({ sectors: [sector], registered: "330702" }));
    expect(decision).toEqual({
      pack: { id: "jinhua", version: "2016.1" },
      lead: [lead],
      coLead: [],
      cooperating,
      also: [],
      territory: { rule: "registered", lead: "330702", cooperate: [] },
      escalate: false,
      basis: [
        { rule: `jinhua.sector.${sector}`, clause, matched: { sectors: [sector] } },
        { rule: "jinhua.territory.registered", clause: "三(二)1", matched: { registered: "330702" } },
      ],
      nextBest: { lead: ["领导小组办公室"], rule: "jinhua.fallback", clause: "三 末段" },
    });
  });

  test.each(withoutRow)("%s, which has no row, goes to the leading office, without a next best", (sector) => {
    const decision = routeLead(pack, makeFacts({ sectors: [sector] }));
    expect(decision.lead).toEqual(["领导小组办公室"]);
    expect(decision.nextBest).toBeNull();
    expect(decision.basis[0]).toEqual({
      rule: "jinhua.fallback",
      clause: "三 末段",
      matched: { sectors: [sector] },
    });
  });

  test("every sector of the vocabulary is either in the table or without a row", () => {
    expect([...rows.map(([sector]) => sector), ...withoutRow].sort()).toEqual([...SECTOR_IDS].sort());
  });

  test("a suspected crime also goes to 市公安局 and a petition to 市信访局, in that order", () => {
    const decision = routeLead(pack, makeFacts({ petition: true, suspectedCrime: true }));
    expect(decision.also).toEqual(["市公安局", "市信访局"]);
    expect(decision.basis.slice(1, 3)).toEqual([
      { rule: "jinhua.crime", clause: "三(二)7", matched: { suspectedCrime: true } },
      { rule: "jinhua.petition", clause: "三(二)12", matched: { petition: true } },
    ]);
  });

  test("reasons come in the order sectors, cross-cuts, territory, escalation", () => {
    const decision = routeLead(
      pack,
      makeFacts({
        sectors: ["p2p", "advertising"],
        registered: "330702",
        operating: "330782",
        allegedFen: "6000000000",
        people: 200,
        tipsLast7Days: 20,
        suspectedCrime: true,
        petition: true,
      }),
    );
    expect(decision.basis.map(({ rule }) => rule)).toEqual([
      "jinhua.sector.p2p",
      "jinhua.sector.advertising",
      "jinhua.crime",
      "jinhua.petition",
      "jinhua.territory.registered",
      "jinhua.escalation.amount",
      "jinhua.escalation.people",
      "jinhua.escalation.tips",
    ]);
    expect(decision.basis[4]).toMatchObject({
      clause: "四(二)",
      matched: { registered: "330702", operating: "330782" },
    });
    expect(decision.basis[5]).toMatchObject({ clause: "四(二)", matched: { allegedFen: "6000000000" } });
  });

  test("publicity and supporting bodies never enter a decision", () => {
    const recorded = ["市委宣传部", "市委网信办", "市维稳办", "市发改委", "市财政局", "市法制办", "市法院"];
    const decision = routeLead(
      pack,
      makeFacts({ sectors: [...SECTOR_IDS], suspectedCrime: true, petition: true }),
    );
    const named = [...decision.lead, ...decision.coLead, ...decision.also, ...decision.cooperating];
    expect(named.filter((name) => recorded.includes(name))).toEqual([]);
  });
});
