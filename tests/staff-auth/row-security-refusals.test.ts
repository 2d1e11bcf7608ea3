import { randomBytes } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import {
  GATE,
  REPORTER,
  intakeActor,
  type ActingFor,
  type IntakeActor,
  type ReporterActor,
  type StaffActor,
} from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { makeGuardedHouse, type GuardedHouse } from "~tests/factories/guarded-house";
import { makeGuardedRows, type GuardedWorld } from "~tests/factories/guarded-rows";
import { sendReport } from "~tests/factories/make-lead";
import { reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

/** What a bare statement may do that no function of the application stands in front of. */
const test = testDatabase();
let world: GuardedWorld;
let house: GuardedHouse;
let plain: Database;
/** The reporter of body Y's lead, on which somebody else reported too. */
let mine: ReporterActor;
let mineId: string;
/** Intake at work on a report just stored. */
let intake: IntakeActor;
let sent: { tipId: string; leadId: string };

beforeAll(async () => {
  const portal = testPortal(test.db);
  await installTestPack(portal);
  world = await makeGuardedRows(portal, test.owner);
  house = await makeGuardedHouse(portal, test.owner, world.leads.y.leadId);
  mineId = world.leads.y.tipId;
  mine = await reporterOf(test.db, mineId);
  sent = await sendReport(portal);
  const { lookupId } = await reporterOf(test.db, sent.tipId);
  intake = intakeActor(lookupId ?? Buffer.alloc(32));
  plain = openDatabase(test.applicationUrl, { max: 2 });
}, 120_000);
afterAll(() => plain.pool.end());

const run = (actor: ActingFor, statement: SQL) => withActor(plain, actor, (tx) => tx.execute(statement));
const found = async (actor: ActingFor, statement: SQL) => (await run(actor, statement)).rowCount;
const refusal = (actor: ActingFor, statement: SQL) => refusedBy(run(actor, statement));
const as = (person: StaffActor, ...roles: Role[]): StaffActor => ({ ...person, roles });

describe("a reporter", () => {
  it("reads another's tip, draft, award and payment by no id", async () => {
    const { tipId } = house.informant;
    const tables = { tips: "id", tip_identifiers: "tip_id", awards: "tip_id" };
    for (const [table, column] of Object.entries(tables))
      for (const actor of [mine, REPORTER, house.other.actor])
        expect(
          await found(
            actor,
            sql`select 1 from ${sql.identifier(table)} where ${sql.identifier(column)} = ${tipId}`,
          ),
        ).toBe(0);
    expect(
      await found(
        house.other.actor,
        sql`select 1 from payouts where award_id in (select id from awards where tip_id = ${tipId})`,
      ),
    ).toBe(0);
    const draft = sql`select 1 from drafts where lookup_id = ${house.writer.lookupId}`;
    expect([await found(house.writer, draft), await found(house.otherWriter, draft)]).toEqual([1, 0]);
  });

  it("reads nothing sealed, not even what they wrote themselves", async () => {
    for (const table of ["sealed_values", "sealed_keys", "identity_requests"])
      expect(await found(mine, sql`select 1 from ${sql.identifier(table)}`)).toBe(0);
  });

  it("says nothing under another's tip, nor in the office's name, and sends no file under another receipt", async () => {
    const message = (tipId: string, direction: string) =>
      sql`insert into tip_messages (id, tip_id, direction, kind, written_by, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
          values (${uuidv4()}, ${tipId}, ${direction}, 'text', ${direction === "out" ? house.me.id : null}, current_date, 's', '\\x00',
            ${randomBytes(32)}, ${randomBytes(48)}, ${randomBytes(32)}, ${randomBytes(48)})`;
    expect(await refusal(mine, message(mineId, "in"))).toBe("accepted");
    expect(await refusal(mine, message(mineId, "out"))).toBe("42501");
    expect(await refusal(mine, message(house.beside, "in"))).toBe("42501");
    const file = (lookupId: Buffer | null) =>
      sql`insert into tip_files (id, lookup_id, ordinal, state, added_on) values (${uuidv4()}, ${lookupId}, 0, 'receiving', current_date)`;
    expect(await refusal(house.writer, file(house.writer.lookupId))).toBe("accepted");
    expect(await refusal(house.writer, file(house.otherWriter.lookupId))).toBe("42501");
    expect(await found(house.otherWriter, sql`select 1 from tip_files`)).toBe(0);
  });

  it("takes back their own tip and no other, and changes nothing else of it", async () => {
    const close = (tipId: string) =>
      sql`update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = ${tipId}`;
    expect(await found(mine, close(house.beside))).toBe(0);
    const moved = sql`update tips set lead_id = ${world.leads.x.leadId}, receipt_closed_on = current_date,
      receipt_closed_why = 'withdrawn' where id = ${mineId}`;
    expect(await refusal(mine, moved)).toBe("tips_history");
    const expired = sql`update tips set receipt_closed_on = current_date, receipt_closed_why = 'expired' where id = ${mineId}`;
    expect(await refusal(mine, expired)).toBe("42501");
    expect(await found(mine, sql`delete from drafts`)).toBe(0);
  });

  it("writes no draft under another's receipt", async () => {
    const draft = (lookupId: Buffer | null) =>
      sql`insert into drafts (lookup_id, suite, body, started_on, expires_on)
          values (${lookupId}, 's', '\\x00', current_date, current_date)`;
    expect(await refusal(house.writer, draft(randomBytes(32)))).toBe("42501");
    expect(await found(house.writer, sql`update drafts set version = 9`)).toBe(1);
  });

  it("accepts no award but their own, and moves it nowhere else", async () => {
    const { tipId, actor } = house.other;
    const to = (status: string) =>
      sql`update awards set status = ${status}, accepted_on = current_date where tip_id = ${tipId}`;
    expect(await found(house.informant.actor, to("accepted"))).toBe(0);
    expect(await refusal(actor, sql`update awards set status = 'revoked' where tip_id = ${tipId}`)).toBe(
      "42501",
    );
  });

  it("leaves in the trail what they did to their own, in a reporter's name alone", async () => {
    const event = (kind: string, subject: string) =>
      sql`insert into events (id, recorded_on, recorded_at, actor_kind, actor_id, action, subject_table, subject_id)
          values (${uuidv4()}, current_date, ${kind === "reporter" ? null : new Date()}, ${kind}, ${kind === "staff" ? house.me.id : null},
            'tip.withdrawn', 'tips', ${subject})`;
    expect(await refusal(mine, event("reporter", mineId))).toBe("accepted");
    expect(await refusal(mine, event("reporter", house.beside))).toBe("42501");
    for (const kind of ["staff", "system"]) expect(await refusal(mine, event(kind, mineId))).toBe("42501");
    expect(await refusal(REPORTER, event("reporter", mineId))).toBe("42501");
  });
});

describe("intake", () => {
  it("reads nothing sealed, no award and no member of staff", async () => {
    for (const table of [
      "sealed_values",
      "sealed_keys",
      "identity_requests",
      "awards",
      "staff",
      "staff_roles",
      "events",
    ])
      expect(await found(intake, sql`select 1 from ${sql.identifier(table)}`), table).toBe(0);
  });

  it("writes no tip under another receipt, and seals nothing to another's tip", async () => {
    const tip = sql`insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name, sector, red_lines, wants_reward, arrived_on)
      values (${uuidv4()}, ${randomBytes(32)}, 'jinhua', '1', 'web', 'zh-CN', 'anonymous', 'site', 'x', 'p2p', '{}', false, current_date)`;
    expect(await refusal(intake, tip)).toBe("42501");
    const sealed = (tipId: string) =>
      sql`insert into sealed_values (id, owner_table, owner_id, field, suite, body) values (${uuidv4()}, 'tips', ${tipId}, 'contact', 's', '\\x00')`;
    expect(await refusal(intake, sealed(mineId))).toBe("42501");
    expect(await refusal(intake, sealed(sent.tipId))).toBe("accepted");
  });

  it("raises the lead it joined, and no other", async () => {
    const raise = (leadId: string) => sql`update leads set is_major = true where id = ${leadId}`;
    expect(await found(intake, raise(sent.leadId))).toBe(1);
    expect(await found(intake, raise(world.leads.x.leadId))).toBe(0);
    expect(await found(intake, sql`delete from drafts`)).toBe(0);
  });
});

describe("a colleague", () => {
  it("reads nobody's wrap, session, passkey, link or challenge", async () => {
    for (const [table, column] of [
      ["staff_sessions", "staff_id"],
      ["passkeys", "staff_id"],
      ["enrolment_links", "staff_id"],
      ["webauthn_challenges", "staff_id"],
    ] as const) {
      const of = (who: StaffActor) =>
        sql`select 1 from ${sql.identifier(table)} where ${sql.identifier(column)} = ${who.id}`;
      expect(
        [await found(house.me, of(house.me)), await found(house.me, of(house.colleague))],
        table,
      ).toEqual([1, 0]);
    }
    const wraps = (who: StaffActor) =>
      sql`select 1 from personal_key_wraps w join personal_keys k on k.id = w.personal_key_id where k.staff_id = ${who.id}`;
    expect([await found(house.me, wraps(house.me)), await found(house.me, wraps(house.colleague))]).toEqual([
      1, 0,
    ]);
    // Nor do those who manage people.
    expect(await found(as(house.administrator, "administrator", "auditor"), wraps(house.me))).toBe(0);
  });

  it("ends nobody's session, and opens none for anybody", async () => {
    expect(
      await found(
        house.me,
        sql`update staff_sessions set ended_at = now() where staff_id = ${house.colleague.id}`,
      ),
    ).toBe(0);
    const open = sql`insert into staff_sessions (id, staff_id, token_hash, method) values (${uuidv7()}, ${house.me.id}, ${randomBytes(32)}, 'passkey')`;
    expect(await refusal(as(house.me, "administrator"), open)).toBe("42501");
  });

  it("registers no passkey for another, not even as an administrator", async () => {
    const passkey = (who: StaffActor) =>
      sql`insert into passkeys (id, staff_id, credential_id, public_key) values (${uuidv7()}, ${who.id}, ${uuidv4()}, '\\x00')`;
    expect(await refusal(as(house.me, "administrator"), passkey(house.colleague))).toBe("42501");
    expect(await refusal(house.me, passkey(house.me))).toBe("accepted");
  });

  it("hands on no key of a slot that is not theirs, and none in another's name", async () => {
    const grant = (slot: string, by: StaffActor) =>
      sql`insert into key_grants (id, role_key_id, personal_key_id, enc, body, granted_by)
          select ${uuidv7()}, r.id, p.id, ${randomBytes(32)}, ${randomBytes(48)}, ${by.id}
            from role_keys r, personal_keys p where r.slot = ${slot} and r.retired_at is null and p.staff_id = ${house.colleague.id}`;
    expect(await refusal(house.me, grant("triage", house.me))).toBe("42501");
    expect(await refusal(house.me, grant("agency:jinhua.police", house.colleague))).toBe("42501");
    expect(await refusal(house.me, grant("agency:jinhua.police", house.me))).toBe("accepted");
  });

  it("makes and changes no role key of another slot", async () => {
    const key = (slot: string) =>
      sql`insert into role_keys (id, slot, epoch, public_key, made_by) values (${uuidv7()}, ${slot}, 7, ${randomBytes(32)}, ${house.me.id})`;
    for (const slot of ["approver", "agency:jinhua.finance"])
      expect(await refusal(house.me, key(slot))).toBe("42501");
    expect(await refusal(house.me, key("recovery"))).toBe("role_keys_recovery_by_two");
    expect(await found(house.me, sql`update role_keys set retired_at = now() where slot = 'triage'`)).toBe(0);
  });
});

describe("money", () => {
  it.each<Role>([
    "triage_officer",
    "agency_officer",
    "administrator",
    "window_clerk",
    "identity_custodian",
    "notice_desk",
  ])("shows %s no award, no payment and no book", async (role) => {
    for (const table of [
      "awards",
      "reward_pools",
      "vouchers",
      "approval_steps",
      "payouts",
      "ledger_entries",
      "account_balances",
    ])
      expect(await found(as(house.me, role), sql`select 1 from ${sql.identifier(table)}`), table).toBe(0);
  });

  it("is not moved by who only looks", async () => {
    expect(await found(as(house.me, "auditor"), sql`update awards set status = 'revoked'`)).toBe(0);
    const fund = sql`insert into funds (id, pack_id, agency_id, source, slug) values (${uuidv7()}, 'jinhua', 'jinhua.finance', '资金', 'another-fund')`;
    for (const role of ["auditor", "cashier", "finance_preparer"] as const)
      expect(await refusal(as(house.me, role), fund)).toBe("42501");
  });

  it("of a lead somebody is recused from is hidden from them, whatever they are", async () => {
    const lead = sql`select lead_id from awards where tip_id = ${house.informant.tipId}`;
    const { rows } = await run(as(house.me, "auditor"), lead);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
      [uuidv7(), rows[0]?.lead_id, house.me.id],
    );
    expect(await found(as(house.me, "auditor", "finance_approver"), lead)).toBe(0);
    expect(await found(as(house.colleague, "auditor"), lead)).toBe(1);
  });
});

