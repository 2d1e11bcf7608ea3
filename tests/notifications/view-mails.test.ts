import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { staffRoles } from "~db/schema/staff";
import { watchViews } from "~server/jobs/watch-views.server";
import { createMailer } from "~server/notifications/create-mailer.server";
import { sendStaffMails } from "~server/notifications/send-staff-mails.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { saveView } from "~server/triage/save-view.server";
import { leadAt, makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { mailServer, textOfMail, type MailServer } from "~tests/setup/mail-server";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PATIENCE = { connectMs: 400, silenceMs: 400, wholeMs: 900 };
/** 10:00 in China. */
const NOW = "2026-03-02T02:00:00Z";
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
  await test.owner.query("delete from saved_views");
  portal.clock.set(NOW);
  server = await mailServer();
  portal = {
    ...portal,
    mailer: createMailer({ mail: server.settings, demo: false }, { patience: PATIENCE }),
  };
});

const mails = async () =>
  (await test.owner.query("select * from staff_mails order by created_at, id")).rows as unknown[];

async function officer(agency: string, email: string): Promise<StaffActor> {
  const person = await makePerson(seeded, agency, ["agency_officer"]);
  await test.owner.query("update staff set email = $1 where id = $2", [email, person.id]);
  return person;
}

describe("a kept view's threshold", () => {
  const keep = async (owner: StaffActor, over: { query: string; threshold?: number; shared?: boolean }) =>
    saveView(
      plain,
      {
        name: "某某理财的线索",
        shared: over.shared ?? false,
        makeDefault: false,
        query: over.query,
        threshold: over.threshold ?? 1,
        at: portal.clock.now(),
      },
      owner,
    );
  const onDay = async (day: string) => {
    portal.clock.set(`${day}T02:00:00Z`);
    const { mails: queued } = await watchViews(plain, portal.clock);
    await sendStaffMails(portal);
    return queued;
  };
  const close = (leadId: string) =>
    test.owner.query("update leads set stage = 'triage' where id = $1", [leadId]);

  it("is told once to its owner by the day it is passed, and anew only after a day on which it held", async () => {
    const own = await officer("finance", "own@finance.example");
    await officer("finance", "colleague@finance.example");
    const lead = () => leadAt(seeded, "determined", [{ agency: "finance", relation: "lead" }]);
    const first = await lead();
    await keep(own, { query: "stage=determined&name=某某", shared: true });
    const second = await lead();
    // On the day it is kept its owner has it before them; and nobody is told before the morning.
    expect(await onDay("2026-03-02")).toBe(0);
    portal.clock.set("2026-03-02T23:59:00Z");
    expect(await watchViews(plain, portal.clock)).toEqual({ mails: 0 });
    expect(await Promise.all([onDay("2026-03-03"), onDay("2026-03-03")])).toContain(1);
    expect(await onDay("2026-03-04")).toBe(0);
    expect(server.received.map(({ to }) => to[0])).toEqual(["own@finance.example"]);
    const text = textOfMail(server.received[0]!);
    expect(text).toContain("http://localhost:3000/staff/board\n");
    expect(`${text}${server.received[0]?.raw ?? ""}`).not.toMatch(/某某|determined|name=|\d+ 条/);
    // Nothing finer than the day is kept of when.
    expect(await mails()).toMatchObject([
      {
        kind: "view",
        status: "sent",
        data: { on: "2026-03-03" },
        created_at: new Date("2026-03-03T00:00:00Z"),
      },
    ]);
    await close(first);
    expect(await onDay("2026-03-05")).toBe(0);
    await test.owner.query("update leads set stage = 'determined' where id = $1", [first]);
    expect(await onDay("2026-03-06")).toBe(1);
    expect(server.received).toHaveLength(2);
    await close(second);
  });

  it.each<[string, (owner: StaffActor) => Promise<unknown>]>([
    [
      "their role was taken away",
      ({ id }) =>
        test.db.orm.update(staffRoles).set({ revokedAt: new Date() }).where(eq(staffRoles.staffId, id)),
    ],
    [
      "they are suspended",
      ({ id }) => test.owner.query("update staff set status = 'suspended' where id = $1", [id]),
    ],
    [
      "they removed the view",
      ({ id }) => test.owner.query("delete from saved_views where owner_id = $1", [id]),
    ],
  ])("is not told once %s, before it is counted or before the mail leaves", async (_what, change) => {
    const cards = [{ agency: "market-regulation", relation: "lead" }] as const;
    for (const _ of [1, 2]) await leadAt(seeded, "investigating", cards);
    const [early, late] = [
      await officer("market-regulation", "early@market.example"),
      await officer("market-regulation", "late@market.example"),
    ];
    for (const owner of [early, late]) await keep(owner, { query: "stage=investigating" });
    await change(early);
    portal.clock.set("2026-03-03T02:00:00Z");
    expect(await watchViews(plain, portal.clock)).toEqual({ mails: 1 });
    await change(late);
    await sendStaffMails(portal);
    expect(server.received).toEqual([]);
    expect(await mails()).toMatchObject([{ status: "unsent", fault: "superseded" }]);
  });

  it("is counted in its owner's own sight", async () => {
    const own = await officer("banking-regulation", "own@bank.example");
    await leadAt(seeded, "investigating", [{ agency: "finance", relation: "lead" }]);
    await keep(own, { query: "", threshold: 0 });
    expect(await onDay("2026-03-03")).toBe(0);
  });
});
