import { beforeAll, describe, expect, it } from "vitest";
import { action, loader } from "~/routes/staff.board";
import { action as bulkAction, loader as bulkLoader } from "~/routes/staff.board_.bulk.$setId";
import { loader as search } from "~/routes/staff.search";
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

  it("tells on a stale card what somebody else changed, and who", async () => {
    const { leadId } = await sendReport(portal);
    await board("", triage, { leadId, version: "1", to: "triage" });
    const stale = await board("?view=all", triage, {
      leadId,
      version: "1",
      to: "rejected",
      note: "重复的理由",
    });
    expect(stale).toMatchObject({
      status: 409,
      body: {
        changes: [{ field: "stage", was: "new", becomes: "triage" }],
        state: { values: { note: "重复的理由" } },
      },
    });
  });

  it("opens with a person's own view, and the whole board at an address of its own", async () => {
    const person = await makePerson(portal, "leading-office", ["triage_officer"]);
    const view = { intent: "saveView", name: "重大的", threshold: "", makeDefault: "yes" };
    expect((await board("?major=yes&open=x&page=3", person, { ...view, threshold: "abc" })).status).toBe(400);
    expect((await board("?major=yes&open=x&page=3", person, view)).status).toBe(302);
    expect((await board("", person)).location).toBe("/staff/board?major=yes");
    expect((await board("?view=all", person)).status).toBe(200);
    expect((await board("?view=all", person, view)).status).toBe(409);
  });

  it("opens a lead beside the board only for who sees it", async () => {
    const leadId = await leadAt(portal, "dispatched", [{ agency: "police", relation: "lead" }]);
    expect((await board(`?open=${leadId}`, triage)).field("panel")).toMatchObject({ id: leadId });
    for (const actor of [stranger]) expect((await board(`?open=${leadId}`, actor)).field("panel")).toBeNull();
    expect((await board("?open=nonsense", triage)).field("panel")).toBeNull();
  });

  it("freezes ticked cards, or all of a view, for one act, each row told apart", async () => {
    const ids = [await leadAt(portal, "new"), await leadAt(portal, "new")];
    const picks = ids.map((id) => `${id}:1`);
    const frozen = await call(action, {
      portal,
      actor: triage,
      url: "/staff/board?view=all",
      form: { intent: "freeze", pick: [...picks, "nonsense"] },
    });
    const setId = frozen.location?.split("/").at(-1) ?? "";
    const bulk = (form?: Record<string, string>, actor = triage) =>
      call(form ? bulkAction : bulkLoader, {
        portal,
        actor,
        url: frozen.location ?? "",
        params: { setId },
        form,
      });
    expect((await bulk()).field("rows")).toHaveLength(2);
    expect((await bulk(undefined, stranger)).status).toBe(404);
    expect((await bulk({ act: "assign", assignee: "whoever" })).status).toBe(400);
    expect((await bulk({ act: "move", to: "rejected", note: "不属于受理范围" })).status).toBe(302);
    expect((await bulk()).text.match(/"result":"done"/g)).toHaveLength(2);
    expect((await bulk({ act: "move", to: "rejected", note: "再来一次" })).status).toBe(409);
    expect((await board("?view=all", triage, { intent: "freeze" })).status).toBe(400);
    expect((await board("?stage=rejected", triage, { intent: "freezeAll" })).location).toMatch(
      /board\/bulk\//,
    );
  });

  it("is searched at an address of its own", async () => {
    await sendReport(portal, { subject: { subjectKind: "organisation", name: "凤凰理财" } });
    const find = (actor: StaffActor) => call(search, { portal, actor, url: "/staff/search?q=凤凰" });
    expect((await find(triage)).field("count")).toBe(1);
    expect((await find(stranger)).field("count")).toBe(0);
    expect((await call(search, { portal, actor: triage, url: "/staff/search?page=x" })).status).toBe(200);
  });
});
