import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import {
  forgetfulMajors,
  sendStaffMails,
  type MajorMemory,
} from "~server/notifications/send-staff-mails.server";
import { REPORTER, systemActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { raiseMajor } from "~server/triage/raise-major.server";
import { leadAt, makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { mailServer, textOfMail, type MailServer } from "~tests/setup/mail-server";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
/** 10:00 in China. */
const NOW = "2026-03-02T02:00:00Z";
const TODAY = "2026-03-02";
let portal: TestPortal;
let seeded: TestPortal;
/** As the server connects: for nobody until a transaction says. */
let plain: Database;
let server: MailServer;

beforeAll(async () => {
  plain = openDatabase(test.applicationUrl, { max: 8 });
  portal = { ...testPortal(test.db, NOW), db: plain };
  seeded = { ...portal, db: test.db };
  await installTestPack(seeded);
});
afterAll(() => plain.pool.end());
beforeEach(async () => {
  await test.owner.query("delete from staff_mails");
  await test.owner.query("update staff set email = null");
  portal.clock.set(NOW);
  server = await mailServer();
  portal = {
    ...portal,
    mailer: createMailer({ mail: server.settings, demo: false }, { patience: PATIENCE }),
  };
});

type Row = {
  id: string;
  status: string;
  kind: string;
  attempts: number;
  fault: string | null;
  data: Record<string, unknown>;
  next_at: Date;
  sent_at: Date | null;
  created_at: Date;
};

async function mails(): Promise<Row[]> {
  return (await test.owner.query<Row>("select * from staff_mails order by created_at, id")).rows;
}

async function officer(agency: string, role: Role, email: string | null) {
  const person = await makePerson(seeded, agency, [role]);
  await test.owner.query("update staff set email = $1 where id = $2", [email, person.id]);
  return person;
}

function later(minutes: number): void {
  portal.clock.set(new Date(portal.clock.now().getTime() + minutes * 60_000));
}

describe("deadlines", () => {
  async function leadDue(days: number, clock: "accept" | "handle", agency = "police"): Promise<string> {
    const id = await leadAt(seeded, clock === "accept" ? "dispatched" : "investigating", [
      { agency, relation: "lead" },
    ]);
    const due = addDays(chinaDay(portal.clock.now()), days);
    await test.owner.query("update leads set accept_due_on = $1, handle_due_on = $1 where id = $2", [
      due,
      id,
    ]);
    return id;
  }

  beforeEach(() => test.owner.query("update lead_agencies set to_at = now() where to_at is null"));

  it("near and passed are told once each to the officers of the body, with a number and a page and no name", async () => {
    const person = await officer("police", "agency_officer", "qin@police.example");
    await officer("finance", "agency_officer", "other@finance.example");
    await officer("police", "agency_officer", null);
    const leadId = await leadDue(3, "accept");
    await leadDue(4, "accept");
    expect(await noteDeadlines(plain, portal.clock)).toEqual({ mails: 1 });
    expect(await noteDeadlines(plain, portal.clock)).toEqual({ mails: 0 });
    await sendStaffMails(portal);
    expect(server.received.map(({ to }) => to[0])).toEqual(["qin@police.example"]);
    const text = textOfMail(server.received[0]!);
    expect(text).toContain(`http://localhost:3000/staff/leads/${leadId}`);
    expect(text).toContain(`受理期限为 ${addDays(TODAY, 3)}`);
    expect(`${text}${server.received[0]?.raw}`).not.toContain("某某理财");
    expect((await mails())[0]).toMatchObject({ status: "sent" });
    portal.clock.set("2026-03-06T02:00:00Z");
    expect((await noteDeadlines(plain, portal.clock)).mails).toBe(2);
    await sendStaffMails(portal);
    expect(server.received).toHaveLength(3);
    expect(person.agencyId).toBe("jinhua.police");
  });

  it("of a long limit are told five working days before, of a short one a day before", async () => {
    await officer("police", "agency_officer", "qin@police.example");
    const limit = async (leadId: string, kind: "accept" | "handle", days: number) =>
      test.owner.query(
        `insert into lead_clocks (id, lead_id, kind, started_on, limit_days, limit_kind, due_on)
         select gen_random_uuid(), id, $2, $3, $4, 'calendar', accept_due_on from leads where id = $1`,
        [leadId, kind, TODAY, days],
      );
    const told = async () =>
      (await mails()).map(({ data }) => data["lead"] as string).toSorted((a, b) => a.localeCompare(b));
    const [long, short] = [await leadDue(7, "handle"), await leadDue(7, "accept")];
    await limit(long, "handle", 60);
    await limit(short, "accept", 5);
    expect((await noteDeadlines(plain, portal.clock)).mails).toBe(1);
    expect(await told()).toEqual([long]);
    portal.clock.set("2026-03-06T02:00:00Z");
    expect((await noteDeadlines(plain, portal.clock)).mails).toBe(1);
    expect(await told()).toEqual([long, short].toSorted((a, b) => a.localeCompare(b)));
  });

  it.each<[string, (leadId: string, personId: string) => [string, unknown[]]]>([
    ["the lead moved on", (leadId) => ["update leads set stage = 'disputed' where id = $1", [leadId]]],
    [
      "the lead is kept to the office",
      (leadId) => ["update leads set leading_office_only = true where id = $1", [leadId]],
    ],
    [
      "the body holds it no more",
      (leadId) => ["update lead_agencies set to_at = now() where lead_id = $1", [leadId]],
    ],
    [
      "the officer is suspended",
      (_lead, id) => ["update staff set status = 'suspended' where id = $1", [id]],
    ],
    [
      "the officer is recused",
      (leadId, id) => [
        "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
        [uuidv7(), leadId, id],
      ],
    ],
  ])("are not told any more once %s, before or after the mail was written", async (_what, change) => {
    const first = await officer("police", "agency_officer", "one@police.example");
    const leadId = await leadDue(1, "handle");
    expect((await noteDeadlines(plain, portal.clock)).mails).toBe(1);
    await test.owner.query(...change(leadId, first.id));
    await sendStaffMails(portal);
    expect(server.received).toEqual([]);
    expect(await mails()).toMatchObject([{ status: "unsent", fault: "superseded" }]);
    await test.owner.query("delete from staff_mails");
    expect(await noteDeadlines(plain, portal.clock)).toEqual({ mails: 0 });
    await test.owner.query("update staff set status = 'active'");
  });

  it("over 春节 near is counted in working days, and a clock that stands still has no deadline to tell", async () => {
    await officer("police", "agency_officer", "one@police.example");
    portal.clock.set("2026-02-13T02:00:00Z");
    // Three working days on: Saturday the 14th, then the 24th and 25th after the holiday.
    await leadDue(12, "handle");
    await leadDue(13, "handle");
    const still = await leadDue(1, "handle");
    await test.owner.query("update leads set handle_due_on = null where id = $1", [still]);
    expect(await noteDeadlines(plain, portal.clock)).toEqual({ mails: 1 });
  });

  it("passed by five working days are told to the body's verifiers and to the leading office too, once", async () => {
    await officer("police", "agency_officer", "one@police.example");
    await officer("police", "agency_verifier", "head@police.example");
    await officer("finance", "agency_verifier", "other@finance.example");
    await officer("leading-office", "triage_officer", "lin@office.example");
    // 2026-02-13 and five working days (14, 24, 25, 26, 27) is the 27th; a day later is the 28th, worked.
    portal.clock.set("2026-02-27T02:00:00Z");
    const leadId = await leadDue(-14, "handle");
    await leadDue(-3, "handle");
    await noteDeadlines(plain, portal.clock);
    expect(await noteDeadlines(plain, portal.clock)).toEqual({ mails: 0 });
    await sendStaffMails(portal);
    const told = server.received.filter((mail) => textOfMail(mail).includes(`/staff/leads/${leadId}`));
    expect(told.map(({ to }) => to[0]).toSorted()).toEqual([
      "head@police.example",
      "lin@office.example",
      "one@police.example",
    ]);
    expect(textOfMail(told[0]!)).toContain("督办");
  });

  it("found at night are told in the morning", async () => {
    await officer("police", "agency_officer", "one@police.example");
    portal.clock.set("2026-03-01T17:00:00Z");
    await leadDue(0, "accept");
    await noteDeadlines(plain, portal.clock);
    expect((await mails())[0]?.next_at.toISOString()).toBe("2026-03-02T00:00:00.000Z");
  });
});

describe("重大", () => {
  it("raised by a report's arrival is told to triage, and no row keeps the minute", async () => {
    const triage = await officer("leading-office", "triage_officer", "lin@office.example");
    const recused = await officer("leading-office", "triage_officer", "recused@office.example");
    const { leadId } = await sendReport(seeded);
    await test.owner.query(
      "insert into lead_recusals (id, lead_id, staff_id, reason, declared_at) values ($1, $2, $3, '亲属任职', now())",
      [uuidv7(), leadId, recused.id],
    );
    portal.clock.set("2026-03-02T02:07:31Z");
    const report = {
      amounts: {
        startedOn: "2025-03",
        ongoing: "yes",
        amount: "exact",
        amountExact: "9亿元",
        people: "from_50",
      },
    };
    const { rows: subject } = await test.owner.query<{ name: string; site: string }>(
      `select l.name, i.value as site from leads l join tips t on t.lead_id = l.id
         join tip_identifiers i on i.tip_id = t.id and i.kind = 'site' where l.id = $1`,
      [leadId],
    );
    const joined = await sendReport(seeded, {
      ...report,
      subject: { subjectKind: "site", name: subject[0]?.name ?? "", sites: subject[0]?.site ?? "", uscc: "" },
    });
    expect(joined.leadId).toBe(leadId);
    const [row, ...others] = await mails();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ kind: "major", status: "waiting", data: { lead: leadId } });
    expect(row?.created_at.toISOString()).toBe("2026-03-01T16:00:00.000Z");
    expect(row?.next_at.toISOString()).toBe("2026-03-01T16:00:00.000Z");
    expect(await sendStaffMails(portal)).toEqual({ tried: 0 });
    const outsider = await makePerson(seeded, "police", ["agency_officer"]);
    await expect(
      withActor(plain, outsider, (tx) => tx.execute(sql`select mail_major(${leadId}::uuid, now())`)),
    ).rejects.toThrow();
    later(8);
    await sendStaffMails(portal);
    expect(server.received.map(({ to }) => to[0])).toEqual(["lin@office.example"]);
    const text = textOfMail(server.received[0]!);
    expect(text).toContain(`/staff/leads/${leadId}`);
    expect(text).not.toContain(subject[0]?.name);
    const [sent] = await mails();
    expect(sent?.sent_at?.toISOString()).toBe("2026-03-01T16:00:00.000Z");
    expect(sent?.next_at.toISOString()).toBe("2026-03-01T16:00:00.000Z");
    expect(triage.roles).toEqual(["triage_officer"]);
    for (const actor of [REPORTER, triage])
      await withActor(plain, actor, (tx) =>
        raiseMajor(tx, { leadId, pack: portal.pack.pack, today: TODAY, at: portal.clock.now() }, actor),
      );
    expect(await mails()).toHaveLength(1);
  });

  describe("whose mail finds no way", () => {
    const DAY_BEGAN = "2026-03-01T16:00:00.000Z";
    let memory: MajorMemory;
    beforeEach(async () => {
      memory = forgetfulMajors();
      await officer("leading-office", "triage_officer", "lin@office.example");
      const { leadId } = await sendReport(seeded);
      await test.owner.query("update leads set is_major = true where id = $1", [leadId]);
      await withActor(plain, systemActor("test"), (tx) =>
        tx.execute(sql`select mail_major(${leadId}::uuid, ${NOW}::timestamptz)`),
      );
    });
    const round = () => sendStaffMails(portal, { majors: memory });
    const times = async () =>
      (await mails()).flatMap(({ next_at, created_at, sent_at, attempts }) => [
        ...[next_at, created_at, sent_at ?? created_at].map((at) => at.toISOString()),
        attempts <= 1,
      ]);

    it("is tried again ever more seldom, and no row tells when it was or will be", async () => {
      const tried: number[] = [];
      for (let quarter = 0; quarter < 40; quarter += 1) {
        server.next("421", "421");
        // Two rounds of one minute: the second leaves it alone.
        for (let at = 0; at < 2; at += 1) if ((await round()).tried > 0) tried.push(quarter);
        expect(await times()).toEqual([DAY_BEGAN, DAY_BEGAN, DAY_BEGAN, true]);
        later(15);
      }
      expect(tried).toEqual([0, 1, 2, 3, 7, 15, 31]);
      server.next();
    });

    it("is sent once the way is open again, and reported unsent after three days", async () => {
      server.next("421");
      await round();
      later(15);
      portal.clock.set("2026-03-06T02:00:00Z");
      server.next("421");
      await round();
      expect(await mails()).toMatchObject([{ status: "unsent", fault: "421" }]);
      expect(await times()).toEqual([DAY_BEGAN, DAY_BEGAN, DAY_BEGAN, true]);
      await test.owner.query("update staff_mails set status = 'waiting', attempts = 0");
      await round();
      expect(await mails()).toMatchObject([{ status: "sent" }]);
      expect(await times()).toEqual([DAY_BEGAN, DAY_BEGAN, DAY_BEGAN, true]);
    });

    it("and was cut off by a server's end is found by the next one, by its own memory", async () => {
      await test.owner.query("update staff_mails set status = 'sending', attempts = 1");
      await round();
      later(10);
      await round();
      expect(await mails()).toMatchObject([{ status: "sending" }]);
      later(1);
      await round();
      expect(await mails()).toMatchObject([{ status: "unknown", fault: "interrupted" }]);
      expect(server.received).toHaveLength(0);
    });

    it.each(["next_at = now()", "sent_at = now()", "attempts = 2"])("may not keep %s", async (set) => {
      await expect(test.owner.query(`update staff_mails set ${set}`)).rejects.toMatchObject({
        constraint: "staff_mails_major_ck",
      });
    });
  });
});
