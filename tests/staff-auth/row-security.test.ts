import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { applicationRoleFault } from "~db/privileges";
import { withActor } from "~db/with-actor.server";
import { systemActor, type Actor, type StaffActor } from "~server/staff-auth/actor";
import { ROLES, type Role } from "~server/staff-auth/roles";
import {
  GUARDED,
  makeGuardedRows,
  type Guarded,
  type GuardedWorld,
  type LeadName,
} from "~tests/factories/guarded-rows";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

/**
 * The application's own scope checks are left out altogether: each query is a bare `select` over a whole table, as a
 * route that forgot to ask would send it.
 */
const test = testDatabase();
const ROOT = fileURLToPath(new URL("../../server", import.meta.url));
const TABLES = Object.keys(GUARDED) as Guarded[];
let world: GuardedWorld;
/** As the server connects: nothing preset. */
let plain: Database;

beforeAll(async () => {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  world = await makeGuardedRows(portal, test.owner);
  plain = openDatabase(test.applicationUrl, { max: 2 });
});
afterAll(() => plain.pool.end());

/** Everything of a table a person gets, as `<lead>` or `<lead>:<field>`, once each. */
async function seenIn(table: Guarded, actor: Actor): Promise<string[]> {
  const part = table === "sealed_values" ? "field" : table === "sealed_keys" ? "record" : "''";
  const { rows } = await withActor(plain, actor, (tx) =>
    tx.execute<{ id: string | null; part: string }>(
      sql.raw(`select ${GUARDED[table]} as id, ${part} as part from ${table}`),
    ),
  );
  const named = rows.flatMap(({ id, part: of }) => {
    const lead = world.leadOf(id);
    return lead === null ? [] : [of === "" ? lead : `${lead}:${of}`];
  });
  return [...new Set(named)].sort();
}

function personOf(agency: "x" | "y" | "none", roles: readonly Role[]): StaffActor {
  const base = agency === "x" ? world.x : world.y;
  return {
    ...base,
    // x's own officer is recused from one lead; a colleague is not.
    id: uuidv7(),
    agencyId: agency === "none" ? "jinhua.leading-office" : base.agencyId,
    roles,
  };
}

const ALL: LeadName[] = ["conflict", "fresh", "office", "x", "y"];
const LEAD_TABLES: Guarded[] = [
  ...(["leads", "lead_agencies", "lead_sectors", "routing_decisions", "findings", "tips"] as const),
  ...(["tip_identifiers", "events", "dossiers"] as const),
  ...(["disputes", "dispute_parties", "dispute_opinions", "dispute_records"] as const),
  ...(["dispute_decisions", "dispute_reopenings", "lead_returns"] as const),
  ...(["lead_clocks", "clock_pauses", "clock_extensions", "supervisions"] as const),
  ...(["dossier_aliases", "dossier_fields"] as const),
  ...(["lead_cards", "card_sectors", "lead_terms", "lead_tip_counts", "lead_tip_deltas"] as const),
  ...(["lead_assignments", "lead_changes"] as const),
  ...(["lead_measures", "handling_letters", "letter_steps", "preservations", "preservation_steps"] as const),
];
const content = (leads: LeadName[]) => leads.flatMap((lead) => [`${lead}:details`, `${lead}:narrative`]);
const record = (leads: LeadName[], name: string) => leads.map((lead) => `${lead}:${name}`);

/** What a role of a body sees in a table. */
function expected(table: Guarded, role: Role, agency: "x" | "y" | "none"): string[] {
  const held: LeadName[] = agency === "x" ? ["conflict", "x"] : agency === "y" ? ["y"] : [];
  switch (role) {
    case "triage_officer":
      if (table === "sealed_values") return content(ALL);
      if (table === "sealed_keys") return record(ALL, "content");
      if (["identity_requests", "notices"].includes(table)) return [];
      return table === "lead_agencies" ? ALL.filter((lead) => lead !== "fresh") : ALL;
    case "auditor":
      if (["sealed_values", "sealed_keys", "tip_files", "tip_messages"].includes(table)) return [];
      return table === "lead_agencies" ? ALL.filter((lead) => lead !== "fresh") : ALL;
    case "agency_officer":
    case "agency_verifier":
      if (table === "sealed_values") return content(held);
      if (table === "sealed_keys") return record(held, "content");
      return LEAD_TABLES.includes(table) || ["tip_files", "tip_messages"].includes(table) ? held : [];
    case "finance_preparer":
    case "finance_reviewer":
    case "finance_approver":
      return ["leads", "findings", "tips"].includes(table) ? ["y"] : [];
    case "identity_custodian":
      if (table === "identity_requests") return ALL;
      return ["sealed_values", "sealed_keys"].includes(table) ? record(ALL, "identity") : [];
    case "notice_desk":
      if (table === "notices") return ALL;
      return ["sealed_values", "sealed_keys"].includes(table) ? record(ALL, "contact") : [];
    case "hotline_operator":
    case "cashier":
    case "window_clerk":
    case "administrator":
      return [];
  }
}

