import { beforeAll, describe, expect, it } from "vitest";
import { action, loader } from "~/routes/staff.board";
import type { StaffActor } from "~server/staff-auth/actor";
import { eventCount, leadAt, leadRow, makePerson, sendReport } from "~tests/factories/make-lead";
import { call, type Answer } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: StaffActor;
let stranger: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  stranger = await makePerson(portal, "market-regulation", ["agency_officer"]);
});

const board = (search: string, actor: StaffActor, form?: Record<string, string>): Promise<Answer> =>
  call(form ? action : loader, { portal, actor, url: `/staff/board${search}`, form });

type Columns = { stage: string; count: number; cards: { id: string; name: string }[] }[];
const column = (answer: Answer, stage: string) =>
  (answer.field("columns") as Columns).find((one) => one.stage === stage);

describe("the board page", () => {
  it("counts exactly and narrows by the filters of its URL", async () => {
    const { leadId } = await sendReport(portal, {
      subject: { subjectKind: "organisation", name: "百分号100%理财" },
    });
    await sendReport(portal);
    expect(column(await board("", triage), "new")?.count).toBe(2);
    const named = column(await board("?name=100%25", triage), "new");
    expect(named?.cards.map(({ id }) => id)).toEqual([leadId]);
    expect(column(await board("?major=yes", triage), "new")?.count).toBe(0);
    expect(column(await board("?sector=advertising", triage), "new")?.count).toBe(0);
    expect(column(await board("?sector=p2p&agency=&name=", triage), "new")?.count).toBe(2);
  });

  it("reads a mangled URL as no filter", async () => {
    const answer = await board("?stage=casino&page=-1&major=maybe", triage);
    expect(answer).toMatchObject({ status: 200, body: { stage: null, page: 1 } });
  });

  it.each(["name", "sector", "agency"])("reads a NUL in %s as not typed", async (field) => {
    const all = column(await board("", triage), "new")?.count;
    const answer = await board(`?${field}=%00`, triage);
    expect(answer.status).toBe(200);
    expect(column(answer, "new")?.count).toBe(all);
  });

  it("shows a body that holds nothing an empty board", async () => {
    const answer = await board("", stranger);
    expect((answer.field("columns") as Columns).every(({ count }) => count === 0)).toBe(true);
    expect(answer.field("seesAll")).toBe(false);
  });

  it("moves a card and comes back to the same view, saying what moved", async () => {
    const { leadId } = await sendReport(portal);
    const done = await board("?sector=p2p&moved=1&to=new", triage, { leadId, version: "1", to: "triage" });
    expect(done.status).toBe(302);
    expect(done.location).toMatch(/^\/staff\/board\?sector=p2p&moved=\d+&to=triage$/);
    expect((await leadRow(portal, leadId)).stage).toBe("triage");
  });

  it("says on a stale card that somebody was first, and moves nothing", async () => {
    const { leadId } = await sendReport(portal);
    await board("", triage, { leadId, version: "1", to: "triage" });
    const stale = await board("", triage, { leadId, version: "1", to: "triage" });
    expect(stale).toMatchObject({
      status: 409,
      body: { leadId, refusal: expect.stringContaining("更新过") as unknown },
    });
    expect(await eventCount(portal, leadId, "lead.moved")).toBe(1);
  });

  it("refuses a move that needs more than a press, in words", async () => {
    const { leadId } = await sendReport(portal);
    const refused = await board("", triage, { leadId, version: "1", to: "rejected" });
    expect(refused).toMatchObject({
      status: 400,
      body: { refusal: expect.stringContaining("理由") as unknown },
    });
    expect((await board("", triage, { leadId, version: "x", to: "triage" })).status).toBe(400);
  });

  it("knows no card of another body", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    expect((await board("", stranger, { leadId, version: "1", to: "investigating" })).status).toBe(404);
  });
});
