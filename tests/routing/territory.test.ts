import { describe, expect, test } from "vitest";
import type { Pack } from "~server/packs/grammar";
import { childrenOf, divisionName } from "~server/packs/divisions";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { agencyName, responsibleBody } from "~server/packs/look-up-pack";
import type { SectorId } from "~server/packs/sector-ids";
import { nameHolders } from "~server/routing/name-holders";
import type { RoutingFacts } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";
import { makeFacts } from "~tests/routing/make-facts";

const { pack: jinhua } = loadPack("jinhua");
const { pack: jiangsu } = loadPack("jiangsu");
const { pack: national } = loadPack("national");

type Places = Pick<RoutingFacts, "registered" | "operating"> & { occurred?: string };
const at = (registered: string | null, operating: string | null, occurred?: string): Places => ({
  registered,
  operating,
  ...(occurred === undefined ? {} : { occurred }),
});
const territory = (pack: Pack, sector: SectorId, places: Places) =>
  routeLead(pack, makeFacts({ sectors: [sector], ...places })).territory;
const led = (rule: string, lead: string | null, ...cooperate: string[]) => ({ rule, lead, cooperate });

describe("registered: the seat leads", () => {
  test.each([
    ["alone", at("330702", null), led("registered", "330702")],
    ["with the place of business inside", at("330702", "330782"), led("registered", "330702", "330782")],
    ["same place", at("330702", "330702"), led("registered", "330702")],
    ["place of business outside", at("330702", "440300"), led("registered", "330702")],
    ["seat outside", at("440300", "330782"), led("outside", "330782")],
    ["seat unknown", at(null, "330782"), led("outside", "330782")],
    ["both outside", at("440300", "110101"), led("fallback", null)],
    ["seat outside, nothing else", at("440300", null), led("fallback", null)],
    ["no code", at(null, null), led("fallback", null)],
    ["a neighbouring city's code", at("330802", null), led("fallback", null)],
    ["where it happened stands in", at("330702", null, "330784"), led("registered", "330702", "330784")],
    ["where it happened, seat unknown", at(null, null, "330784"), led("outside", "330784")],
    [
      "where it happened yields to the place of business",
      at(null, "330782", "330784"),
      led("outside", "330782"),
    ],
    ["it happened inside, but business is outside", at(null, "440300", "330784"), led("fallback", null)],
    ["a local code leads", at("3307K1", "330702"), led("registered", "3307K1", "330702")],
    ["the city itself", at("330700", null), led("registered", "330700")],
  ])("%s", (_, places, expected) => {
    expect(territory(jinhua, "p2p", places)).toEqual(expected);
  });
});

describe("operating (jiangsu p2p): the place of business leads, under its own name", () => {
  test.each([
    ["both inside", at("320100", "320500"), led("operating", "320500", "320100")],
    ["same place", at("320500", "320500"), led("operating", "320500")],
    ["seat outside", at("330100", "320500"), led("operating", "320500")],
    ["seat unknown", at(null, "320500"), led("operating", "320500")],
    ["place of business outside", at("320100", "330100"), led("operating", "320100")],
    ["place of business unknown", at("320100", null), led("operating", "320100")],
    ["where it happened stands in", at("320100", null, "320500"), led("operating", "320500", "320100")],
    ["none inside", at("330100", "330200"), led("fallback", null)],
  ])("%s", (_, places, expected) => {
    expect(territory(jiangsu, "p2p", places)).toEqual(expected);
  });
});

describe("both (jiangsu exchanges): the seat leads with the place of business", () => {
  test.each([
    ["both inside", at("320100", "320500"), led("both", "320100", "320500")],
    ["equal", at("320100", "320100"), led("both", "320100")],
    ["only the place of business inside", at("330100", "320500"), led("both", "320500")],
    ["only the seat inside", at("320100", "330100"), led("both", "320100")],
    ["only the place of business known", at(null, "320500"), led("both", "320500")],
    ["none inside", at("330100", null), led("fallback", null)],
  ])("%s", (_, places, expected) => {
    expect(territory(jiangsu, "exchanges", places)).toEqual(expected);
  });
});

