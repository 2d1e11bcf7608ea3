import { describe, expect, test } from "vitest";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { SECTOR_IDS } from "~server/packs/sector-ids";
import { routeLead } from "~server/routing/route-lead";
import { EXPECTED, namesIn } from "~tests/routing/expected-rows";
import { makeFacts } from "~tests/routing/make-facts";

test("every pack that is shipped has a table of its own, and the template beside them", () => {
  expect(listPacks()).toEqual([...Object.keys(EXPECTED), "template"].sort());
});

describe.each(Object.entries(EXPECTED))("%s", (id, { rows, fallback, police, petition }) => {
  const { pack } = loadPack(id);
  const inside = `${pack.territory.prefix ?? "33"}999999`.slice(0, 6);
  const [office, officeClause] = fallback;
  const listed = Object.entries(rows);

  test("covers the whole vocabulary of sectors, with as many rows as the plan", () => {
    expect(pack.sectors.map((sector) => sector.id).sort()).toEqual([...SECTOR_IDS].sort());
    expect(pack.rows.map((row) => row.sector).sort()).toEqual(Object.keys(rows).sort());
  });

  test.each(listed.map(([sector, row]) => ({ sector, row, lead: row[0] })))(
    "$sector is led by $lead",
    ({ sector, row: [lead, clause, coLead, cooperating] }) => {
      const decision = routeLead(pack, makeFacts({ sectors: [sector as never], registered: inside }));
      expect(decision).toMatchObject({
        pack: { id, version: pack.version },
        lead: namesIn(lead),
        coLead: namesIn(coLead),
        cooperating: namesIn(cooperating),
        also: [],
        escalate: false,
        nextBest: { lead: [office], clause: officeClause },
      });
      expect(decision.territory.lead).toBe(inside);
      expect(decision.basis[0]).toMatchObject({ clause, matched: { sectors: [sector] } });
    },
  );

  test.each(SECTOR_IDS.filter((sector) => !(sector in rows)))(
    "%s, which has no row, goes to the leading office",
    (sector) => {
      const decision = routeLead(pack, makeFacts({ sectors: [sector] }));
      expect(decision).toMatchObject({ lead: [office], coLead: [], cooperating: [], nextBest: null });
      expect(decision.basis[0]).toEqual({
        rule: `${id}.fallback`,
        clause: officeClause,
        matched: { sectors: [sector] },
      });
    },
  );

  test("a suspected crime also goes to the police and a petition to the petition office, in that order", () => {
    const decision = routeLead(
      pack,
      makeFacts({ sectors: ["unknown"], petition: true, suspectedCrime: true }),
    );
    expect(decision.also).toEqual([police[0], ...(petition ? [petition[0]] : [])]);
    expect(decision.basis.slice(1, -1).map(({ clause }) => clause)).toEqual([
      police[1],
      ...(petition ? [petition[1]] : []),
    ]);
  });

  test("a crime takes the police out of the cooperating units, and nothing else moves", () => {
    for (const [sector, [lead, , coLead, cooperating]] of listed) {
      const decision = routeLead(pack, makeFacts({ sectors: [sector as never], suspectedCrime: true }));
      const leads = [...namesIn(lead), ...namesIn(coLead)];
      expect(decision).toMatchObject({
        lead: namesIn(lead),
        coLead: namesIn(coLead),
        also: leads.includes(police[0]) ? [] : [police[0]],
        cooperating: namesIn(cooperating).filter((name) => name !== police[0]),
      });
    }
  });

  test("two sectors keep the order given, and a body of both is named once", () => {
    const [first, second] = [listed[0]!, listed.at(-1)!];
    const decision = routeLead(pack, makeFacts({ sectors: [first[0], second[0]] as never }));
    expect(decision.lead).toEqual([...new Set([...namesIn(first[1][0]), ...namesIn(second[1][0])])]);
  });

  test("no name carries a gloss", () => {
    for (const { names, listedAs } of pack.agencies) {
      for (const name of [...names.map((one) => one.name), listedAs ?? ""]) {
        expect(name).not.toMatch(/[（(]|inferred/);
      }
    }
  });
});