describe.each(TABLES)("%s, asked for whole", (table) => {
  it.each(ROLES)("shows %s what the role may see and no more, whichever body they are of", async (role) => {
    for (const agency of ["x", "y", "none"] as const)
      expect(await seenIn(table, personOf(agency, [role])), agency).toEqual(
        expected(table, role, agency).toSorted(),
      );
  });

  it("shows nothing to a member of staff without a role, and nothing to a connection that acts for nobody", async () => {
    expect(await seenIn(table, personOf("x", []))).toEqual([]);
    const { rows } = await plain.pool.query(`select 1 from ${table}`);
    expect(rows).toEqual([]);
  });

  it("shows the portal all of it, so that nothing of what is asked above is empty by itself", async () => {
    const { rows } = await test.owner.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    expect(rows[0]?.n).toBeGreaterThan(0);
    const got = await withActor(plain, systemActor("test"), (tx) =>
      tx.execute<{ n: number }>(sql.raw(`select count(*)::int as n from ${table}`)),
    );
    expect(got.rows).toEqual(rows);
  });

  it("hides a lead from who is recused from it, whatever else they are", async () => {
    for (const roles of [["agency_officer"], ["triage_officer"], ["auditor"], [...ROLES]] as Role[][]) {
      const recused = { ...world.x, roles };
      const seen = (await seenIn(table, recused)).map((one) => one.split(":"));
      // Custodians and the notice desk read identities and contacts, which no lead's page shows.
      const ofLead = seen.filter(
        ([lead, part]) => lead === "conflict" && !["identity", "contact"].includes(part ?? ""),
      );
      expect(table === "identity_requests" ? [] : ofLead).toEqual([]);
    }
  });
});