describe("provincial (jiangsu third_party_payment): different codes go to the province", () => {
  test.each([
    ["across cities", at("320100", "320500"), led("provincial", null, "320100", "320500")],
    ["seat outside", at("110101", "320500"), led("provincial", null, "110101", "320500")],
    ["business outside", at("320100", "110101"), led("provincial", null, "320100", "110101")],
    [
      "where it happened stands in",
      at("320100", null, "320500"),
      led("provincial", null, "320100", "320500"),
    ],
    ["same place", at("320100", "320100"), led("registered", "320100")],
    ["seat alone", at("320100", null), led("registered", "320100")],
    ["business alone", at(null, "320500"), led("outside", "320500")],
    ["none inside", at("110101", "330100"), led("fallback", null)],
  ])("%s", (_, places, expected) => {
    expect(territory(jiangsu, "third_party_payment", places)).toEqual(expected);
  });
});

test("a sector without a rule of its own uses the plan's default", () => {
  expect(territory(jiangsu, "asset_mgmt", at("320100", "320500"))).toEqual(
    led("registered", "320100", "320500"),
  );
});

test("of several sectors, the first given picks the rule", () => {
  const facts = { registered: "320100", operating: "320500" };
  const first = routeLead(jiangsu, makeFacts({ sectors: ["p2p", "exchanges"], ...facts }));
  const second = routeLead(jiangsu, makeFacts({ sectors: ["exchanges", "p2p"], ...facts }));
  expect([first.territory.rule, second.territory.rule]).toEqual(["operating", "both"]);
});

test("a case that follows another sector's plan takes that plan's territory rule", () => {
  const facts = { substance: "P2P网络借贷", licensed: false, registered: "320100", operating: "320500" };
  const decision = routeLead(jiangsu, makeFacts({ sectors: ["asset_mgmt"], ...facts }));
  expect(decision.territory).toEqual(led("operating", "320500", "320100"));
});

test("without a prefix every code is inside", () => {
  expect(territory(national, "advertising", at("330702", "110101"))).toEqual(
    led("registered", "330702", "110101"),
  );
  expect(territory(national, "advertising", at(null, null))).toEqual(led("fallback", null));
});

test("the clause on working across regions is cited only when the places differ", () => {
  const clause = (places: Places) =>
    routeLead(jinhua, makeFacts({ sectors: ["p2p"], ...places })).basis.at(-1)?.clause;
  expect(clause(at("330702", "330782"))).toBe("四(二)");
  expect(clause(at("440300", "330782"))).toBe("四(二)");
  expect(clause(at("330702", "330702"))).toBe("三(二)1");
  expect(clause(at(null, "330782"))).toBe("三(二)1");
  expect(clause(at(null, null))).toBe("三 末段");
});

test("the reason holds the codes that were used and no others", () => {
  const matched = (places: Places) =>
    routeLead(jinhua, makeFacts({ sectors: ["p2p"], ...places })).basis.at(-1)?.matched;
  expect(matched(at("330702", "330782", "330784"))).toEqual({ registered: "330702", operating: "330782" });
  expect(matched(at(null, null, "330784"))).toEqual({ occurred: "330784" });
  expect(matched(at(null, null))).toEqual({});
});

