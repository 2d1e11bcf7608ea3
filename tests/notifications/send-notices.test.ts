import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addressOf } from "~/forms/notices";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { CLAIM_MINUTES, releaseNotices } from "~server/jobs/release-notices.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { listWaitingNotices } from "~server/notifications/list-waiting-notices.server";
import { noteNews } from "~server/notifications/note-news.server";
import { readNoticeDesk } from "~server/notifications/read-notice-desk.server";
import { sendNotices } from "~server/notifications/send-notices.server";
import { settleStuckNotices } from "~server/notifications/settle-stuck-notices.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { createReceipt } from "~server/secrecy/receipt";
import { type StaffActor } from "~server/staff-auth/actor";
import { leaveAddress } from "~tests/factories/left-address";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { mailServer, textOfMail, type MailServer } from "~tests/setup/mail-server";
import { refusalOf } from "~tests/setup/refusal-of";
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
let server: MailServer;

beforeAll(async () => {
  plain = openDatabase(test.applicationUrl, { max: 12 });
  portal = { ...testPortal(test.db), db: plain };
  const seeded = { ...portal, db: test.db };
  await installTestPack(seeded);
  desk = await makePerson(seeded, "leading-office", ["notice_desk"]);
  colleague = await makePerson(seeded, "leading-office", ["notice_desk"]);
  triage = await makePerson(seeded, "leading-office", ["triage_officer"]);
});
afterAll(() => plain.pool.end());
beforeEach(async () => {
  await test.owner.query("delete from notices");
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

describe("sending a notice", () => {
  it("sends one mail in the tip's language and leaves no trace of the address", async () => {
    const { tipId, noticeId } = await withNews();
    expect(await send(noticeId)).toEqual({ noticeId, state: "sent", fault: null });
    expect(server.received).toHaveLength(1);
    expect(textOfMail(server.received[0]!)).toContain("http://localhost:3000/status");
    expect(await noticesOf(tipId)).toMatchObject([
      { status: "sent", attempts: 1, fault: null, handled_by: desk.id, claimed_at: null },
    ]);
    const { rows } = await test.owner.query(
      "select data from events where action = 'notices.sent' order by seq desc limit 1",
    );
    expect(rows).toEqual([{ data: { sent: 1, waiting: 0, unsent: 0, unknown: 0 } }]);
    // A second click, or an answer that was lost on the way back.
    expect(await send(noticeId)).toMatchObject({ state: "taken" });
    expect(server.received).toHaveLength(1);
  });

  it("speaks English to who wrote in English", async () => {
    const receipt = createReceipt();
    await saveDraft(plain, { receipt, raw: reportAnswers(), at: portal.clock.now() });
    const { tipId } = await submitTip(portal, { receipt, language: "en" });
    await leaveAddress(portal, tipId, "lin.canary@reporter.example");
    await withActor(plain, triage, (tx) => noteNews(tx, { tipIds: [tipId] }, DAY));
    await send((await noticesOf(tipId))[0]?.id ?? "");
    expect(textOfMail(server.received[0]!)).toContain("There is news now.");
  });

  it("never sends one notice twice, however many members click at once", async () => {
    const ids: string[] = [];
    for (let at = 0; at < 4; at += 1) ids.push((await withNews(`r${at}@reporter.example`)).noticeId);
    const mails = ids.map((noticeId) => ({ noticeId, address: `${noticeId}@reporter.example` }));
    const both = await Promise.all(
      [desk, colleague, desk, colleague].map((actor) => sendNotices(portal, { mails }, actor)),
    );
    const states = both.flatMap(({ results }) => results.map(({ state }) => state));
    expect(states.filter((state) => state === "sent")).toHaveLength(4);
    expect(states.filter((state) => state === "taken")).toHaveLength(12);
    expect(server.received.map(({ to }) => to[0]).sort()).toEqual(mails.map(({ address }) => address).sort());
  });

  it("reports a refusal for good, and sends again only once a member says so", async () => {
    const { tipId, noticeId } = await withNews();
    server.next("550");
    expect(await send(noticeId)).toEqual({ noticeId, state: "unsent", fault: "550" });
    expect(await send(noticeId)).toMatchObject({ state: "taken" });
    const settle = (act: "again" | "drop") =>
      settleStuckNotices(plain, { act, notices: [noticeId], at: portal.clock.now() }, colleague);
    expect(await settle("again")).toEqual({ settled: 1 });
    expect(await settle("again")).toEqual({ settled: 0 });
    expect(await send(noticeId)).toMatchObject({ state: "sent" });
    expect(await noticesOf(tipId)).toMatchObject([{ status: "sent", attempts: 2 }]);
    expect(await settle("drop")).toEqual({ settled: 0 });
  });

  it.each(["421", "hang", "cut-before"] as const)(
    "after %s waits, and goes with the next click",
    async (manner) => {
      const { tipId, noticeId } = await withNews();
      server.next(manner);
      expect(await send(noticeId)).toMatchObject({ state: "later" });
      expect(await noticesOf(tipId)).toMatchObject([{ status: "waiting", attempts: 1, claimed_at: null }]);
      expect(await send(noticeId)).toMatchObject({ state: "sent" });
      expect(server.received).toHaveLength(1);
    },
  );

  it("cut off after the text is unknown, and is not sent again by itself", async () => {
    const { tipId, noticeId } = await withNews();
    server.next("cut-after");
    expect(await send(noticeId)).toEqual({ noticeId, state: "unknown", fault: "interrupted" });
    expect(await send(noticeId)).toMatchObject({ state: "taken" });
    const at = portal.clock.now();
    expect((await listWaitingNotices(plain, { after: null, at }, desk)).notices).toEqual([]);
    expect((await readNoticeDesk(plain, desk)).unknown).toMatchObject([
      { id: noticeId, fault: "interrupted" },
    ]);
    await settleStuckNotices(plain, { act: "drop", notices: [noticeId], at }, desk);
    expect(await noticesOf(tipId)).toMatchObject([{ status: "dropped" }]);
  });

  it("that a server's end cut off becomes unknown after a while, and not before", async () => {
    const { tipId, noticeId } = await withNews();
    const since = new Date(portal.clock.now().getTime() - CLAIM_MINUTES * 60_000);
    await test.owner.query("update notices set status = 'sending', claimed_at = $1, handled_by = $2", [
      since,
      desk.id,
    ]);
    expect(await releaseNotices(plain, portal.clock)).toEqual({ released: 0 });
    portal.clock.set(new Date(portal.clock.now().getTime() + 1000));
    expect(await releaseNotices(plain, portal.clock)).toEqual({ released: 1 });
    expect(await noticesOf(tipId)).toMatchObject([{ status: "unknown", claimed_at: null }]);
    expect(await send(noticeId)).toMatchObject({ state: "taken" });
  });

  it("that a member lets wait again gives way to newer news of the same tip", async () => {
    const { tipId, noticeId } = await withNews();
    server.next("550");
    await send(noticeId);
    await withActor(plain, triage, (tx) => noteNews(tx, { tipIds: [tipId] }, "2026-03-20"));
    await settleStuckNotices(plain, { act: "again", notices: [noticeId], at: portal.clock.now() }, desk);
    expect(await noticesOf(tipId)).toMatchObject([
      { status: "dropped", raised_on: DAY },
      { status: "waiting", raised_on: "2026-03-20" },
    ]);
  });

  it("is refused in one sentence where no mail server is set, and nothing is claimed", async () => {
    const { tipId, noticeId } = await withNews();
    portal = { ...portal, mailer: createMailer({ mail: null, demo: false }) };
    expect(await refusalOf(send(noticeId))).toBe("mail_not_set");
    expect(await noticesOf(tipId)).toMatchObject([{ status: "waiting", attempts: 0 }]);
  });

  it("puts no address into the log, an answer or the database, whatever goes wrong", async () => {
    const canary = "zq7canary@xk9reporter.example";
    const answers: unknown[] = [];
    for (const manner of ["take", "550", "421", "hang", "cut-before", "cut-after", "d554"] as const) {
      const { noticeId } = await withNews(canary);
      server.next(manner);
      answers.push(await send(noticeId, desk, canary));
    }
    const broken: Database = openDatabase(test.applicationUrl, { max: 1 });
    await broken.pool.end();
    const { noticeId } = await withNews(canary);
    answers.push(
      await sendNotices({ ...portal, db: broken }, { mails: [{ noticeId, address: canary }] }, desk),
    );
    const marks = ["zq7canary", "xk9reporter", Buffer.from(canary).toString("base64").slice(0, 20)];
    const dumped: string[] = [];
    const { rows: tables } = await test.owner.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    );
    for (const { name } of tables) {
      const { rows } = await test.owner.query<{ all: string | null }>(
        `select string_agg(t::text, ' ') as all from "${name}" t`,
      );
      dumped.push(rows[0]?.all ?? "");
    }
    const everything = `${dumped.join("\n")}${JSON.stringify(answers)}${portal.logged()}`;
    expect(portal.logged()).toContain("notice not recorded");
    for (const mark of marks) expect(everything).not.toContain(mark);
  });
});

describe("an address as it was sealed", () => {
  it.each([
    [`{"email":"a.b+c@x.example"}`, "a.b+c@x.example"],
    [`{"email":"张三@例子.中国"}`, "张三@例子.中国"],
    [`{"phone":"13800000000"}`, null],
    [`{"email":"a@x.example>\\r\\nRCPT TO:<b@y.example"}`, null],
    [`{"email":"a@x.example,b@y.example"}`, null],
    [`{"email":["a@x.example"]}`, null],
    ["no json", null],
  ])("%s gives %s", (sealed, address) => {
    expect(addressOf(sealed)).toBe(address);
  });
});
