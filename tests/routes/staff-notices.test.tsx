import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as mailRoute from "~/routes/staff.mail";
import * as mailbox from "~/routes/staff.mailbox";
import * as notices from "~/routes/staff.notices";
import * as sending from "~/routes/staff.notices_.send";
import { withActor } from "~db/with-actor.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { noteNews } from "~server/notifications/note-news.server";
import { sendStaffMails } from "~server/notifications/send-staff-mails.server";
import { inviteByMail } from "~server/staff-auth/invite-by-mail.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leaveAddress } from "~tests/factories/left-address";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { mailServer } from "~tests/setup/mail-server";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const ADDRESS = "route.canary@reporter.example";
let portal: TestPortal;
let desk: StaffActor;
let triage: StaffActor;
let administrator: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  desk = await makePerson(portal, "leading-office", ["notice_desk"]);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  administrator = await makePerson(portal, "leading-office", ["administrator"]);
});
beforeEach(async () => {
  await test.owner.query("delete from notices");
  portal = { ...portal, mailer: createMailer({ mail: null, demo: true }, { now: () => portal.clock.now() }) };
});

async function news(): Promise<string> {
  const { tipId } = await sendReport(portal);
  await leaveAddress(portal, tipId, ADDRESS);
  await withActor(test.db, triage, (tx) => noteNews(tx, { tipIds: [tipId] }, "2026-03-02"));
  const { rows } = await test.owner.query<{ id: string }>("select id from notices where tip_id = $1", [
    tipId,
  ]);
  return rows[0]?.id ?? "";
}

const post = (json: unknown, actor = desk) =>
  call(sending.action, { portal, actor, url: "/staff/notices/send", json });
const look = (actor = desk, query = "") =>
  call(notices.loader, { portal, actor, url: `/staff/notices${query}` });

describe("the notice desk's page", () => {
  it("says how many wait and since when, and knows no address", async () => {
    await news();
    const page = await look();
    expect(page.body).toMatchObject({
      counts: { waiting: 1 },
      since: "2026-03-02",
      mailer: "mailbox",
      sends: true,
    });
    expect(page.text).not.toContain("canary");
  });

  it("lets a member decide about ticked ones, and asks for a tick first", async () => {
    const id = await news();
    await test.owner.query("update notices set status = 'sending', claimed_at = now()");
    await test.owner.query("update notices set status = 'unsent', claimed_at = null, fault = '550'");
    const form = (fields: Record<string, string | string[]>) =>
      call(notices.action, { portal, actor: desk, url: "/staff/notices", form: fields });
    expect(await form({ act: "again" })).toMatchObject({
      status: 400,
      body: { errors: { notices: "chooseNotices" } },
    });
    expect((await form({ act: "again", notices: id })).location).toBe("/staff/notices?settled=1");
    expect((await look(desk, "?settled=1")).body).toMatchObject({ settled: 1, counts: { waiting: 1 } });
  });
});

describe("the endpoint of the desk's browser", () => {
  it("lists sealed addresses and sends to those that were opened; the mail is in the demonstration's mailbox", async () => {
    const noticeId = await news();
    const listed = await post({ step: "list", after: null });
    expect(listed.body).toMatchObject({ notices: [{ id: noticeId, contact: { state: "sealed" } }] });
    expect(listed.text).not.toContain("canary");
    const sent = await post({ step: "send", mails: [{ noticeId, address: ADDRESS }] });
    expect(sent.body).toEqual({ results: [{ noticeId, state: "sent", fault: null }] });
    expect(sent.text).not.toContain("canary");
    const box = await call(mailbox.loader, { portal, actor: triage, url: "/staff/mailbox" });
    expect(box.body).toMatchObject({ mails: [{ to: ADDRESS, subject: "您有一条新消息" }] });
  });

  it.each<[string, unknown]>([
    ["no JSON", "…"],
    ["no step", {}],
    [
      "two addresses in one",
      { step: "send", mails: [{ noticeId: crypto.randomUUID(), address: "a@x.example,b@y.example" }] },
    ],
    [
      "a line break",
      {
        step: "send",
        mails: [{ noticeId: crypto.randomUUID(), address: "a@x.example\r\nBcc: b@y.example" }],
      },
    ],
    [
      "too many",
      {
        step: "send",
        mails: Array.from({ length: 11 }, () => ({ noticeId: crypto.randomUUID(), address: "a@x.example" })),
      },
    ],
    ["none", { step: "send", mails: [] }],
    ["a strange cursor", { step: "list", after: { on: "yesterday", id: "1" } }],
  ])("refuses %s with 400 and repeats none of it", async (_what, json) => {
    const answer = await post(json);
    expect(answer).toMatchObject({ status: 400, body: { error: "bad_request", message: "" } });
    expect(portal.mailer.list()).toEqual([]);
  });

  it("says in one sentence that no mail server is set, and asks demo sessions for a passkey before a real one", async () => {
    const noticeId = await news();
    const mails = [{ noticeId, address: ADDRESS }];
    portal = { ...portal, mailer: createMailer({ mail: null, demo: false }) };
    expect(await post({ step: "send", mails })).toMatchObject({
      status: 409,
      body: { error: "mail_not_set" },
    });
    const { settings, received } = await mailServer();
    portal = { ...portal, mailer: createMailer({ mail: settings, demo: true }) };
    const demo: StaffActor = { ...desk, method: "demo" };
    expect(await post({ step: "send", mails }, demo)).toMatchObject({
      status: 403,
      body: { error: "passkey_needed" },
    });
    expect(received).toEqual([]);
    await portal.mailer.close();
  });

  it("is nothing to look at", async () => {
    expect((await call(sending.loader, { portal, actor: desk, url: "/staff/notices/send" })).status).toBe(
      404,
    );
  });
});

describe("the demonstration's mailbox", () => {
  it("is not there where mail really leaves, or waits", async () => {
    const { settings } = await mailServer();
    for (const mail of [settings, null]) {
      const mailer = createMailer({ mail, demo: mail !== null });
      const answer = await call(mailbox.loader, {
        portal: { ...portal, mailer },
        actor: administrator,
        url: "/staff/mailbox",
      });
      expect(answer.status).toBe(404);
    }
  });
});

describe("the page on mail to staff", () => {
  it("lists what did not leave without what it says, and sends it again on an administrator's word", async () => {
    await inviteByMail(
      test.db,
      {
        displayName: "新同事",
        agencyId: "jinhua.police",
        roles: ["auditor"],
        email: "x@office.example",
        clock: portal.clock,
      },
      administrator,
    );
    const server = await mailServer();
    const { settings, received } = server;
    portal = { ...portal, mailer: createMailer({ mail: settings, demo: false }) };
    server.next("550");
    await sendStaffMails(portal);
    const page = await call(mailRoute.loader, { portal, actor: administrator, url: "/staff/mail" });
    expect(page.body).toMatchObject({
      mails: [{ person: "新同事", status: "unsent", fault: "550" }],
      manages: true,
    });
    expect(page.text).not.toContain("@");
    const id = (page.field("mails") as { id: string }[])[0]?.id ?? "";
    const again = (mailId: string) =>
      call(mailRoute.action, { portal, actor: administrator, url: "/staff/mail", form: { mailId } });
    expect((await again(id)).location).toBe("/staff/mail?done=again");
    expect((await again(id)).status).toBe(409);
    expect((await again("no-id")).status).toBe(404);
    await sendStaffMails(portal);
    expect(received).toHaveLength(1);
    await portal.mailer.close();
  });
});