describe("every plan", () => {
  // Prefix, a place inside, another inside; null: every code is inside.
  test.each([
    ["national", null, "330702", "110101"],
    ["jinhua", "3307", "330702", "330782"],
    ["shangjie", "410106", "410106Z1", "410106J1"],
    ["jilin", "22", "220100", "222400"],
    ["jiangsu", "32", "320100", "320500"],
    ["xx-county", null, "320981", "320111"],
    ["beijing", "11", "110101", "110108"],
    ["county-ndrc", null, "320981", "320111"],
    ["shandong", "37", "370100", "370211"],
    ["xx-district", null, "320981", "320111"],
    ["maanshan", "3405", "340503", "340521"],
  ])("%s: the seat leads, within its prefix", (id, prefix, seat, place) => {
    const { pack } = loadPack(id);
    expect(pack.territory.prefix).toBe(prefix);
    expect(territory(pack, "advertising", at(seat, place))).toEqual(led("registered", seat, place));
    expect(territory(pack, "advertising", at(null, place))).toEqual(led("outside", place));
    if (prefix === null) return;
    expect(territory(pack, "advertising", at("440300", place))).toEqual(led("outside", place));
    expect(territory(pack, "advertising", at(seat, "440300"))).toEqual(led("registered", seat));
    expect(territory(pack, "advertising", at("440300", "440400"))).toEqual(led("fallback", null));
  });

  test.each([
    [
      "jiangsu",
      ["p2p:operating", "investment_institutions:both", "exchanges:both", "third_party_payment:provincial"],
    ],
    ...["national", "jinhua", "shangjie", "jilin", "xx-county", "beijing", "county-ndrc", "shandong"].map(
      (id) => [id, []] as [string, string[]],
    ),
    ["xx-district", []],
    ["maanshan", []],
  ] as [string, string[]][])("%s has these rules for single sectors: %j", (id, rules) => {
    const own = loadPack(id).pack.territory.sectorRules;
    expect(own.flatMap(({ kind, sectors }) => sectors.map((sector) => `${sector}:${kind}`))).toEqual(rules);
  });

  test.each([
    ["shandong", "省领导小组办公室"],
    ["xx-district", "区金融办"],
  ])("%s reports a case from outside to %s", (id, name) => {
    const { pack } = loadPack(id);
    expect(agencyName(pack, pack.territory.outside.reportTo ?? "")).toBe(name);
  });

  test("jiangsu reports payment across regions to the joint office at provincial level", () => {
    const rule = jiangsu.territory.sectorRules.find(({ kind }) => kind === "provincial");
    expect(agencyName(jiangsu, rule?.reportTo ?? "")).toBe("省级联合办公室");
  });

  test("shangjie cites 五(二) for the place of registration", () => {
    const { pack } = loadPack("shangjie");
    const decision = routeLead(pack, makeFacts({ sectors: ["equity_crowdfunding"], registered: "410106Z1" }));
    expect(decision.basis.at(-1)).toMatchObject({ clause: "五(二)", matched: { registered: "410106Z1" } });
    expect(responsibleBody(pack, "410106Z1")).toBe("峡窝镇政府");
  });

  test.each(listPacks().filter((id) => id !== "template"))(
    "%s lists today's places, by today's names",
    (id) => {
      const { units } = loadPack(id).pack.territory;
      for (const { code, name, local } of units) if (!local) expect(divisionName(code)).toBe(name.zh);
    },
  );

  test.each([
    ["jilin", "220000"],
    ["jiangsu", "320000"],
    ["shandong", "370000"],
    ["beijing", "110100"],
    ["maanshan", "340500"],
  ])("%s lists all places below %s", (id, parent) => {
    const { units } = loadPack(id).pack.territory;
    expect(units.map(({ code }) => code).sort()).toEqual(
      childrenOf(parent)
        .map(({ code }) => code)
        .sort(),
    );
  });
});