describe("roles", () => {
  const grant = (by: string | null) =>
    sql`insert into staff_roles (id, staff_id, role, granted_by) values (${uuidv7()}, ${house.colleague.id}, 'auditor', ${by})`;
  const ask = (by: string) =>
    sql`insert into role_requests (id, staff_id, role, requested_by, requested_at) values (${uuidv7()}, ${house.me.id}, 'cashier', ${by}, now())`;

  it("are given, asked for and taken back by nobody who does not act as an administrator", async () => {
    const { id } = house.administrator;
    for (const role of ["triage_officer", "auditor", "finance_approver"] as const) {
      const actor = as(house.administrator, role);
      expect(await refusal(actor, grant(id))).toBe("42501");
      expect(await refusal(actor, ask(id))).toBe("42501");
      const end = sql`update staff_roles set revoked_at = now(), revoked_by = ${id}`;
      expect(await found(actor, end)).toBe(0);
      expect(await found(actor, sql`update role_requests set outcome = 'refused'`)).toBe(0);
    }
  });

  it("are not given by who only says they administer, or did so once", async () => {
    const claimed = as(house.me, "administrator");
    expect(await refusal(claimed, grant(house.me.id))).toBe("staff_roles_by_administrator");
    expect(await refusal(claimed, ask(house.me.id))).toBe("role_requests_by_administrator");
    const end = sql`update staff_roles set revoked_at = now(), revoked_by = ${house.me.id} where staff_id = ${house.colleague.id}`;
    expect(await refusal(claimed, end)).toBe("staff_roles_by_administrator");
    const answer = sql`update role_requests set outcome = 'refused', decided_by = ${house.me.id}, decided_at = now()`;
    expect(await refusal(claimed, answer)).toBe("role_requests_by_administrator");
    await test.owner.query("update staff set status = 'suspended' where id = $1", [house.administrator.id]);
    expect(await refusal(house.administrator, grant(house.administrator.id))).toBe(
      "staff_roles_by_administrator",
    );
    await test.owner.query("update staff set status = 'active' where id = $1", [house.administrator.id]);
    expect(await refusal(house.administrator, grant(house.administrator.id))).toBe("accepted");
  });

  it("and people are out of everybody else's hands", async () => {
    expect(
      await refusal(house.me, sql`update staff set status = 'suspended' where id = ${house.colleague.id}`),
    ).toBe("42501");
    const person = sql`insert into staff (id, display_name, agency_id) values (${uuidv7()}, '某人', 'jinhua.police')`;
    expect(await refusal(house.me, person)).toBe("42501");
    for (const actor of [GATE, REPORTER, intake]) expect(await refusal(actor, person)).toBe("42501");
  });
});

