import { beforeAll, expect, test } from "vitest";
import { QuestionPage } from "~/components/report/QuestionPage";
import type { RawAnswers } from "~/forms/report";
import { createI18n } from "~/i18n/create-i18n";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { doubtMark, type Doubt } from "~/forms/report-doubts";
import * as check from "~/routes/_public.report.check";
import * as step from "~/routes/_public.report.$step";
import * as done from "~/routes/_public.report.done";
import * as overview from "~/routes/_public.report.overview";
import * as saved from "~/routes/_public.report.saved";
import * as start from "~/routes/_public.report._index";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { readDraftReceipt } from "~server/intake/draft-cookie.server";
import { readDraft } from "~server/intake/read-draft.server";
import type { TaskList } from "~server/intake/list-tasks.server";
import type { Portal } from "~server/portal.server";
import { spellReceipt } from "~server/secrecy/receipt";
import { systemActor } from "~server/staff-auth/actor";
import { testDatabase } from "~tests/setup/database";
import { ANSWERS, answerOf, citizen, htmlIn, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

type Citizen = ReturnType<typeof citizen>;

async function begun(): Promise<Citizen> {
  const reader = citizen(portal);
  const answer = await answerOf(() => start.action(reader.post("/report", [["intent", "begin"]])));
  expect(answer.location).toBe("/report/mode");
  reader.keep(answer.headers);
  return reader;
}

const send = (reader: Citizen, name: string, fields: [string, string][], query = "") =>
  answerOf(() => step.action(reader.post(`/report/${name}${query}`, fields, { step: name })));

const open = (reader: Citizen, name: string) =>
  answerOf(() => step.loader(reader.get(`/report/${name}`, { step: name })));

async function draftOf(reader: Citizen): Promise<RawAnswers> {
  const receipt = readDraftReceipt(reader.get("/").request, portal);
  const state = receipt === null ? null : await readDraft(portal, { receipt });
  return state?.kind === "draft" ? state.raw : {};
}

async function filledTo(last: string): Promise<Citizen> {
  const reader = await begun();
  for (const [name, fields] of ANSWERS) {
    await send(reader, name, fields);
    if (name === last) break;
  }
  return reader;
}

test("a step without a draft leads to the start", async () => {
  expect((await open(citizen(portal), "mode")).location).toBe("/report");
  expect(await send(citizen(portal), "mode", [["mode", "anonymous"]])).toMatchObject({
    status: 400,
    data: { kind: "draft_ended" },
  });
});

test("a page that is no step is not found", async () => {
  const reader = await begun();
  await expect(open(reader, "nothing")).resolves.toMatchObject({ status: 404 });
});

test("pages may be answered in any order, and the list of answers opens when all are", async () => {
  const reader = await filledTo("subject");
  expect(await open(reader, "narrative")).toMatchObject({ status: 200 });
  expect((await send(reader, "narrative", [["narrative", "x".repeat(30)]])).location).toBe("/report/source");
  expect(await open(reader, "mode")).toMatchObject({ status: 200, data: { values: { mode: "anonymous" } } });
  const list = await answerOf(() => check.loader(reader.get("/report/check")));
  expect(list.location).toBe("/report/overview");
});

test("a page only a named reporter is asked is none of an anonymous one's", async () => {
  const reader = await filledTo("narrative");
  expect((await open(reader, "identity")).location).toBe("/report/overview");
  expect((await send(reader, "contact", [["contactPhone", "13800000000"]])).location).toBe(
    "/report/overview",
  );
  expect((await draftOf(reader)).contact).toBeUndefined();
});

test("an empty page is refused, and says which choice is missing", async () => {
  const reader = await begun();
  const answer = await send(reader, "mode", []);
  expect(answer).toMatchObject({ status: 400, data: { errors: { mode: "chooseOne" } } });
});

test("a refused page comes back exactly as typed, with a summary that leads to the field", async () => {
  const reader = await filledTo("kind");
  const typed: [string, string][] = [
    ["name", "  鑫利１２３  "],
    ["uscc", "９１ wrong"],
  ];
  const answer = await send(reader, "subject", typed);
  expect(answer).toMatchObject({ status: 400, data: { values: Object.fromEntries(typed) } });
  const page = await open(reader, "subject");
  const { errors, values } = answer.data as Parameters<typeof QuestionPage>[0];
  const { step: name, back, at, of, offer } = page.data as Parameters<typeof QuestionPage>[0];
  const html = htmlIn("zh-CN", <QuestionPage {...{ step: name, back, at, of, offer, errors, values }} />);
  expect(html).toContain('value="  鑫利１２３  "');
  expect(html).toContain('value="９１ wrong"');
  expect(html).toContain('href="#uscc"');
  expect(html).toMatch(/aria-describedby="uscc-hint uscc-error" aria-invalid="true"/);
});

test("all faults of a page are told at once", async () => {
  const reader = await filledTo("red-lines");
  const answer = await send(reader, "time", [
    ["startedOn", "2031-01"],
    ["endedOn", "不记得"],
  ]);
  expect(answer.data).toMatchObject({ errors: { startedOn: "notFuture", ongoing: "chooseOne" } });
  const source = await send(reader, "source", [["priorWhere", "长".repeat(300)]]);
  expect(source.data).toMatchObject({
    errors: { source: "chooseOne", prior: "chooseOne", priorWhere: "tooLong" },
  });
  await send(reader, "mode", [["mode", "named"]]);
  const identity = await send(reader, "identity", [
    ["contactName", "王"],
    ["idKind", "id_card"],
    ["idNumber", "110101900101001"],
  ]);
  expect(identity).toMatchObject({ data: { errors: { contactName: "contactName", idNumber: "idOld" } } });
});

test.each([
  ["territory", "territory", [["operating", "999999"]], { operating: "chooseOne" }],
  ["sector", "sector", [["sector", "lottery"]], { sector: "chooseOne" }],
  ["red-lines", "red-lines", [["redLines", "advertising.no_warning"]], { redLines: "chooseAtLeastOne" }],
] as const)("a value of %s that the pack does not offer is refused", async (_, name, fields, errors) => {
  const before = ANSWERS[ANSWERS.findIndex(([one]) => one === name) - 1]?.[0] ?? "";
  const reader = await filledTo(before);
  const answer = await send(
    reader,
    name,
    fields.map(([key, value]) => [key, value]),
  );
  expect(answer).toMatchObject({ status: 400, data: { errors } });
});

test("characters no one sees, NUL among them, neither stop a report nor enter it", async () => {
  const reader = await filledTo("declaration");
  const unseen = "\u0000\u0007\u202e\u2066";
  expect((await send(reader, "subject", [["name", `鑫利${unseen}无形`]])).location).toBe("/report/online");
  await send(reader, "online", [["apps", `鑫利宝${unseen}`]]);
  await send(reader, "in-charge", [["responsible", `王${unseen}总`]]);
  expect(await open(reader, "subject")).toMatchObject({ status: 200 });
  await send(reader, "narrative", [
    ["narrative", `${unseen}他们在市场门口拉人，说投十万一年返一万二，取不出来了。`],
  ]);
  const sent = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(sent.location).toBe("/report/done");
  const names = await withActor(portal.db, systemActor("test"), (tx) =>
    tx.select({ name: tips.subjectName }).from(tips),
  );
  expect(names).toContainEqual({ name: "鑫利无形" });
});

test.each([
  ["sector", [["sector", "p2p\u0000"]], { sector: "chooseOne" }],
  ["territory", [["operating", "330782\u0000"]], { operating: "chooseOne" }],
  ["red-lines", [["redLines", "p2p.cash_pool\u0000"]], { redLines: "chooseAtLeastOne" }],
] as const)("a choice of %s with a NUL in it is no choice of ours", async (name, fields, errors) => {
  const reader = await filledTo("declaration");
  const answer = await send(
    reader,
    name,
    fields.map(([key, value]) => [key, value]),
  );
  expect(answer).toMatchObject({ status: 400, data: { errors } });
  expect(await open(reader, name)).toMatchObject({ status: 200 });
});

test("changing the language keeps what is typed, unchecked, and comes back to the page", async () => {
  const reader = await filledTo("mode");
  const answer = await send(
    reader,
    "subject",
    [
      ["name", "鑫"],
      ["intent", "lang:en"],
    ],
    "?from=check",
  );
  expect(answer.location).toBe("/report/subject?from=check");
  expect(answer.headers.get("Set-Cookie")).toMatch(/^lang=en;/);
  expect((await draftOf(reader)).subject).toEqual({ name: "鑫" });
});

test("another sector asks for the red lines again and says why; going back to the old one brings them back", async () => {
  const reader = await filledTo("declaration");
  const changed = await send(reader, "sector", [["sector", "advertising"]], "?from=check");
  expect(changed.location).toBe("/report/red-lines?from=check");
  expect(await open(reader, "red-lines")).toMatchObject({ data: { offer: { again: "sectorChanged" } } });
  const tasks = await answerOf(() => overview.loader(reader.get("/report/overview")));
  expect(JSON.stringify(tasks.data)).toContain(
    JSON.stringify({ step: "red-lines", state: "again", again: "sectorChanged" }),
  );
  await send(reader, "sector", [["sector", "p2p"]]);
  expect(await open(reader, "red-lines")).toMatchObject({
    data: { offer: { again: null }, values: { redLines: ["p2p.cash_pool", "other"] } },
  });
});

test("a report that turns into one about a website asks for its address", async () => {
  const reader = await filledTo("declaration");
  await send(reader, "online", []);
  const changed = await send(reader, "kind", [["subjectKind", "site"]], "?from=check");
  expect(changed.location).toBe("/report/online?from=check");
  expect(await open(reader, "online")).toMatchObject({ data: { offer: { again: "siteNeedsAddress" } } });
});

test("a name that is not known needs something else that tells who is meant", async () => {
  const reader = await filledTo("declaration");
  await send(reader, "online", []);
  const unknown = await send(reader, "subject", [["name", "不清楚"]], "?from=check");
  expect(unknown.location).toBe("/report/in-charge?from=check");
  expect(await send(reader, "in-charge", [])).toMatchObject({
    status: 400,
    data: { errors: { responsible: "identifyOne" } },
  });
  expect((await send(reader, "in-charge", [["responsible", "王总"]], "?from=check")).location).toBe(
    "/report/check",
  );
});

test("becoming anonymous takes who they are, and where they are reached, out of the draft", async () => {
  const reader = await filledTo("narrative");
  await send(reader, "mode", [["mode", "named"]]);
  await send(reader, "identity", [
    ["contactName", "王小明"],
    ["idKind", "none"],
  ]);
  await send(reader, "contact", [["contactPhone", "13800000000"]]);
  await send(reader, "notice", [["noticeEmail", "wang@demo.example"]]);
  expect((await draftOf(reader)).contact).toBeDefined();
  await send(reader, "mode", [["mode", "anonymous"]]);
  const { identity, contact, notice } = await draftOf(reader);
  expect([identity, contact, notice]).toEqual([undefined, undefined, undefined]);
});

test("what looks mistyped is shown once and never refused", async () => {
  const reader = await filledTo("online");
  const typed: [string, string][] = [["phonesOrAccounts", "农行 6222 0212 3456 7890 124"]];
  const asked = await send(reader, "in-charge", typed);
  expect(asked).toMatchObject({ status: 200, data: { errors: {}, doubts: [{ key: "card" }] } });
  const { doubts } = asked.data as { doubts: Doubt[] };
  const again = await send(reader, "in-charge", [...typed, ["seen", doubtMark(doubts)]]);
  expect(again.location).toBe("/report/territory");
});

test("the overview tells every page's state, and a change from it comes back to it", async () => {
  const reader = await filledTo("kind");
  await send(reader, "narrative", [["narrative", "太短"]]);
  const page = await answerOf(() => overview.loader(reader.get("/report/overview")));
  const { list, next } = page.data as { list: TaskList; next: string };
  const states = Object.fromEntries(
    list.parts.flatMap(({ tasks }) => tasks.map(({ step: name, state }) => [name, state])),
  );
  expect(states).toMatchObject({
    ...{ mode: "done", subject: "todo", online: "optional", "in-charge": "optional" },
    ...{ narrative: "mend", evidence: "optional", notice: "optional", declaration: "todo" },
  });
  expect(states).not.toHaveProperty("identity");
  expect(next).toBe("/report/subject");
  const back = await send(reader, "subject", [["name", "鑫利财富"]], "?from=overview");
  expect(back.location).toBe("/report/overview");
  expect(
    await answerOf(() => step.loader(reader.get("/report/time?from=overview", { step: "time" }))),
  ).toMatchObject({
    data: { back: "/report/overview" },
  });
});

test("saving for later keeps the page unchecked and shows the receipt", async () => {
  const reader = await filledTo("mode");
  const answer = await send(reader, "subject", [
    ["name", "鑫"],
    ["intent", "save"],
  ]);
  expect(answer.location).toBe("/report/saved");
  const page = await answerOf(() => saved.loader(reader.get("/report/saved")));
  expect(page.data).toMatchObject({ resume: "/report/overview", until: "2026年12月21日" });
});

test("a change from the answers' list comes back to the list", async () => {
  const reader = await filledTo("declaration");
  const answer = await send(reader, "subject", [["name", "鑫利财富"]], "?from=check");
  expect(answer.location).toBe("/report/check");
});

test("an unfinished report cannot be sent", async () => {
  const reader = await filledTo("sector");
  const answer = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(answer.location).toBe("/report/overview");
});

test("a sent report shows its receipt until its end is typed, then forgets it", async () => {
  const reader = await filledTo("declaration");
  const sent = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(sent.location).toBe("/report/done");
  const again = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(again.location).toBe("/report/done");
  // Nothing was typed in the other tab: the receipt is what is left to see.
  expect((await send(reader, "notice", [["noticeEmail", " "]])).location).toBe("/report/done");

  const page = await answerOf(() => done.loader(reader.get("/report/done")));
  const receipt = readDraftReceipt(reader.get("/").request, portal);
  if (receipt === null) throw new Error("the cookie holds the receipt");
  expect(page.data).toMatchObject({
    spellings: spellReceipt(receipt),
    accept: { days: 15, kind: "working" },
  });

  const wrong = await answerOf(() => done.action(reader.post("/report/done", [["ending", "一二三四"]])));
  expect(wrong).toMatchObject({ status: 400, data: { ending: "一二三四", wrong: true } });
  const look = await answerOf(() => done.action(reader.post("/report/done", [["intent", "bypass"]])));
  expect(look).toMatchObject({ status: 200, data: { lastLook: true } });

  const ending = spellReceipt(receipt).numbers.slice(-4).join(" - ");
  const right = await answerOf(() => done.action(reader.post("/report/done", [["ending", ending]])));
  expect(right.location).toBe("/report/sent");
  reader.keep(right.headers);
  expect(reader.cookies.size).toBe(0);
  expect((await answerOf(() => done.loader(reader.get("/report/done")))).location).toBe("/report");
});

test.each([
  ["yes", "这条举报由领导小组办公室直接办理，不转给别的部门。承办之后，在 15 个工作日内答复"],
  ["no", "研判人员确定由哪个部门牵头。转办之后，牵头部门在 15 个工作日内答复"],
])("the receipt page says who handles a report whose official answer is %s", async (official, said) => {
  const reader = await filledTo("declaration");
  await send(reader, "official", [["official", official]]);
  await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  const { data } = await answerOf(() => done.loader(reader.get("/report/done")));
  const page = data as Awaited<ReturnType<typeof done.loader>>;
  const { t } = createI18n("zh-CN", catalogueZh);
  expect(t(`receipt.done.${page.handledBy}.${page.accept.kind}`, { days: page.accept.days })).toContain(said);
});

test("starting again never throws away a receipt nobody wrote down", async () => {
  const reader = await filledTo("declaration");
  await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  const answer = await answerOf(() => start.action(reader.post("/report", [["intent", "restart"]])));
  expect(answer.location).toBe("/report/done");
  expect(answer.headers.get("Set-Cookie")).toBeNull();
});
