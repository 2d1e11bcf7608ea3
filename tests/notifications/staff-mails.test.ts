import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { keepMail } from "~server/jobs/keep-mail.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { listStaffMails } from "~server/notifications/list-staff-mails.server";
import { retryStaffMail } from "~server/notifications/retry-staff-mail.server";
import { CLAIM_MINUTES, MAX_ATTEMPTS, sendStaffMails } from "~server/notifications/send-staff-mails.server";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { inviteByMail, mailNewLink } from "~server/staff-auth/invite-by-mail.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import { setEmail } from "~server/staff-auth/set-email.server";
import { systemActor, type Actor, type StaffActor } from "~server/staff-auth/actor";
import { ROLES } from "~server/staff-auth/roles";
import { makePerson } from "~tests/factories/make-lead";
import { enrol } from "~tests/factories/enrol-staff";
import { testDatabase } from "~tests/setup/database";
import { mailServer, textOfMail, type MailServer } from "~tests/setup/mail-server";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
const OPERATOR = systemActor("admin:enrol");
/** 10:00 in China. */
const NOW = "2026-03-02T02:00:00Z";
let portal: TestPortal;
let seeded: TestPortal;
/** As the server connects: for nobody until a transaction says. */
let plain: Database;
let administrator: StaffActor;
let server: MailServer;

