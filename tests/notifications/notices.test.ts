import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressOf } from "~/forms/notices";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { spreadNews } from "~server/jobs/spread-news.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { listWaitingNotices } from "~server/notifications/list-waiting-notices.server";
import { noteNews } from "~server/notifications/note-news.server";
import { readNoticeDesk } from "~server/notifications/read-notice-desk.server";
import { sendNotices } from "~server/notifications/send-notices.server";
import { settleStuckNotices } from "~server/notifications/settle-stuck-notices.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { openBundle } from "~server/secrecy/open-bundle";
import { systemActor, type Actor, type StaffActor } from "~server/staff-auth/actor";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { leaveAddress } from "~tests/factories/left-address";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import { testDatabase } from "~tests/setup/database";
import { mailServer, type MailServer } from "~tests/setup/mail-server";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
const DAY = "2026-03-02";
let portal: TestPortal;
/** As the server connects: for nobody until a transaction says. */
let plain: Database;
let desk: StaffActor;
let colleague: StaffActor;
let triage: StaffActor;
let keyring: OpenKeyring;
let server: MailServer;

beforeAll(async () => {
  plain = openDatabase(test.applicationUrl, { max: 12 });
  portal = { ...testPortal(test.db), db: plain };
  const seeded = { ...portal, db: test.db };
  await installTestPack(seeded);
  desk = await makePerson(seeded, "leading-office", ["notice_desk"]);
  colleague = await makePerson(seeded, "leading-office", ["notice_desk"]);
  triage = await makePerson(seeded, "leading-office", ["triage_officer"]);
  keyring = await holdKeys(seeded, desk);
});
afterAll(() => plain.pool.end());
beforeEach(async () => {
  await test.owner.query("delete from notices");
  await test.owner.query("delete from news");
  server = await mailServer();
  portal = {
    ...portal,
    mailer: createMailer({ mail: server.settings, demo: false }, { patience: PATIENCE }),
  };
});

/** A tip whose reporter left an address, and there is news. */
async function withNews(email = "lin.canary@reporter.example"): Promise<{ tipId: string; noticeId: string }> {
  const { tipId } = await sendReport({ ...portal, db: test.db });
  await leaveAddress({ ...portal, db: test.db }, tipId, email);
  await withActor(plain, triage, (tx) => noteNews(tx, { tipIds: [tipId] }, DAY));
  return { tipId, noticeId: (await noticesOf(tipId))[0]?.id ?? "" };
}

type Row = {
  id: string;
  status: string;
  attempts: number;
  fault: string | null;
  handled_by: string | null;
  claimed_at: Date | null;
  raised_on: string;
};

async function noticesOf(tipId: string): Promise<Row[]> {
  const { rows } = await test.owner.query<Row>(
    `select id, status, attempts, fault, handled_by, claimed_at, raised_on::text as raised_on
       from notices where tip_id = $1 order by notices.raised_on, id`,
    [tipId],
  );
  return rows;
}

const send = (noticeId: string, actor = desk, address = "lin.canary@reporter.example") =>
  sendNotices(portal, { mails: [{ noticeId, address }] }, actor).then(({ results }) => results[0]);