describe("the bodies that hold a lead", () => {
  type Row = [string, SectorId, Places, string[], string[], string[]];
  // Pack, sector, places; then who leads, cooperates and is told, by the plan's words, on a day of 2016.
  test.each<Row>([
    // 上街 五(二): 所在镇办 is the office of the seat.
    ["shangjie", "equity_crowdfunding", at("410106Z1", null), ["峡窝镇政府"], [], []],
    ["shangjie", "internet_insurance", at(null, "410106J3"), ["新安路街道办事处"], [], []],
    ["shangjie", "equity_crowdfunding", at("410106Z1", "410106J1"), ["峡窝镇政府"], ["济源路街道办事处"], []],
    ["shangjie", "equity_crowdfunding", at(null, null), ["所在镇办"], [], []],
    ["shangjie", "equity_crowdfunding", at("410106", null), ["所在镇办"], [], []],
    ["shangjie", "p2p", at("410106Z1", null), ["区金融办"], ["峡窝镇政府"], []],
    // 金华 三(二)1, 四(二): the governments of both places.
    ["jinhua", "p2p", at("330702", null), ["金华银监分局"], ["婺城区政府"], []],
    ["jinhua", "p2p", at("330702", "330782"), ["金华银监分局"], ["婺城区政府", "义乌市政府"], []],
    ["jinhua", "cyber_data", at("3307K1", null), ["市经信委"], ["市公安局", "金华开发区管委会"], []],
    ["jinhua", "p2p", at("440300", "330782"), ["金华银监分局"], ["义乌市政府"], []],
    ["jinhua", "p2p", at("330700", null), ["金华银监分局"], [], []],
    ["jinhua", "p2p", at(null, null), ["金华银监分局"], [], []],
    ["jilin", "p2p", at("220102", null), ["P2P网络借贷专项整治联合办公室"], ["各市、县领导小组"], []],
    ["beijing", "asset_mgmt", at("110105", null), ["市金融局"], ["各区"], []],
    ["maanshan", "p2p", at("340521", null), ["市政府金融办", "市银监局"], ["县区"], []],
    // 江苏: a district is its city's; payment across cities is reported to the province.
    ["jiangsu", "micro_loan", at("320102", null), ["省金融办"], ["各市人民政府"], []],
    [
      ...(["jiangsu", "third_party_payment", at("320100", "320500"), ["人行南京分行"]] as const),
      ...([["省金融办", "省公安厅", "省工商局", "各市人民政府"], ["省级联合办公室"]] as const),
    ] as unknown as Row,
    [
      ...(["jiangsu", "third_party_payment", at("320100", "320100"), ["人行南京分行"]] as const),
      ...([["省金融办", "省公安厅", "省工商局", "各市人民政府"], []] as const),
    ] as unknown as Row,
    // 山东: from outside the province; 篇七: not registered here.
    ["shandong", "p2p", at("110101", "370100"), ["山东银监局"], [], ["省领导小组办公室"]],
    ["shandong", "p2p", at("370100", "370200"), ["山东银监局"], [], []],
    ["xx-district", "third_party_payment", at(null, "320111"), ["人民银行xx支行"], [], ["区金融办"]],
    ["xx-district", "local_fin_org", at(null, "320111"), ["区金融办"], [], []],
    // Plans that name no body of a place.
    ["national", "third_party_payment", at("330702", "110101"), ["中国人民银行"], [], []],
    ["county-ndrc", "p2p", at("320111", null), ["县发改局"], [], []],
    ["xx-county", "third_party_payment", at("320111", null), ["县人行"], ["县金融办", "各金融机构"], []],
  ])("%s, %s at %j: %j lead, %j cooperate, %j are told", (id, sector, places, lead, cooperating, also) => {
    const { pack } = loadPack(id);
    const facts = makeFacts({ sectors: [sector], ...places });
    const holders = nameHolders(pack, { decision: routeLead(pack, facts), facts, day: "2016-08-01" });
    const as = (relation: string) =>
      holders
        .filter((one) => one.relation === relation)
        .map(({ agencyId }) => agencyName(pack, agencyId.slice(id.length + 1)));
    expect([as("lead"), as("cooperating"), as("also")]).toEqual([lead, cooperating, also]);
  });

  test("a body chosen by hand leads alone, and the place still cooperates", () => {
    const facts = makeFacts({ sectors: ["p2p"], registered: "330702" });
    const decision = routeLead(jinhua, facts);
    const holders = nameHolders(jinhua, {
      ...{ decision, facts, day: "2016-08-01", instead: ["jinhua.market-regulation"] },
    });
    expect(holders.map(({ agencyId, relation }) => [agencyId, relation])).toEqual([
      ["jinhua.market-regulation", "lead"],
      ["jinhua.government-330702", "cooperating"],
    ]);
  });
});
