import fc from "fast-check";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { events } from "~db/schema/events";
import { withActor } from "~db/with-actor.server";
import { placeTip, type Placement, type SubjectFacts } from "~server/intake/place-tip.server";
import { placeTips } from "~server/intake/place-tips.server";
import { systemActor } from "~server/staff-auth/actor";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const TODAY = "2026-03-02";
let portal: TestPortal;
beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

/** Undoes what it was thrown in, and carries out what was found. */
class Undone extends Error {
  readonly found: unknown;
  constructor(found: unknown) {
    super("undone");
    this.found = found;
  }
}

const few = (name: string, count: number) =>
  fc.constantFrom(...Array.from({ length: count }, (_none, at) => `${name}${at}`));
const identifier = fc.oneof(
  { weight: 4, arbitrary: few("host", 5).map((host) => ({ kind: "site", key: `${host}.example` })) },
  // A host many share, and what people have of several companies.
  { weight: 1, arbitrary: fc.constant({ kind: "site", key: "mp.weixin.qq.com" }) },
  { weight: 1, arbitrary: few("app", 2).map((key) => ({ kind: "app", key })) },
  { weight: 1, arbitrary: few("1380000000", 2).map((key) => ({ kind: "phone", key })) },
);
const report: fc.Arbitrary<SubjectFacts> = fc.record({
  uscc: fc.option(fc.constantFrom("91330702MA2ABCDE1X", "91330702MA2ABCDE2X", "91330702MA2ABCDE3X")),
  subjectName: few("公司", 3),
  sector: fc.constantFrom("p2p", "unknown"),
  concernsOfficial: fc.boolean(),
  // Whatever else of a report may come to count for its place.
  operatingAt: fc.constantFrom("330702", "330800", "unknown"),
  identifiers: fc
    .array(identifier, { maxLength: 3 })
    .map((list) => list.map((one) => ({ ...one, value: one.key }))),
});

type Place = (tx: Tx, reports: readonly SubjectFacts[]) => Promise<Placement[]>;
const oneByOne: Place = async (tx, reports) => {
  const placements: Placement[] = [];
  for (const facts of reports)
    placements.push(await placeTip(tx, { facts, pack: portal.pack, today: TODAY }));
  return placements;
};
const atOnce: Place = (tx, reports) => placeTips(tx, { reports, pack: portal.pack, today: TODAY });

/** Everything placing leaves behind, with ids as numbers in the order of the leads. */
async function outcomeOf(
  place: Place,
  given: { before: readonly SubjectFacts[]; closed: readonly number[]; reports: readonly SubjectFacts[] },
): Promise<unknown> {
  const run = withActor(test.db, systemActor("test"), async (tx) => {
    const before = await oneByOne(tx, given.before);
    for (const at of given.closed)
      await tx.execute(
        sql`update leads set stage = 'closed', closed_at = now(), closure_code = 'insufficient'
             where id = ${before[at]?.leadId ?? null} and closed_at is null`,
      );
    const placements = await place(tx, given.reports);
    const names = new Map<unknown, number>();
    const name = (id: unknown) => names.get(id) ?? names.set(id, names.size).size - 1;
    const rows = async (query: string) => (await tx.execute<Record<string, unknown>>(query)).rows;
    const leads =
      await rows(`select l.id, l.dossier_id, l.pack_id, l.name, l.leading_office_only, l.stage, s.sector, d.name as of
      from leads l join lead_sectors s on s.lead_id = l.id join dossiers d on d.id = l.dossier_id order by l.number`);
    const seen = leads.map(({ id, dossier_id, ...row }) => [name(id), name(dossier_id), row]);
    const keys = await rows("select kind, key, dossier_id from dossier_keys order by kind, key");
    throw new Undone({
      leads: seen,
      keys: keys.map(({ kind, key, dossier_id }) => [kind, key, name(dossier_id)]),
      placements: placements.map(({ leadId, opened, conflictingDossiers }) => [
        name(leadId),
        opened,
        conflictingDossiers.map(name).sort(),
      ]),
    });
  });
  return run.catch((error: unknown) => {
    if (error instanceof Undone) return error.found;
    throw error;
  });
}

describe("many reports placed at once", () => {
  it("are where they would be one after the other, whatever they share with each other and with what is there", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(report, { maxLength: 4 }),
        fc.array(fc.nat({ max: 3 }), { maxLength: 2 }),
        fc.array(report, { minLength: 1, maxLength: 8 }),
        async (before, closed, reports) => {
          const given = { before, closed, reports };
          expect(await outcomeOf(atOnce, given)).toEqual(await outcomeOf(oneByOne, given));
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("rows inserted as one value", () => {
  const row = (over: Partial<typeof events.$inferInsert> = {}) => ({
    id: uuidv7(),
    recordedOn: TODAY,
    recordedAt: new Date("2026-03-02T02:00:00.123Z"),
    actorKind: "system",
    action: "tips.imported",
    subjectTable: "tips",
    subjectId: "x",
    data: {},
    ...over,
  });
  const insert = (rows: (typeof events.$inferInsert)[]) =>
    withActor(test.db, systemActor("test"), (tx) => insertRows(tx, events, rows));

  it("hold what was given, in its order", async () => {
    const odd = ["'; drop table tips; --", 'a"b\\c', "𠮷\n\t", "\\x00", "{}"];
    const rows = odd.map((subjectId, at) => row({ subjectId, data: { subjectId, at, none: null } }));
    await insert(rows);
    const stored = await test.owner.query(
      `select id, recorded_on::text as on, recorded_at as at, subject_id, data from events
        where id = any ($1) order by seq`,
      [rows.map(({ id }) => id)],
    );
    expect(stored.rows).toEqual(
      rows.map(({ id, subjectId, data }) => ({
        id,
        on: TODAY,
        at: new Date("2026-03-02T02:00:00.123Z"),
        subject_id: subjectId,
        data,
      })),
    );
  });

  it("are refused where they do not name the same columns, or hold what no text may", async () => {
    await expect(insert([row(), row({ leadId: null })])).rejects.toThrow("different columns");
    await expect(insert([row({ leadId: null }), row()])).rejects.toThrow("different columns");
    await expect(insert([row({ subjectId: "a\u0000" })])).rejects.toMatchObject({ cause: { code: "22P05" } });
  });
});