describe("noting news", () => {
  it("makes one waiting notice for each tip with an address and an open receipt, however often there is news", async () => {
    const seeded = { ...portal, db: test.db };
    const one = await withNews();
    const without = await sendReport(seeded);
    const withdrawn = await sendReport(seeded);
    await leaveAddress(seeded, withdrawn.tipId, "gone@reporter.example");
    await test.owner.query(
      "update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = $1",
      [withdrawn.tipId],
    );
    for (const on of [DAY, "2026-03-05"])
      await withActor(plain, triage, (tx) =>
        noteNews(tx, { tipIds: [one.tipId, without.tipId, withdrawn.tipId] }, on),
      );
    const { rows } = await test.owner.query<Row>(
      "select id, status, attempts, raised_on::text as raised_on from notices",
    );
    expect(rows).toMatchObject([{ id: one.noticeId, status: "waiting", raised_on: DAY, attempts: 0 }]);
  });

  it("of a lead reaches all its tips after its act, and later news makes a new notice once the first is sent", async () => {
    const subject = {
      subjectKind: "site",
      name: "一案多报",
      sites: "https://many-notices.example/",
      uscc: "",
    };
    const tips: { tipId: string; leadId: string }[] = [];
    for (let at = 0; at < 3; at += 1) {
      const made = await sendReport({ ...portal, db: test.db }, { subject });
      if (at < 2) await leaveAddress({ ...portal, db: test.db }, made.tipId, `a${at}@reporter.example`);
      tips.push(made);
    }
    const leadId = tips[0]?.leadId ?? "";
    const note = async (on: string) => {
      await withActor(plain, triage, (tx) => noteNews(tx, { leadId }, on));
      return spreadNews(plain);
    };
    expect(await note(DAY)).toEqual({ notices: 2 });
    const first = (await noticesOf(tips[0]?.tipId ?? ""))[0];
    expect((await test.owner.query("select 1 from notices")).rowCount).toBe(2);
    expect(await send(first?.id ?? "")).toMatchObject({ state: "sent" });
    await note("2026-03-09");
    expect(await noticesOf(tips[0]?.tipId ?? "")).toMatchObject([
      { status: "sent", raised_on: DAY },
      { status: "waiting", raised_on: "2026-03-09" },
    ]);
  });

  it("tells those who note it nothing of who left an address, and asks for nothing they do not see", async () => {
    const { tipId } = await withNews();
    await test.owner.query("delete from notices");
    const outsider = await makePerson({ ...portal, db: test.db }, "police", ["agency_officer"]);
    await withActor(plain, outsider, (tx) => noteNews(tx, { tipIds: [tipId] }, DAY));
    expect(await noticesOf(tipId)).toEqual([]);
    await withActor(plain, triage, async (tx) => {
      expect(await noteNews(tx, { tipIds: [tipId] }, DAY)).toBeUndefined();
      expect((await tx.execute("select id from notices")).rows).toEqual([]);
      expect((await tx.execute("select 1 from sealed_values where field = 'contact'")).rows).toEqual([]);
    });
    expect(await noticesOf(tipId)).toHaveLength(1);
  });

  it.each([
    "hotline_operator",
    "notice_desk",
    "identity_custodian",
    "window_clerk",
    "administrator",
  ] as const)("is refused to %s, even past the application", async (role) => {
    const { tipId } = await withNews();
    const actor: StaffActor = { ...triage, roles: [role] };
    const ask = withActor(plain, actor, (tx) =>
      tx.execute(sql`select note_news_of_tips(array[${tipId}::uuid], current_date)`),
    );
    expect(await refusedBy(ask)).toBe("notices_teller");
  });

  it("of a tip whose reporter withdraws is dropped with the receipt", async () => {
    const { tipId } = await withNews();
    await test.owner.query(
      "update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = $1",
      [tipId],
    );
    expect(await noticesOf(tipId)).toMatchObject([{ status: "dropped" }]);
  });

  it("is of no tip on a lead that is not theirs, even past the application", async () => {
    const { tipId } = await withNews();
    await test.owner.query("delete from notices");
    const { rows } = await test.owner.query<{ lead_id: string }>("select lead_id from tips where id = $1", [
      tipId,
    ]);
    const leadId = rows[0]?.lead_id ?? "";
    for (const role of ["agency_officer", "finance_approver"] as const) {
      await withActor(plain, { ...triage, roles: [role] }, (tx) =>
        tx.execute(sql`select note_news_of_tips(array[${tipId}::uuid], current_date),
          note_news_of_lead(${leadId}::uuid, current_date)`),
      );
    }
    expect(await spreadNews(plain)).toEqual({ notices: 0 });
    expect(await noticesOf(tipId)).toEqual([]);
  });

  it("that was under way when its receipt was closed does not wait again", async () => {
    const { tipId } = await withNews();
    await test.owner.query(
      "update notices set status = 'sending', claimed_at = now(), handled_by = $2 where tip_id = $1",
      [tipId, desk.id],
    );
    await test.owner.query(
      "update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = $1",
      [tipId],
    );
    await test.owner.query("update notices set status = 'waiting', claimed_at = null where tip_id = $1", [
      tipId,
    ]);
    expect(await noticesOf(tipId)).toMatchObject([{ status: "dropped" }]);
  });
});

