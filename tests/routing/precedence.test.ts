import { expect, test } from "vitest";
import { loadPack } from "~server/packs/load-pack.server";
import { routeLead } from "~server/routing/route-lead";
import { makeFacts } from "~tests/routing/make-facts";
import { buildPack, body, plainRow } from "~tests/routing/packs/build-pack";

const { pack: jinhua } = loadPack("jinhua");
const { pack: jiangsu } = loadPack("jiangsu");
const { pack: county } = loadPack("xx-county");

const pack = buildPack({
  id: "test",
  leadingOffice: "office",
  agencies: [body("office", "办公室"), body("a", "甲"), body("b", "乙"), body("police", "公安")],
  crossCuts: {
    crime: { id: "test.crime", clause: "一", agency: "police" },
    petition: { id: "test.petition", clause: "一", agency: "police" },
  },
  rows: [
    plainRow("test", "p2p", "一", ["a"], { coLead: ["b"], cooperating: ["police"] }),
    plainRow("test", "exchanges", "二", ["b"], { coLead: ["a"], cooperating: ["a"] }),
    plainRow("test", "guarantee", "三", ["office"], { coLead: ["police"], cooperating: ["b"] }),
  ],
});

test("leads follow the order of the sectors given", () => {
  expect(routeLead(pack, makeFacts({ sectors: ["p2p", "exchanges"] })).lead).toEqual(["甲", "乙"]);
  expect(routeLead(pack, makeFacts({ sectors: ["exchanges", "p2p"] })).lead).toEqual(["乙", "甲"]);
});

test("a body that leads one sector is not also a co-lead of another", () => {
  const decision = routeLead(pack, makeFacts({ sectors: ["p2p", "exchanges"] }));
  expect(decision).toMatchObject({ lead: ["甲", "乙"], coLead: [], cooperating: ["公安"] });
});

test("a co-lead is not also told", () => {
  const decision = routeLead(pack, makeFacts({ sectors: ["guarantee"], suspectedCrime: true }));
  expect(decision).toMatchObject({ lead: ["办公室"], coLead: ["公安"], also: [], cooperating: ["乙"] });
});

test("a co-lead of one sector does not cooperate in another", () => {
  const decision = routeLead(pack, makeFacts({ sectors: ["guarantee", "p2p"] }));
  expect(decision).toMatchObject({ lead: ["办公室", "甲"], coLead: ["公安", "乙"], cooperating: [] });
});

test("police that cooperate are told instead when a crime is suspected", () => {
  const decision = routeLead(jinhua, makeFacts({ sectors: ["cyber_data"], suspectedCrime: true }));
  expect(decision).toMatchObject({ lead: ["市经信委"], also: ["市公安局"], cooperating: [] });
});

test("police that lead are not told again, and the reason stays", () => {
  const decision = routeLead(
    jiangsu,
    makeFacts({ sectors: ["investment_institutions"], suspectedCrime: true }),
  );
  expect(decision).toMatchObject({ lead: ["省维稳办", "省公安厅"], also: [] });
  expect(decision.basis.map(({ rule }) => rule)).toContain("jiangsu.crime");
});

test("one body for crime and petition is told once", () => {
  const decision = routeLead(
    pack,
    makeFacts({ sectors: ["exchanges"], suspectedCrime: true, petition: true }),
  );
  expect(decision.also).toEqual(["公安"]);
});

test("two sectors of one body have one lead and two reasons", () => {
  const decision = routeLead(jinhua, makeFacts({ sectors: ["advertising", "wealth_in_name"] }));
  expect(decision.lead).toEqual(["市市场监管局"]);
  expect(decision.basis.slice(0, 2).map(({ rule }) => rule)).toEqual([
    "jinhua.sector.advertising",
    "jinhua.sector.wealth_in_name",
  ]);
});

test("a sector given twice counts once", () => {
  const once = routeLead(jinhua, makeFacts({ sectors: ["p2p", "advertising"] }));
  expect(routeLead(jinhua, makeFacts({ sectors: ["p2p", "advertising", "p2p"] }))).toEqual(once);
});

test("a sector with a row beside one without keeps both leads, and the leading office is no next best", () => {
  const decision = routeLead(jinhua, makeFacts({ sectors: ["p2p", "exchanges"] }));
  expect(decision.lead).toEqual(["金华银监分局", "领导小组办公室"]);
  expect(decision.nextBest).toBeNull();
});

test("a body that leads is not named again under the shorter name of a list of units", () => {
  const decision = routeLead(county, makeFacts({ sectors: ["p2p", "advertising"] }));
  expect(decision.lead).toEqual(["县金融办", "县市监局"]);
  expect(decision.cooperating).not.toContain("金融办");
  expect(decision.cooperating).not.toContain("市监局");
  expect(decision.cooperating).toContain("住建局");
});