describe("writing to another body's lead", () => {
  const officer = () => personOf("x", ["agency_officer", "agency_verifier"]);

  it.each(TABLES.filter((table) => !["events", "sealed_values", "routing_decisions"].includes(table)))(
    "changes nothing in %s",
    async (table) => {
      const column = GUARDED[table];
      const ids = Object.values(world.leads.y);
      // A change the table's own history rules would let through.
      const change = table === "findings" ? sql`status = 'superseded'` : sql.raw(`${column} = ${column}`);
      for (const actor of [
        officer(),
        personOf("none", ["finance_preparer"]),
        personOf("none", ["cashier"]),
      ]) {
        const attempt = withActor(plain, actor, (tx) =>
          tx.execute(
            sql`update ${sql.identifier(table)} set ${change} where ${sql.identifier(column)} in ${ids}`,
          ),
        );
        const outcome = await attempt.then(
          ({ rowCount }) => rowCount,
          () => refusedBy(attempt),
        );
        // 0 rows, or refused: by privilege, or (finance) because what may be locked may not be written.
        expect([0, "42501"]).toContain(outcome);
      }
    },
  );

  it.each<[string, () => ReturnType<typeof sql>]>([
    [
      "a holder",
      () =>
        sql`insert into lead_agencies (id, lead_id, agency_id, relation) values (${uuidv7()}, ${world.leads.y.leadId}, ${world.x.agencyId}, 'lead')`,
    ],
    [
      "a holder on a lead kept to the leading office",
      () =>
        sql`insert into lead_agencies (id, lead_id, agency_id, relation) values (${uuidv7()}, ${world.leads.office.leadId}, 'jinhua.finance', 'lead')`,
    ],
    [
      "a finding",
      () =>
        sql`insert into findings (id, lead_id, version, status, entity_class, decision_number, decided_on, is_final, recorded_by)
            values (${uuidv7()}, ${world.leads.fresh.leadId}, 2, 'recorded', 'ban', '号', '2026-03-01', true, ${world.x.id})`,
    ],
    [
      "an event",
      () =>
        sql`insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, lead_id, subject_table, subject_id)
            values (${uuidv7()}, current_date, now(), 'staff', ${world.x.id}, 'lead.moved', ${world.leads.y.leadId}, 'leads', 'x')`,
    ],
    [
      "an event in another's name",
      () =>
        sql`insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, subject_table, subject_id)
            values (${uuidv7()}, current_date, now(), 'staff', ${world.y.id}, 'lead.moved', 'staff', 'x')`,
    ],
    [
      "a recusal for somebody else",
      () =>
        sql`insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values (${uuidv7()}, ${world.leads.x.leadId}, ${world.y.id}, '理由', now())`,
    ],
    [
      "a data key",
      () =>
        sql`insert into sealed_keys (id, owner_table, owner_id, record, part, role_key_id, suite, enc, body)
            select ${uuidv7()}, 'tips', ${world.leads.y.tipId}, 'content', 'whole', id, 's', ${Buffer.alloc(32)}, ${Buffer.alloc(48)} from role_keys limit 1`,
    ],
    [
      "a tip",
      () =>
        sql`insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name, sector, red_lines, wants_reward, arrived_on, lead_id)
            values (${uuidv7()}, ${Buffer.alloc(32)}, 'jinhua', '1', 'web', 'zh-CN', 'anonymous', 'site', 'x', 'p2p', '{}', false, current_date, ${world.leads.x.leadId})`,
    ],
  ])("refuses %s", async (_what, statement) => {
    // The recused officer themselves, so that what stops them is not a made-up id.
    const actor = { ...world.x, roles: ["agency_officer"] as const };
    expect(await refusedBy(withActor(plain, actor, (tx) => tx.execute(statement())))).toBe("42501");
  });

  it("cannot drop another body's data keys", async () => {
    const { rowCount } = await withActor(plain, officer(), (tx) =>
      tx.execute(sql`delete from sealed_keys where owner_id = ${world.leads.y.tipId}`),
    );
    expect(rowCount).toBe(0);
  });
});