beforeAll(async () => {
  plain = openDatabase(test.applicationUrl, { max: 8 });
  portal = { ...testPortal(test.db, NOW), db: plain };
  seeded = { ...portal, db: test.db };
  await installTestPack(seeded);
  administrator = await makePerson(seeded, "leading-office", ["administrator"]);
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

function later(minutes: number): void {
  portal.clock.set(new Date(portal.clock.now().getTime() + minutes * 60_000));
}

async function invite(email = "new.officer@office.example"): Promise<string> {
  const { staffId } = await inviteByMail(
    plain,
    {
      displayName: "新同事",
      agencyId: "jinhua.police",
      roles: ["agency_officer"],
      email,
      clock: portal.clock,
    },
    administrator,
  );
  return staffId;
}

async function linksOf(staffId: string): Promise<number> {
  const { rows } = await test.owner.query<{ n: number }>(
    "select count(*)::int as n from enrolment_links where staff_id = $1",
    [staffId],
  );
  return rows[0]?.n ?? 0;
}

describe("an invitation by mail", () => {
  it("makes its link only while its mail leaves, and the link opens an enrolment", async () => {
    const staffId = await invite();
    expect(await linksOf(staffId)).toBe(0);
    expect(await mails()).toMatchObject([
      { kind: "enrolment", status: "waiting", data: { to: "new.officer@office.example" } },
    ]);
    expect(await sendStaffMails(portal)).toEqual({ tried: 1 });
    const [mail] = server.received;
    const text = mail === undefined ? "" : textOfMail(mail);
    expect(mail?.to).toEqual(["new.officer@office.example"]);
    const link = /http:\/\/localhost:3000\/staff\/enrol#[A-Za-z0-9_-]{43}/.exec(text)?.[0] ?? "";
    const started = await startEnrolment(plain, {
      token: new URL(link).hash.slice(1),
      relyingParty: relyingParty("http://localhost:3000"),
      clock: portal.clock,
    });
    expect(started.options).toBeDefined();
    expect(await mails()).toMatchObject([{ status: "sent", attempts: 1, fault: null }]);
    expect(await sendStaffMails(portal)).toEqual({ tried: 0 });
    const everything = JSON.stringify(await mails()) + portal.logged();
    expect(everything).not.toContain(new URL(link).hash.slice(1));
  });

  it("is all or nothing with the person, and refused for what is no address", async () => {
    const people = async () => (await test.owner.query("select 1 from staff")).rowCount;
    const before = await people();
    expect(await refusalOf(invite("nobody"))).toBe("email_invalid");
    expect(await people()).toBe(before);
    expect(await mails()).toEqual([]);
    const cashier = await makePerson(seeded, "finance", ["cashier"]);
    const attempt = inviteByMail(
      plain,
      {
        displayName: "甲",
        agencyId: "jinhua.police",
        roles: ["auditor"],
        email: "a@x.example",
        clock: portal.clock,
      },
      cashier,
    );
    expect(await refusalOf(attempt)).toBe("not_found");
  });

  it("to a wrong address is shown as unsent to administrators, who correct it and send anew", async () => {
    const staffId = await invite("wrong@office.example");
    server.next("550");
    await sendStaffMails(portal);
    const listed = await listStaffMails(plain, administrator);
    expect(listed.counts).toMatchObject({ unsent: 1 });
    expect(listed.mails).toMatchObject([
      { person: "新同事", kind: "enrolment", status: "unsent", fault: "550" },
    ]);
    const mailId = listed.mails[0]?.id ?? "";
    later(5);
    await setEmail(plain, { staffId, email: "right@office.example", clock: portal.clock }, administrator);
    await retryStaffMail(plain, { mailId, at: portal.clock.now() }, administrator);
    expect((await listStaffMails(plain, administrator)).mails).toMatchObject([{ status: "waiting" }]);
    await sendStaffMails(portal);
    expect(server.received.map(({ to }) => to[0])).toEqual(["right@office.example"]);
    expect((await listStaffMails(plain, administrator)).mails).toEqual([]);
  });

  it("does not turn to an address that one administrator sets later for somebody who holds money or names", async () => {
    const custodian = await makePerson(seeded, "leading-office", ["identity_custodian"]);
    await enrol(test.db, custodian.id, portal.clock);
    await mailNewLink(
      plain,
      { staffId: custodian.id, email: "theirs@office.example", clock: portal.clock },
      OPERATOR,
    );
    await setEmail(
      plain,
      { staffId: custodian.id, email: "mine@office.example", clock: portal.clock },
      administrator,
    );
    server.next("550");
    await sendStaffMails(portal);
    const [mail] = await mails();
    const again = retryStaffMail(plain, { mailId: mail?.id ?? "", at: portal.clock.now() }, administrator);
    expect(await refusalOf(again)).toBe("operator_needed");
    expect(server.received).toEqual([]);
    expect(
      await refusalOf(
        mailNewLink(
          plain,
          { staffId: custodian.id, email: "x@y.example", clock: portal.clock },
          administrator,
        ),
      ),
    ).toBe("not_found");
  });

  it("does not leave any more where an administrator has handed a link over meanwhile", async () => {
    const staffId = await invite();
    later(1);
    await createEnrolmentLink(
      plain,
      { staffId, publicOrigin: "http://localhost:3000", clock: portal.clock },
      administrator,
    );
    await sendStaffMails(portal);
    expect(server.received).toEqual([]);
    expect(await mails()).toMatchObject([{ status: "unsent", fault: "superseded" }]);
    expect(await linksOf(staffId)).toBe(1);
  });
});

describe("the outbox", () => {
  it("waits longer after each failure, and is reported unsent in the end", async () => {
    await invite();
    await server.stop();
    const waits: number[] = [];
    for (let at = 1; at < MAX_ATTEMPTS; at += 1) {
      await sendStaffMails(portal);
      const [row] = await mails();
      expect(row).toMatchObject({ status: "waiting", attempts: at, fault: "connection" });
      waits.push(((row?.next_at.getTime() ?? 0) - portal.clock.now().getTime()) / 60_000);
      expect(await sendStaffMails(portal)).toEqual({ tried: 0 });
      later(waits.at(-1) ?? 0);
    }
    expect(waits.slice(0, 7)).toEqual([1, 5, 15, 60, 120, 240, 240]);
    await sendStaffMails(portal);
    expect(await mails()).toMatchObject([{ status: "unsent", attempts: MAX_ATTEMPTS }]);
  });

  it("sends after a 421, once", async () => {
    await invite();
    server.next("421");
    await sendStaffMails(portal);
    later(1);
    await sendStaffMails(portal);
    expect(server.received).toHaveLength(1);
    expect(await mails()).toMatchObject([{ status: "sent", attempts: 2 }]);
  });

  it("reports as unknown what was cut off after the text or by a server's end, and doubles neither", async () => {
    await invite("cut@office.example");
    server.next("cut-after");
    await sendStaffMails(portal);
    expect(await mails()).toMatchObject([{ status: "unknown", fault: "interrupted" }]);
    await test.owner.query("delete from staff_mails");
    await invite("crash@office.example");
    // What a server leaves that ends between sending and noting.
    await test.owner.query("update staff_mails set status = 'sending', next_at = $1", [
      new Date(portal.clock.now().getTime() + CLAIM_MINUTES * 60_000),
    ]);
    await sendStaffMails(portal);
    expect(await mails()).toMatchObject([{ status: "sending" }]);
    later(CLAIM_MINUTES + 1);
    await sendStaffMails(portal);
    expect(await mails()).toMatchObject([{ status: "unknown" }]);
    expect(server.received).toEqual([]);
    const [mail] = await mails();
    await retryStaffMail(plain, { mailId: mail?.id ?? "", at: portal.clock.now() }, administrator);
    await sendStaffMails(portal);
    expect(server.received).toHaveLength(1);
    const again = retryStaffMail(plain, { mailId: mail?.id ?? "", at: portal.clock.now() }, administrator);
    expect(await refusalOf(again)).toBe("mail_settled");
  });

  it("is emptied by two servers at once without sending one twice", async () => {
    for (let at = 0; at < 6; at += 1) await invite(`p${at}@office.example`);
    await Promise.all([sendStaffMails(portal), sendStaffMails(portal), sendStaffMails(portal)]);
    expect(server.received.map(({ to }) => to[0]).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => `p${at}@office.example`),
    );
  });

  it("waits where no mail server is set", async () => {
    await invite();
    expect(await sendStaffMails({ ...portal, mailer: createMailer({ mail: null, demo: false }) })).toEqual({
      tried: 0,
    });
    expect(await mails()).toMatchObject([{ status: "waiting", attempts: 0 }]);
  });

  it("is kept by a job that waits for the mail under way when it is stopped", async () => {
    await invite();
    await invite("second@office.example");
    server.next("slow", "slow");
    const stop = keepMail(portal);
    await expect.poll(async () => (await mails()).some(({ status }) => status === "sending")).toBe(true);
    await stop();
    const states = (await mails()).map(({ status }) => status);
    expect(states.filter((state) => state === "sending")).toEqual([]);
    expect(server.received.length).toBe(states.filter((state) => state === "sent").length);
    expect(server.received.length).toBeGreaterThan(0);
  });
});

describe("the table of mail to staff", () => {
  const seen = (actor: Actor) =>
    withActor(plain, actor, async (tx) => (await tx.execute("select id from staff_mails")).rows.length);

  it.each(ROLES)("shows %s what the role may see, and the page's list likewise", async (role) => {
    await invite();
    const actor: StaffActor = { ...administrator, roles: [role] };
    const may = role === "administrator" || role === "auditor";
    expect(await seen(actor)).toBe(may ? 1 : 0);
    expect(await refusalOf(listStaffMails(plain, actor))).toBe(may ? "accepted" : "not_found");
  });

  it.each([
    ["an auditor's retry", "auditor", "update staff_mails set status = 'waiting'", 0],
    [
      "an administrator calling one sent",
      "administrator",
      "update staff_mails set status = 'sent'",
      "staff_mails_history",
    ],
    [
      "an administrator's made-up deadline",
      "administrator",
      "insert into staff_mails (id, staff_id, kind, data, cause_key) select gen_random_uuid(), staff_id, 'deadline', '{}', 'x' from staff_mails",
      "42501",
    ],
    [
      "a triage officer's invitation",
      "triage_officer",
      "insert into staff_mails (id, staff_id, kind, data, cause_key) select gen_random_uuid(), id, 'enrolment', '{}', 'x' from staff limit 1",
      "42501",
    ],
  ] as const)("refuses %s", async (_what, role, statement, outcome) => {
    await invite();
    server.next("550");
    await sendStaffMails(portal);
    const actor: StaffActor = { ...administrator, roles: [role] };
    const attempt = withActor(plain, actor, (tx) => tx.execute(statement));
    const got = await attempt.then(
      ({ rowCount }) => rowCount,
      () => refusedBy(attempt),
    );
    expect(got).toBe(outcome);
  });

  it("turns no mail to another person or address", async () => {
    await invite();
    for (const change of ["data = '{}'", "staff_id = gen_random_uuid()", "kind = 'major'", "status = 'sent'"])
      expect(await refusedBy(test.owner.query(`update staff_mails set ${change}`))).toBe(
        "staff_mails_history",
      );
  });
});
