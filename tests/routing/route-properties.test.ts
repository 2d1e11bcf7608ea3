import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Pack } from "~server/packs/grammar";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { agencyIdByName, agencyName } from "~server/packs/look-up-pack";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { contradictionsOf } from "~server/routing/contradictions";
import { routingFacts, routingFactsFor, type RoutingFacts } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";

const packs = listPacks().map((id) => loadPack(id).pack);

const code = fc.option(
  fc.constantFrom("330702", "330782", "3307K1", "320100", "320500", "410106", "410106Z1", "110101", "440300"),
);
const facts: fc.Arbitrary<RoutingFacts> = fc.record({
  sectors: fc.array(fc.constantFrom(...SECTOR_IDS), { minLength: 1, maxLength: 6 }),
  registered: code,
  operating: code,
  occurred: code,
  allegedFen: fc
    .oneof(fc.bigInt(4_999_999_990n, 5_000_000_010n), fc.bigInt(0n, 10n ** 20n))
    .map((fen) => fen.toString()),
  people: fc.nat(300),
  tipsLast7Days: fc.nat(40),
  suspectedCrime: fc.boolean(),
  petition: fc.boolean(),
  substance: fc.option(
    fc.constantFrom("证券", "银行理财", "P2P网络借贷", "证券、基金", "证券、保险资管", "餐饮"),
  ),
  licensed: fc.option(fc.boolean()),
  nested: fc.boolean(),
});
const pack = fc.constantFrom(...packs);

describe("for every pack and all facts", () => {
  test("the same facts give the same decision, and the facts are left alone", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const before = structuredClone(given);
        expect(routeLead(on, given)).toEqual(routeLead(on, structuredClone(given)));
        expect(given).toEqual(before);
      }),
    );
  });

  test("an agency appears once", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const { lead, coLead, also, cooperating } = routeLead(on, given);
        const named = [...lead, ...coLead, ...also, ...cooperating].map((name) => agencyIdByName(on, name));
        expect(named).not.toContain(null);
        expect(new Set(named).size).toBe(named.length);
        expect(lead.length).toBeGreaterThan(0);
      }),
    );
  });

  test("a decision escalates if and only if a threshold is met", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const met =
          BigInt(given.allegedFen) >= 5_000_000_000n || given.people >= 150 || given.tipsLast7Days >= 20;
        const { escalate, basis } = routeLead(on, given);
        expect(escalate).toBe(met);
        expect(basis.some(({ rule }) => rule.includes(".escalation."))).toBe(met);
      }),
    );
  });

  test("the order of sectors changes nothing but order", () => {
    const shuffled = facts.chain((given) =>
      fc
        .shuffledSubarray(given.sectors, { minLength: given.sectors.length, maxLength: given.sectors.length })
        .map((sectors) => [given, { ...given, sectors }] as const),
    );
    // The packs whose plan has one territory rule: elsewhere the first sector picks the rule.
    fc.assert(
      fc.property(
        fc.constantFrom(...packs.filter((one) => one.territory.sectorRules.length === 0)),
        shuffled,
        (on, [one, two]) => {
          const [a, b] = [routeLead(on, one), routeLead(on, two)];
          for (const part of ["lead", "coLead", "also", "cooperating"] as const) {
            expect([...b[part]].sort()).toEqual([...a[part]].sort());
          }
          expect(b.basis.map(({ rule }) => rule).sort()).toEqual(a.basis.map(({ rule }) => rule).sort());
          expect([b.territory, b.escalate, b.nextBest]).toEqual([a.territory, a.escalate, a.nextBest]);
        },
      ),
    );
  });

  test("facts and decision survive JSON, and the decision replays to the same", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const stored = JSON.parse(JSON.stringify({ given, decision: routeLead(on, given) })) as {
          given: unknown;
          decision: unknown;
        };
        expect(routeLead(on, routingFacts.parse(stored.given))).toEqual(stored.decision);
      }),
    );
  });

  test("every reason quotes the facts, and its clause is never empty", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        for (const { clause, matched } of routeLead(on, given).basis) {
          expect(clause).not.toBe("");
          const { sectors, ...rest } = matched;
          expect(given).toMatchObject(rest);
          for (const sector of sectors ?? []) expect(given.sectors).toContain(sector);
        }
      }),
    );
  });

  test("a place that leads or cooperates is one of the codes given, and they differ", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const { lead, cooperate } = routeLead(on, given).territory;
        const codes = [...(lead === null ? [] : [lead]), ...cooperate];
        expect(new Set(codes).size).toBe(codes.length);
        for (const one of codes) expect([given.registered, given.operating, given.occurred]).toContain(one);
      }),
    );
  });
});

describe("for every pack, whatever the facts", () => {
  test("there is no next best if and only if the leading office decides a sector for want of a rule", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const { nextBest, basis } = routeLead(on, given);
        const byFallback = basis.some(({ rule }) => rule === on.fallback.id);
        expect(nextBest === null).toBe(byFallback);
        if (nextBest) expect(nextBest.lead).toEqual(on.fallback.lead.map((id) => agencyName(on, id)));
      }),
    );
  });

  test("facts that contradict each other go to the leading office, and the reason quotes them", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        const { basis } = routeLead(on, given);
        for (const { to, sector, matched } of contradictionsOf(on, given)) {
          const reason = basis.find((one) => one.matched.sectors?.includes(sector!));
          if (to === "fallback") {
            expect(reason).toMatchObject({
              rule: on.fallback.id,
              matched: { sectors: [sector], ...matched },
            });
          }
        }
      }),
    );
  });

  test("a pack read back from the database as JSON decides the same", () => {
    fc.assert(
      fc.property(pack, facts, (on, given) => {
        expect(routeLead(JSON.parse(JSON.stringify(on)) as Pack, given)).toEqual(routeLead(on, given));
      }),
      { numRuns: 30 },
    );
  });
});

describe("facts", () => {
  test("what is missing is false, 0 or null", () => {
    expect(routingFacts.parse({ sectors: ["unknown"] })).toEqual({
      sectors: ["unknown"],
      registered: null,
      operating: null,
      occurred: null,
      allegedFen: "0",
      people: 0,
      tipsLast7Days: 0,
      suspectedCrime: false,
      petition: false,
      substance: null,
      licensed: null,
      nested: false,
    });
  });

  test("an amount or head count nobody knows is 0", () => {
    const parsed = routingFacts.parse({ sectors: ["p2p"], allegedFen: null, people: null });
    expect(parsed).toMatchObject({ allegedFen: "0", people: 0 });
  });

  test("a local code is accepted by the pack that lists it only", () => {
    const given = { sectors: ["p2p"], registered: "3307K1" };
    expect(routingFactsFor(loadPack("jinhua").pack).safeParse(given).success).toBe(true);
    expect(routingFactsFor(loadPack("jiangsu").pack).safeParse(given).success).toBe(false);
  });
});
