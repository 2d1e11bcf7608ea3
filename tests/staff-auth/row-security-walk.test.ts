import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { slotsFor } from "~server/secrecy/slots";
import {
  GATE,
  REPORTER,
  intakeActor,
  reporterActor,
  systemActor,
  type ActingFor,
  type ReporterActor,
} from "~server/staff-auth/actor";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { makeGuardedHouse, type GuardedHouse } from "~tests/factories/guarded-house";
import { GUARDED, makeGuardedRows, type GuardedWorld } from "~tests/factories/guarded-rows";
import { reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";
import {
  GATE_SEES,
  PUBLIC_SEES,
  STAFF_SEE,
  UNGUARDED,
  intakeSees,
  intakeSeesOf,
  listTables,
  receiptSees,
  rowsFor,
  rowsWhere,
} from "./every-row";

/** Each query is a bare `select` over a whole table, as code that forgot every `where` would send it. */
const test = testDatabase();
const TABLES = [...Object.keys(GUARDED), ...Object.keys(STAFF_SEE)];
let world: GuardedWorld;
let house: GuardedHouse;
/** As the server connects: nothing preset. */
let plain: Database;

beforeAll(async () => {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  world = await makeGuardedRows(portal, test.owner);
  house = await makeGuardedHouse(portal, test.owner, world.leads.y.leadId);
  plain = openDatabase(test.applicationUrl, { max: 2 });
}, 120_000);
afterAll(() => plain.pool.end());

describe("the schema", () => {
  it("has no table without row-level security but the listed, and none this walk leaves out", async () => {
    const tables = await listTables(test.owner);
    expect(tables.filter(({ guarded }) => !guarded).map(({ name }) => name)).toEqual(Object.keys(UNGUARDED));
    expect(TABLES.toSorted()).toEqual(tables.flatMap(({ name, guarded }) => (guarded ? [name] : [])));
  });

  it.each(TABLES)(
    "has rows in %s to be seen, which the portal itself sees and nobody else without asking",
    async (table) => {
      const all = await rowsWhere(test.owner, table, "true");
      expect(all.length).toBeGreaterThan(0);
      expect(await rowsFor(plain, systemActor("test"), table)).toEqual(all);
      const { rows } = await plain.pool.query(`select 1 from ${table}`);
      expect(rows).toEqual([]);
    },
  );
});

describe.each(Object.keys(STAFF_SEE))("%s, asked for whole", (table) => {
  it.each<Role | "nobody's role">([...ROLES, "nobody's role"])(
    "shows %s what the role may see and no more",
    async (role) => {
      for (const person of [house.me, house.colleague]) {
        const actor = { ...person, roles: role === "nobody's role" ? [] : [role] };
        const rule = STAFF_SEE[table]?.(actor) ?? "false";
        expect(await rowsFor(plain, actor, table)).toEqual(await rowsWhere(test.owner, table, rule));
      }
    },
  );
});

describe("a receipt shows its own and nothing of another's", () => {
  const seen = async (actor: ActingFor, sees: Readonly<Record<string, string>>) => {
    for (const table of TABLES)
      expect(await rowsFor(plain, actor, table), table).toEqual(
        await rowsWhere(test.owner, table, sees[table] ?? "false"),
      );
  };
  const visible = async (actor: ActingFor, table: string) => (await rowsFor(plain, actor, table)).length;

  it("to the reporter of a lead others report too", async () => {
    const { tipId } = world.leads.y;
    await seen(await reporterOf(test.db, tipId), receiptSees(tipId));
    await seen(await reporterOf(test.db, house.beside), receiptSees(house.beside));
    const mine = await reporterOf(test.db, tipId);
    expect([await visible(mine, "tips"), await visible(mine, "leads")]).toEqual([1, 1]);
    expect(await visible(mine, "lead_agencies")).toBe(1);
    // The move made above, and nothing else of what the trail holds of the lead.
    expect(await visible(mine, "events")).toBe(1);
  });

  it("to two informants of one reward, their own share and payment each", async () => {
    for (const { tipId, actor } of [house.informant, house.other]) await seen(actor, receiptSees(tipId));
    expect(await visible(house.informant.actor, "awards")).toBe(1);
    expect(await visible(house.informant.actor, "payouts")).toBe(1);
    expect(await visible(house.other.actor, "awards")).toBe(1);
    expect(await visible(house.other.actor, "payouts")).toBe(0);
  });

  it("to somebody still writing, their draft", async () => {
    for (const writer of [house.writer, house.otherWriter]) {
      const own = `lookup_id = '\\x${writer.lookupId?.toString("hex") ?? ""}'`;
      await seen(writer, { ...PUBLIC_SEES, drafts: own });
      expect(await visible(writer, "drafts")).toBe(1);
    }
  });

  it("to nobody, or to a receipt that is unknown, what is published", async () => {
    await seen(REPORTER, PUBLIC_SEES);
    await seen(reporterActor(randomBytes(32)), PUBLIC_SEES);
  });

  it("once it is withdrawn, that it is: the tip, and nothing that hangs on it", async () => {
    const { tipId } = world.leads.office;
    const owner: ReporterActor = await reporterOf(test.db, tipId);
    await test.owner.query(
      "update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = $1",
      [tipId],
    );
    await seen(owner, { ...PUBLIC_SEES, tips: `id = '${tipId}'` });
  });

  it("to intake, the leads there are to join, and of reports those of the lead it joined", async () => {
    const { lookupId } = house.writer;
    if (lookupId === null) throw new Error("a writer has a receipt");
    await seen(intakeActor(lookupId), intakeSees(lookupId));
    const sent = await reporterOf(test.db, house.beside);
    await seen(intakeActor(sent.lookupId ?? lookupId), intakeSeesOf(house.beside));
  });

  it("to the gate of the staff side, who there is and what they sign in with", () => seen(GATE, GATE_SEES));
});

describe("who acts", () => {
  it.each(TABLES)("is asked once a statement on %s, not once a row", async (table) => {
    for (const actor of [house.me, house.informant.actor, intakeActor(randomBytes(32)), GATE]) {
      const { rows } = await withActor(plain, actor, (tx) =>
        tx.execute<{ "QUERY PLAN": string }>(`explain select * from ${table}`),
      );
      const filters = rows.map((row) => row["QUERY PLAN"]).filter((line) => /(Filter|Cond):/.test(line));
      expect(filters.join("\n")).not.toContain("acting_");
    }
  });

  it("leaves a receipt, a lead and its reports found by their indexes", async () => {
    const plan = async (actor: ActingFor, query: string) => {
      const { rows } = await withActor(plain, actor, async (tx) => {
        // Tables this small are read whole otherwise.
        await tx.execute("set local enable_seqscan = off");
        return tx.execute<{ "QUERY PLAN": string }>(`explain ${query}`);
      });
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    };
    const { tipId, leadId } = world.leads.y;
    const mine = await reporterOf(test.db, tipId);
    const intake = intakeActor(mine.lookupId ?? Buffer.alloc(32));
    const receipt = `lookup_id = '\\x${mine.lookupId?.toString("hex") ?? ""}'`;
    for (const actor of [mine, intake]) {
      // What a withdrawn receipt differs in is judged before the policies, so that it takes no longer than an unknown.
      expect(await plan(actor, `select * from tips where ${receipt} and receipt_closed_on is null`)).toMatch(
        /Index Scan using tips_lookup_uq.*\n +Index Cond: .*\n +Filter: \(\(receipt_closed_on IS NULL\) AND/,
      );
      expect(await plan(actor, `select * from drafts where ${receipt}`)).toMatch(/Index Cond: \(lookup_id =/);
    }
    expect(await plan(intake, `select * from tips where lead_id = '${leadId}'`)).toMatch(
      /Index Cond: \(lead_id =/,
    );
    expect(await plan(mine, `select * from events where lead_id = '${leadId}'`)).toMatch(
      /Index Cond: \(lead_id =/,
    );
    expect(await plan(mine, `select * from awards where tip_id = '${tipId}'`)).toMatch(
      /Index Cond: \(tip_id =/,
    );
  });
});

describe("who may hold which key", () => {
  it.each(ROLES)("is told alike by the database and the application for %s", async (role) => {
    const actor = { ...house.me, roles: [role] };
    const { rows } = await withActor(plain, actor, (tx) =>
      tx.execute<{ slots: string[] }>("select acting_slots() as slots"),
    );
    expect(rows[0]?.slots.toSorted()).toEqual(slotsFor(actor).toSorted());
  });
});