describe("the notice desk's list", () => {
  it("hands out addresses the member's browser opens, page by page, and says so in the trail", async () => {
    const one = await withNews("one@reporter.example");
    const two = await withNews("two@reporter.example");
    const at = portal.clock.now();
    const { notices } = await listWaitingNotices(plain, { after: null, at }, desk);
    expect(new Set(notices.map(({ id }) => id))).toEqual(new Set([one.noticeId, two.noticeId]));
    const opened = new Map<string, string | null>();
    for (const { id, contact } of notices) {
      if (contact.state !== "sealed") throw new Error(contact.state);
      const text = await openBundle(contact, keyring.roleKeys);
      opened.set(id, text.state === "open" ? addressOf(text.text) : text.state);
    }
    expect(opened.get(one.noticeId)).toBe("one@reporter.example");
    expect(opened.get(two.noticeId)).toBe("two@reporter.example");
    const [first] = notices;
    const after = { on: first?.raisedOn ?? "", id: first?.id ?? "" };
    expect((await listWaitingNotices(plain, { after, at }, desk)).notices).toHaveLength(1);
    const { rows } = await test.owner.query(
      "select data from events where action = 'notices.opened' and actor_id = $1 order by seq",
      [desk.id],
    );
    expect(rows.map((row: { data: unknown }) => row.data)).toEqual([{ notices: 2 }, { notices: 1 }]);
  });

  it("leaves to colleagues what a member is recused from", async () => {
    const { tipId, noticeId } = await withNews();
    await test.owner.query(
      `insert into lead_recusals (id, lead_id, staff_id, reason, declared_at)
       select $1, lead_id, $2, '亲属任职', now() from tips where id = $3`,
      [uuidv7(), desk.id, tipId],
    );
    const at = portal.clock.now();
    expect((await listWaitingNotices(plain, { after: null, at }, desk)).notices).toEqual([]);
    expect((await listWaitingNotices(plain, { after: null, at }, colleague)).notices).toHaveLength(1);
    expect(await send(noticeId, desk)).toMatchObject({ state: "taken" });
    expect(await send(noticeId, colleague)).toMatchObject({ state: "sent" });
    await test.owner.query("update lead_recusals set ended_at = now(), ended_by = $1", [triage.id]);
  });

  it.each(ROLES.filter((role) => role !== "notice_desk"))("is not there for %s", async (role) => {
    const actor: StaffActor = { ...triage, roles: [role] };
    const at = portal.clock.now();
    expect(await refusalOf(listWaitingNotices(plain, { after: null, at }, actor))).toBe("not_found");
    expect(await refusalOf(send(uuidv7(), actor))).toBe("not_found");
    expect(await refusalOf(settleStuckNotices(plain, { act: "again", notices: [uuidv7()], at }, actor))).toBe(
      "not_found",
    );
    expect(await refusalOf(readNoticeDesk(plain, actor))).toBe(role === "auditor" ? "accepted" : "not_found");
  });
});

describe("the table of notices", () => {
  const seen = (actor: Actor) =>
    withActor(plain, actor, async (tx) => (await tx.execute("select id from notices")).rows.length);

  it.each(ROLES)("shows %s what the role may see and no more", async (role: Role) => {
    await withNews();
    const may = role === "notice_desk" || role === "auditor";
    expect(await seen({ ...triage, roles: [role] })).toBe(may ? 1 : 0);
    expect(await seen(systemActor("test"))).toBe(1);
  });

  it.each([
    [
      "made by the desk",
      "insert into notices (id, tip_id, raised_on, language) select gen_random_uuid(), tip_id, current_date, 'en' from notices",
    ],
    ["settled in another's name", `update notices set status = 'dropped', handled_by = null`],
  ])("refuses one %s", async (_what, statement) => {
    await withNews();
    const attempt = withActor(plain, desk, (tx) => tx.execute(statement));
    expect(await refusedBy(attempt)).toBe("42501");
  });

  it("lets auditors change nothing", async () => {
    const { tipId } = await withNews();
    const auditor: StaffActor = { ...triage, roles: ["auditor"] };
    await withActor(plain, auditor, (tx) => tx.execute("update notices set status = 'dropped'"));
    expect(await noticesOf(tipId)).toMatchObject([{ status: "waiting" }]);
  });

  it.each([
    ["sent", "waiting"],
    ["sent", "sending"],
    ["dropped", "waiting"],
    ["unknown", "sending"],
    ["waiting", "sent"],
  ])("lets none that is %s become %s", async (from, to) => {
    const { tipId } = await withNews();
    await test.owner.query("alter table notices disable trigger notices_history");
    await test.owner.query("update notices set status = $1", [from]);
    await test.owner.query("alter table notices enable trigger notices_history");
    const claim = to === "sending" ? "now()" : "null";
    const change = test.owner.query(
      `update notices set status = $1, claimed_at = ${claim} where tip_id = $2`,
      [to, tipId],
    );
    expect(await refusedBy(change)).toBe("notices_history");
  });
});
