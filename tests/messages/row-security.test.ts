import { sql } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { makeGuardedRows, type GuardedWorld, type LeadName } from "~tests/factories/guarded-rows";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

/** The application's own checks are left out: bare statements, as a route that forgot to ask would send them. */
const test = testDatabase();
let world: GuardedWorld;
let plain: Database;
const NAMES: LeadName[] = ["conflict", "fresh", "office", "x", "y"];

beforeAll(async () => {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  world = await makeGuardedRows(portal, test.owner);
  plain = openDatabase(test.applicationUrl, { max: 2 });
  for (const { tipId } of Object.values(world.leads)) {
    // A wish beside the message every guarded tip has.
    await test.owner.query(
      `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
       values ($1, $2, 'in', 'reopen', current_date, 's', '\\x00', $3, $4, $3, $4)`,
      [uuidv4(), tipId, Buffer.alloc(32), Buffer.alloc(48)],
    );
  }
});
afterAll(() => plain.pool.end());

const person = (of: "x" | "y", roles: readonly Role[]): StaffActor => ({ ...world[of], roles });
/** The leads of each role's sight; X's own officer is recused from one, and one is kept to the office. */
const sight = (role: Role, of: "x" | "y"): LeadName[] => {
  if (role === "triage_officer") return of === "x" ? NAMES.filter((name) => name !== "conflict") : NAMES;
  return role === "agency_officer" || role === "agency_verifier" ? [of] : [];
};
const namesOf = (rows: readonly { tip_id: string }[]) =>
  [...new Set(rows.map(({ tip_id }) => world.leadOf(tip_id)))].sort();

it.each(ROLES)(
  "messages are shown to %s where the content of reports is, and marked as read there alone",
  async (role) => {
    for (const of of ["x", "y"] as const) {
      const actor = person(of, [role]);
      const seen = await withActor(plain, actor, (tx) =>
        tx.execute<{ tip_id: string }>(sql`select tip_id from tip_messages`),
      );
      expect([of, namesOf(seen.rows)]).toEqual([of, sight(role, of)]);
      await withActor(plain, actor, async (tx) => {
        const marked = await tx.execute<{ tip_id: string }>(
          sql`update tip_messages set read_on = current_date where read_on is null returning tip_id`,
        );
        expect([of, namesOf(marked.rows)]).toEqual([of, sight(role, of)]);
        throw new Rollback();
      }).catch((error: unknown) => {
        if (!(error instanceof Rollback)) throw error;
      });
    }
  },
);

class Rollback extends Error {}

it("a body that only helps, and one whose holding ended, see none", async () => {
  const set = (change: string) =>
    test.owner.query(`update lead_agencies set ${change} where lead_id = $1`, [world.leads.y.leadId]);
  const count = async () =>
    (
      await withActor(plain, person("y", ["agency_officer"]), (tx) =>
        tx.execute<{ n: number }>(sql`select count(*)::int as n from tip_messages`),
      )
    ).rows[0]?.n;
  expect(await count()).toBe(2);
  await set("relation = 'cooperating'");
  expect(await count()).toBe(0);
  await set("relation = 'lead', to_at = now()");
  expect(await count()).toBe(0);
  await set("to_at = null");
});

it("a tip that accuses an official keeps its messages in the leading office", async () => {
  // A tip is never edited: its history rule is put aside for this.
  const change = async (value: boolean) => {
    await test.owner.query("alter table tips disable trigger user");
    await test.owner.query("update tips set concerns_official = $2 where id = $1", [
      world.leads.y.tipId,
      value,
    ]);
    await test.owner.query("alter table tips enable trigger user");
  };
  await change(true);
  for (const [of, role, n] of [
    ["y", "agency_officer", 0],
    ["y", "triage_officer", 2],
  ] as const) {
    const { rows } = await withActor(plain, person(of, [role]), (tx) =>
      tx.execute<{ n: number }>(
        sql`select count(*)::int as n from tip_messages where tip_id = ${world.leads.y.tipId}`,
      ),
    );
    expect([role, rows[0]?.n]).toEqual([role, n]);
  }
  await change(false);
});

it("shows nothing to a connection that acts for nobody", async () => {
  expect((await plain.pool.query("select 1 from tip_messages")).rows).toEqual([]);
});

/** A message to a reporter, written past the application. */
const write = (
  actor: StaffActor,
  over: { lead?: LeadName; by?: string; agency?: string; direction?: string; kind?: string } = {},
) =>
  refusedBy(
    withActor(plain, actor, (tx) =>
      tx.execute(sql`insert into tip_messages (id, tip_id, direction, kind, written_by, agency_id, written_on, suite, body,
          content_enc, content_body, reply_enc, reply_body)
        values (${uuidv4()}, ${world.leads[over.lead ?? "y"].tipId}, ${over.direction ?? "out"}, ${over.kind ?? "text"},
          ${over.by ?? actor.id}, ${over.agency ?? actor.agencyId}, current_date, 's', '\\x00',
          ${Buffer.alloc(32)}, ${Buffer.alloc(48)}, ${Buffer.alloc(32)}, ${Buffer.alloc(48)})`),
    ),
  );

it("staff write to reporters of leads their body leads, in their own name and their body's", async () => {
  const officer = person("y", ["agency_officer"]);
  expect(await write(officer)).toBe("accepted");
  expect(await write(person("y", ["triage_officer"]), { lead: "fresh" })).toBe("accepted");
  expect(await write(officer, { lead: "x" })).toBe("42501");
  expect(await write(officer, { lead: "office" })).toBe("42501");
  expect(await write(officer, { by: world.x.id })).toBe("42501");
  expect(await write(officer, { agency: world.x.agencyId })).toBe("42501");
  expect(await write(officer, { direction: "in" })).toBe("42501");
  expect(await write(person("x", ["triage_officer"]), { lead: "conflict" })).toBe("42501");
  for (const role of ROLES.filter((one) => !["triage_officer", "agency_officer"].includes(one)))
    expect([role, await write(person("y", [role]))]).toEqual([role, "42501"]);
});

it("a wish to reopen is answered by triage, and staff mark nothing they sent themselves", async () => {
  const { tipId } = world.leads.y;
  const change = (actor: StaffActor, set: string, where: string) =>
    refusedBy(
      withActor(plain, actor, (tx) =>
        tx.execute(sql.raw(`update tip_messages set ${set} where tip_id = '${tipId}' and ${where}`)),
      ),
    );
  const officer = person("y", ["agency_officer"]);
  const granted = "outcome = 'reopened', outcome_on = current_date";
  expect(await change(officer, granted, "kind = 'reopen'")).toBe("tip_messages_answer");
  expect(await change(officer, "read_on = current_date", "direction = 'out'")).toBe("tip_messages_reader");
  expect(await change(person("y", ["triage_officer"]), granted, "kind = 'reopen'")).toBe("accepted");
  expect(await change(person("y", ["triage_officer"]), "outcome = 'declined'", "kind = 'reopen'")).toBe(
    "tip_messages_history",
  );
});
