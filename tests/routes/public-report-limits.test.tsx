import { beforeAll, expect, test } from "vitest";
import { ErrorMessage, errorTitle } from "~/components/ErrorMessage";
import { AnsweredMethod } from "~/components/PageTitle";
import { AlreadySentPage } from "~/components/report/AlreadySent";
import type { AlreadySent } from "~/forms/carried-answers";
import * as check from "~/routes/_public.report.check";
import * as evidence from "~/routes/_public.report.evidence";
import * as step from "~/routes/_public.report.$step";
import * as start from "~/routes/_public.report._index";
import type { Portal } from "~server/portal.server";
import { PDF, bytesBelow, evidenceFolder, evidenceIn, multipart } from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { ANSWERS, answerOf, citizen, htmlIn, publicPortal } from "./public-portal";

// Words a form cannot keep: too many, or too late.
const database = testDatabase();
const folder = evidenceFolder();
let portal: Portal;

beforeAll(async () => {
  portal = { ...(await publicPortal(database.db)), evidence: evidenceIn(folder) };
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

async function filledTo(last: string): Promise<Citizen> {
  const reader = await begun();
  for (const [name, fields] of ANSWERS) {
    await send(reader, name, fields);
    if (name === last) break;
  }
  return reader;
}

test("a form larger than any report is refused before it is read whole, and nobody is told that it was kept", async () => {
  const reader = await filledTo("mode");
  const { status } = await send(reader, "subject", [["name", "x".repeat(600_000)]]);
  expect(status).toBe(413);
  const page = (locale: "zh-CN" | "en", of: number) =>
    htmlIn(locale, <ErrorMessage title={String(of)} status={of} />);
  expect(page("zh-CN", status)).toContain("请用浏览器的后退键回到上一页，删减后再提交");
  expect(page("en", status)).toContain("shorten what you wrote");
  for (const locale of ["zh-CN", "en"] as const) expect(page(locale, status)).not.toMatch(/没有丢失|lost/);
  expect([errorTitle(413), errorTitle(404), errorTitle(500)]).toEqual([
    "error.tooLongTitle",
    "error.notFoundTitle",
    "error.title",
  ]);
});

test("a form that cannot be read is said not to have come, and a page that failed says only what it knows", async () => {
  const reader = await filledTo("mode");
  const { request, ...rest } = reader.post("/report/narrative", [], { step: "narrative" });
  const unread = new Request(request.url, {
    method: "POST",
    headers: {
      Cookie: request.headers.get("Cookie") ?? "",
      "Content-Type": "multipart/form-data; boundary=x",
    },
    body: "--y\r\n",
  });
  expect((await answerOf(() => step.action({ ...rest, request: unread }))).status).toBe(400);
  const said = (locale: "zh-CN" | "en", status: number, method: string) =>
    htmlIn(
      locale,
      <AnsweredMethod.Provider value={method}>
        <ErrorMessage title="" status={status} />
      </AnsweredMethod.Provider>,
    );
  for (const [status, method, zh, en] of [
    [400, "POST", "刚才提交的内容没有收到，也没有保存", "did not arrive and was not saved"],
    [404, "POST", "刚才提交的没有保存", "was not saved"],
    [405, "POST", "没有办理", "not carried out"],
    [500, "POST", "可能没有保存", "may not have been saved"],
    [500, "GET", "以前已经保存、提交的内容不受影响", "is not affected"],
  ] as const) {
    expect(said("zh-CN", status, method)).toContain(zh);
    expect(said("en", status, method)).toContain(en);
    expect(said("zh-CN", status, method) + said("en", status, method)).not.toMatch(/没有丢失|was lost/);
  }
  expect(errorTitle(400)).toBe("error.unreadTitle");
});

test("a text of which only the beginning was kept says so, whichever button was pressed", async () => {
  const reader = await filledTo("scale");
  const story = (length: number): [string, string] => ["narrative", "字".repeat(length)];
  expect(await send(reader, "narrative", [story(19_999)])).toMatchObject({
    status: 400,
    data: { errors: { narrative: "narrativeLong" }, values: { narrative: "字".repeat(19_999) } },
  });
  for (const intent of ["continue", "save", "elder-on"]) {
    expect(await send(reader, "narrative", [story(29_000), ["intent", intent]])).toMatchObject({
      status: 400,
      data: { errors: { narrative: "cut" }, values: { narrative: "字".repeat(20_000) } },
    });
  }
});

test("what another tab types after the report was sent is shown, with where it may go", async () => {
  const reader = await filledTo("declaration");
  await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  const story = "后来又想起来，他们上周把门店搬到了隔壁街。\n还换了招牌。";
  const late = await send(reader, "narrative", [["narrative", story]]);
  expect(late).toMatchObject({
    status: 400,
    location: null,
    data: { kind: "already_sent", late: "words", step: "narrative", values: { narrative: story } },
  });
  const html = htmlIn("zh-CN", <AlreadySentPage {...(late.data as AlreadySent)} />);
  for (const said of [
    "举报已提交，请凭回执补充",
    "他们上周把门店搬到了隔壁街",
    "还换了招牌",
    'href="/report/done"',
    'href="/status"',
  ])
    expect(html).toContain(said);
  const ticked = await send(reader, "red-lines", [["redLines", "p2p.cash_pool"]]);
  expect(htmlIn("zh-CN", <AlreadySentPage {...(ticked.data as AlreadySent)} />)).toContain("设立资金池");
});

test("files that come after the report was sent are named as not added, and one is not said to be removed", async () => {
  const reader = await filledTo("declaration");
  await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  const upload = (names: readonly string[], fields: Record<string, string>) => {
    const { request, ...rest } = reader.post("/report/evidence", []);
    const posted = multipart(
      names.map((name, at) => ({ name, bytes: Buffer.concat([PDF, Buffer.from(String(at))]) })),
      fields,
    );
    posted.headers.set("Cookie", request.headers.get("Cookie") ?? "");
    return answerOf(() => evidence.action({ ...rest, request: posted }));
  };
  const before = bytesBelow(folder).byteLength;
  for (const fields of [{ intent: "upload" }, { intent: "continue" }, { intent: "upload", by: "script" }]) {
    expect(await upload(["合同.pdf", "转账.pdf"], fields as Record<string, string>)).toMatchObject({
      status: 400,
      location: null,
      data: { kind: "already_sent", late: "files", files: ["合同.pdf", "转账.pdf"] },
    });
  }
  expect(bytesBelow(folder).byteLength).toBe(before);
  // Pressed on without a file: nothing is missing, and nothing is said to be.
  expect(await upload([], { intent: "continue" })).toMatchObject({ status: 302, location: "/report/done" });
  const late = { kind: "already_sent", late: "files", files: ["合同.pdf"] } as const;
  const html = htmlIn("zh-CN", <AlreadySentPage {...late} />);
  for (const said of ["合同.pdf", "没有加进去，也没有保存", "一条消息最多 5 个", 'href="/status"'])
    expect(html).toContain(said);
  const removal = reader.post("/report/evidence", [["remove", "x"]]);
  expect(await answerOf(() => evidence.action(removal))).toMatchObject({
    status: 400,
    data: { kind: "already_sent", late: "removal" },
  });
  expect(htmlIn("en", <AlreadySentPage kind="already_sent" late="removal" />)).toContain(
    "no file was removed",
  );
});