describe("what is published", () => {
  it.each(["agencies", "settings", "packs", "schemes", "audit_roots"])(
    "is written in %s by the portal alone",
    async (table) => {
      for (const actor of [house.me, as(house.me, "administrator"), mine, GATE]) {
        const [column] =
          {
            agencies: ["name"],
            settings: ["value"],
            packs: ["sha256"],
            schemes: ["sha256"],
            audit_roots: ["hash"],
          }[table] ?? [];
        const change = sql`update ${sql.identifier(table)} set ${sql.identifier(column ?? "")} = ${sql.identifier(column ?? "")}`;
        // 0 rows, or no right to change it at all.
        expect([0, "42501"]).toContain(await found(actor, change).catch(() => refusal(actor, change)));
      }
    },
  );
});

describe("a passkey that ends", () => {
  it("takes its wraps with it, though who ends it sees none", async () => {
    const { rows } = await test.owner.query<{ id: string; key: string }>(
      `select p.id, k.id as key from passkeys p join personal_keys k on k.staff_id = p.staff_id where p.staff_id = $1 limit 1`,
      [house.colleague.id],
    );
    const [own] = rows;
    await test.owner.query(
      "insert into personal_key_wraps (id, personal_key_id, method, passkey_id, salt, body) values ($1, $2, 'passkey', $3, '\\x01', '\\x02')",
      [uuidv7(), own?.key, own?.id],
    );
    const end = sql`update passkeys set revoked_at = now() where id = ${own?.id}`;
    expect(await found(house.me, end)).toBe(0);
    expect(await found(house.administrator, end)).toBe(1);
    const wraps = await test.owner.query(
      "select octet_length(body) as bytes, revoked_at is not null as ended from personal_key_wraps where passkey_id = $1",
      [own?.id],
    );
    expect(wraps.rows).toEqual([{ bytes: 0, ended: true }]);
  });
});
