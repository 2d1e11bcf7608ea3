import { sql, type SQL } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { REPORTER, systemActor, type ActingFor } from "~server/staff-auth/actor";
import { sendToDossier, about, freshSite } from "~tests/factories/dossier-desk";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PORTAL = systemActor("test");
/** One connection, as the server opens it. */
let one: Database;

beforeAll(async () => {
  one = openDatabase(test.applicationUrl, { max: 1 });
  const portal = testPortal(test.db);
  await installTestPack(portal);
  await sendToDossier(portal, test.owner, about(freshSite()));
}, 120_000);
afterAll(() => one.pool.end());

async function ask(actor: ActingFor, query: SQL, times = 1): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let time = 0; time < times; time += 1)
    answers.push(await withActor(one, actor, async (tx) => (await tx.execute(query)).rows));
  return answers;
}

/** The statements whose plans the one connection keeps, among those with the mark. */
async function kept(mark: string): Promise<string[]> {
  const [rows] = await ask(PORTAL, sql`select statement, name from pg_prepared_statements`);
  return (rows as { statement: string }[]).map((row) => row.statement).filter((text) => text.includes(mark));
}

describe("plans are kept for what is asked often", () => {
  it("a statement asked often keeps its plan; one asked seldom does not", async () => {
    await ask(PORTAL, sql`select 'often' as word`, 12);
    await ask(PORTAL, sql`select 'seldom' as word`, 2);
    expect(await kept("'often'")).toHaveLength(1);
    expect(await kept("'seldom'")).toEqual([]);
  });

  it("a kept plan carries no value of those who asked", async () => {
    for (let time = 0; time < 12; time += 1)
      await ask(PORTAL, sql`select ${`secret-${String(time)}`} as kept_word`);
    expect(await kept("kept_word")).toEqual(["select $1 as kept_word"]);
  });

  it("row policies judge a kept plan anew for whoever asks, on the same connection", async () => {
    const leads = sql`select count(*)::int as seen from leads`;
    await ask(PORTAL, leads, 12);
    expect(await kept("from leads")).toHaveLength(1);
    for (let time = 0; time < 8; time += 1) {
      expect(await ask(REPORTER, leads)).toEqual([[{ seen: 0 }]]);
      expect(await ask(PORTAL, leads)).toEqual([[{ seen: 1 }]]);
    }
  });

  it("ever new texts do not fill a connection", async () => {
    for (let text = 0; text < 400; text += 1)
      await withActor(one, PORTAL, async (tx) => {
        for (let time = 0; time < 9; time += 1)
          await tx.execute(sql.raw(`select ${String(text)} as many_texts`));
      });
    const [rows] = await ask(PORTAL, sql`select count(*)::int as held from pg_prepared_statements`);
    expect((rows as { held: number }[])[0]?.held).toBeLessThanOrEqual(300);
    expect((await kept("many_texts")).length).toBeGreaterThan(200);
  });
});
