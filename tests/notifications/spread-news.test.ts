import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { spreadNews } from "~server/jobs/spread-news.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { noteNews } from "~server/notifications/note-news.server";
import { sendNotices } from "~server/notifications/send-notices.server";
import { settleStuckNotices } from "~server/notifications/settle-stuck-notices.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { leaveAddress } from "~tests/factories/left-address";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { mailServer, type MailServer } from "~tests/setup/mail-server";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
const DAY = "2026-03-02";
const SUBJECT = { subjectKind: "site", name: "一案多报", sites: "https://spread-news.example/", uscc: "" };
let portal: TestPortal;
let plain: Database;
let desk: StaffActor;
let triage: StaffActor;
let server: MailServer;
let leadId = "";
const tipIds: string[] = [];

async function joinLead(address: string | null): Promise<string> {
  const seeded = { ...portal, db: test.db };
  const made = await sendReport(seeded, { subject: SUBJECT });
  if (address !== null) await leaveAddress(seeded, made.tipId, address);
  leadId = made.leadId;
  return made.tipId;
}

beforeAll(async () => {
  plain = openDatabase(test.applicationUrl, { max: 12 });
  portal = { ...testPortal(test.db), db: plain };
  const seeded = { ...portal, db: test.db };
  await installTestPack(seeded);
  desk = await makePerson(seeded, "leading-office", ["notice_desk"]);
  triage = await makePerson(seeded, "leading-office", ["triage_officer"]);
  for (let at = 0; at < 6; at += 1) tipIds.push(await joinLead(at === 2 ? null : `r${at}@reporter.example`));
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

const act = (on = DAY) => withActor(plain, triage, (tx) => noteNews(tx, { leadId }, on));

type Row = { id: string; tip: string; status: string; on: string };
async function notices(tipId?: string): Promise<Row[]> {
  const { rows } = await test.owner.query<Row>(
    `select id, tip_id as tip, status, raised_on::text as on from notices
      where $1::uuid is null or tip_id = $1 order by raised_on, id`,
    [tipId ?? null],
  );
  return rows;
}
const waiting = async () => (await notices()).filter(({ status }) => status === "waiting");
const left = async () => (await test.owner.query("select 1 from news")).rowCount;
const one = () => tipIds[0] ?? "";
const send = (noticeId: string) =>
  sendNotices(portal, { mails: [{ noticeId, address: "r0@reporter.example" }] }, desk);

describe("news of a lead", () => {
  it("is one row in its act's transaction, gone with the act when that fails", async () => {
    await act();
    expect([await left(), await notices()]).toEqual([1, []]);
    await expect(
      withActor(plain, triage, async (tx) => {
        await noteNews(tx, { leadId }, DAY);
        throw new Error("the act failed");
      }),
    ).rejects.toThrow("the act failed");
    expect(await left()).toBe(1);
  });

  it("becomes notices some at a time, goes on where it was cut off, and makes none twice", async () => {
    await act();
    let runs = 0;
    const cut = await spreadNews(plain, { batch: 2, keepOn: () => (runs += 1) <= 2 });
    expect([cut.notices, await left()]).toEqual([3, 1]);
    const [first] = await waiting();
    // Sent between two batches: going on makes no second one.
    await send(first?.id ?? "");
    expect(await spreadNews(plain, { batch: 2 })).toEqual({ notices: 2 });
    expect([(await notices()).length, await left()]).toEqual([5, 0]);
    expect(await spreadNews(plain)).toEqual({ notices: 0 });
  });

  it("is spread once by however many servers at the same time", async () => {
    await Promise.all([act(), act("2026-03-03"), act("2026-03-04")]);
    const made = await Promise.all(Array.from({ length: 6 }, () => spreadNews(plain, { batch: 1 })));
    // A server that found the others at all news leaves the rest to them.
    await spreadNews(plain);
    expect(made.reduce((sum, { notices: n }) => sum + n, 0)).toBe(5);
    expect(new Set((await waiting()).map(({ tip }) => tip)).size).toBe(5);
    expect([(await notices()).length, await left()]).toEqual([5, 0]);
  });

  it("is told to nobody whose report joined after it, or whose receipt was closed before it was spread", async () => {
    await act();
    const late = await joinLead("late@reporter.example");
    const gone = tipIds[1] ?? "";
    let spread: Promise<unknown> = Promise.resolve();
    // Closed at this very moment: the job waits for it.
    await withActor(test.db, systemActor("test"), async (tx) => {
      await tx.execute(
        `update tips set receipt_closed_on = current_date, receipt_closed_why = 'withdrawn' where id = '${gone}'`,
      );
      spread = spreadNews(plain);
      await new Promise((resume) => setTimeout(resume, 50));
    });
    await spread;
    const told = (await waiting()).map(({ tip }) => tip);
    expect(told).toHaveLength(4);
    expect(told).not.toContain(late);
    expect(told).not.toContain(gone);
  });

  it("is seen by nobody but the portal", async () => {
    await act();
    for (const role of ["triage_officer", "notice_desk", "auditor", "administrator"] as const) {
      const actor: StaffActor = { ...triage, roles: [role] };
      const { rows } = await withActor(plain, actor, (tx) => tx.execute("select 1 from news"));
      expect(rows).toEqual([]);
    }
  });
});

describe("news that comes while a mail is under way", () => {
  const tell = (on: string) => withActor(plain, triage, (tx) => noteNews(tx, { tipIds: [one()] }, on));

  it("waits for a mail of its own", async () => {
    await tell(DAY);
    const [first] = await notices();
    server.next("hang-after");
    const sending = send(first?.id ?? "");
    await expect.poll(async () => (await notices())[0]?.status).toBe("sending");
    await tell("2026-03-09");
    await act("2026-03-10");
    await spreadNews(plain);
    await sending;
    expect((await notices(one())).map(({ status, on }) => [status, on])).toEqual([
      ["unknown", DAY],
      ["waiting", "2026-03-09"],
    ]);
  });

  it("stands for both where that mail has to be sent again, whoever comes first", async () => {
    for (let round = 0; round < 8; round += 1) {
      await test.owner.query("delete from notices");
      await tell(DAY);
      await test.owner.query("update notices set status = 'sending', claimed_at = now(), handled_by = $1", [
        desk.id,
      ]);
      const again = withActor(
        plain,
        desk,
        (tx) =>
          tx.execute(`update notices set status = 'waiting', claimed_at = null, handled_by = '${desk.id}'
                       where status = 'sending'`),
        { alsoRetry: ({ constraint }) => constraint === "notices_waiting_uq" },
      );
      await Promise.all([again, tell("2026-03-09")]);
      expect(await waiting()).toHaveLength(1);
      expect((await notices()).every(({ status }) => status === "waiting" || status === "dropped")).toBe(
        true,
      );
    }
  });

  it("that a member lets wait again is one notice, not two", async () => {
    await tell(DAY);
    const [first] = await notices();
    server.next("550");
    await send(first?.id ?? "");
    await Promise.all([
      settleStuckNotices(plain, { act: "again", notices: [first?.id ?? ""], at: portal.clock.now() }, desk),
      tell("2026-03-09"),
    ]);
    expect(await waiting()).toHaveLength(1);
  });
});