describe("how it is asked", () => {
  it("hashes what a body holds once for a board, and does not go through it again for each lead", async () => {
    const plan = async (actor: StaffActor, query: string) => {
      const { rows } = await withActor(plain, actor, (tx) =>
        tx.execute<{ "QUERY PLAN": string }>(sql.raw(`explain ${query}`)),
      );
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    };
    // Enough leads that the planner has a reason to choose: with five, any plan is as good.
    await test.owner.query(
      `insert into dossiers (id, pack_id, name, opened_on) select gen_random_uuid(), 'jinhua', 'x', current_date from generate_series(1, 3000)`,
    );
    await test.owner.query(
      `insert into leads (id, pack_id, dossier_id, name, stage, opened_on)
       select gen_random_uuid(), 'jinhua', id, 'x', 'dispatched', current_date from dossiers d
        where not exists (select 1 from leads l where l.dossier_id = d.id)`,
    );
    await test.owner.query(
      `insert into lead_agencies (id, lead_id, agency_id, relation)
       select gen_random_uuid(), id, 'jinhua.market-regulation', 'lead' from leads where name = 'x'`,
    );
    await test.owner.query("analyze");
    const board = "select stage, count(*) from leads group by stage";
    expect(await plan(personOf("y", ["agency_officer"]), board)).toMatch(/hashed SubPlan/);
    // Settings are read once a statement, not once a row.
    expect(await plan(personOf("none", ["triage_officer"]), board)).toMatch(/InitPlan/);
    const one = `select * from leads where id = '${world.leads.y.leadId}'`;
    const probe = await plan(personOf("y", ["agency_officer"]), one);
    expect(probe).toMatch(/Index Scan using lead_agencies_/);
    expect(probe).not.toMatch(/Seq Scan on lead_agencies/);
  });

  it("goes through a transaction that names its actor, wherever the server asks", () => {
    const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    const straight = files.filter((file) =>
      /\b(orm\.(select|insert|update|delete|execute|transaction)|pool\.(query|connect))\(/.test(
        readFileSync(path.join(ROOT, file), "utf8"),
      ),
    );
    // The health check asks for nothing; the ledger's snapshot names the portal itself.
    expect(straight.toSorted()).toEqual(["app.ts", "ledger/verify/read-rows.server.ts"]);
  });

  it("refuses to start on a connection that says for whom it acts before any transaction does", async () => {
    expect(await applicationRoleFault(plain.pool)).toBeNull();
    expect(await applicationRoleFault(test.db.pool)).toContain("app.actor_kind");
  });
});

describe("the trail of a lead", () => {
  it("tells a body that holds it, or helps, nothing of alerts, and of 督办, assignments and disputes its own", async () => {
    const { leadId } = world.leads.x;
    const [helper, urged] = ["jinhua.commerce", "jinhua.finance"];
    await test.owner.query(
      "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'cooperating')",
      [uuidv7(), leadId, helper],
    );
    await test.owner.query(
      `insert into supervisions (id, year, no, lead_id, agency_id, clock_kind, due_on, note, answer_by, issued_by, issued_at)
       select $1, 0, 0, lead_id, $2, clock_kind, due_on, note, answer_by, issued_by, issued_at from supervisions where lead_id = $3`,
      [uuidv7(), urged, leadId],
    );
    const SUBJECTS = ["alerts", "supervisions", "lead_assignments", "disputes"] as const;
    const ofLead = ["x", "conflict"].map((name) => world.leads[name as LeadName].leadId);
    for (const table of SUBJECTS)
      for (const named of [true, false])
        await test.owner.query(
          `insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, lead_id, subject_table, subject_id)
           select gen_random_uuid(), current_date, now(), 'staff', $1, 'walk.' || $2, case when $3 then lead_id end, $2, id::text
             from ${table} where lead_id = any($4)`,
          [world.x.id, table, named, ofLead],
        );
    // As assignments were told before they were a subject of their own, and one that names no row at all.
    for (const [table, subject, action] of [
      ["leads", leadId, "lead.assigned"],
      ["alerts", "x", "walk.alerts"],
    ])
      await test.owner.query(
        `insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, lead_id, subject_table, subject_id)
         values ($1, current_date, now(), 'staff', $2, $3, $4, $5, $6)`,
        [uuidv7(), world.x.id, action, leadId, table, subject],
      );
    const told = async (actor: StaffActor) => {
      const { rows } = await withActor(plain, actor, (tx) =>
        tx.execute<{ about: string; agency: string | null }>(sql`
          select e.subject_table as about, coalesce(s.agency_id, a.reach) as agency from events e
            left join supervisions s on s.id::text = e.subject_id left join lead_assignments a on a.id::text = e.subject_id
           where e.action like 'walk.%' or e.action = 'lead.assigned' order by 1, 2`),
      );
      return rows.map(({ about, agency }) => (agency === null ? about : `${about}:${agency}`));
    };
    // Of both leads, on the lead's trail and beside it.
    const fourOf = (names: string[]) => names.flatMap((name) => Array.from({ length: 4 }, () => name));
    const police = world.x.agencyId;
    for (const role of ["agency_officer", "agency_verifier"] as const) {
      // A colleague of x's, not recused.
      const holder = personOf("x", [role]);
      expect((await told(holder)).toSorted(), role).toEqual(
        fourOf(["disputes", `lead_assignments:${police}`, `supervisions:${police}`]),
      );
      expect(await told({ ...personOf("y", [role]), agencyId: helper }), role).toEqual([]);
      expect(await told(personOf("none", [role])), role).toEqual([]);
    }
    for (const role of ROLES.filter(
      (one) => !["triage_officer", "auditor", "agency_officer", "agency_verifier"].includes(one),
    ))
      expect(await told(personOf("y", [role])), role).toEqual([]);
    for (const role of ["triage_officer", "auditor"] as const) {
      const all = await told(personOf("none", [role]));
      expect(all.filter((about) => about.startsWith("supervisions"))).toHaveLength(6);
      expect(all.filter((about) => about === "alerts")).toHaveLength(4);
      expect(all).toContain("leads");
      // Recused from one of the two leads.
      const recused = await told({ ...world.x, roles: [role] });
      expect(recused.filter((about) => about === "alerts")).toHaveLength(2);
      expect(recused.filter((about) => about.startsWith("supervisions"))).toHaveLength(4);
    }
  });
});
