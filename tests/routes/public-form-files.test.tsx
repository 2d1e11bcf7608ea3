import { beforeAll, expect, test } from "vitest";
import { AnswerList } from "~/components/report/AnswerList";
import { TaskOverview } from "~/components/report/TaskOverview";
import type { Step } from "~/forms/report";
import * as check from "~/routes/_public.report.check";
import * as start from "~/routes/_public.report._index";
import * as step from "~/routes/_public.report.$step";
import * as overview from "~/routes/_public.report.overview";
import type { ListedFile } from "~server/evidence/list-files.server";
import { readDraftReceipt } from "~server/intake/draft-cookie.server";
import type { TaskList } from "~server/intake/list-tasks.server";
import type { Portal } from "~server/portal.server";
import type { Receipt } from "~server/secrecy/receipt";
import { HEIC, PDF, evidenceFolder, evidenceIn, sendFiles } from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { ANSWERS, answerOf, citizen, htmlIn, publicPortal } from "./public-portal";

const database = testDatabase();
const folder = evidenceFolder();
let portal: Portal;
let reader: ReturnType<typeof citizen>;
let receipt: Receipt;

beforeAll(async () => {
  portal = { ...(await publicPortal(database.db)), evidence: evidenceIn(folder) };
  reader = citizen(portal);
  reader.keep((await answerOf(() => start.action(reader.post("/report", [["intent", "begin"]])))).headers);
  for (const [name, fields] of ANSWERS) {
    await answerOf(() => step.action(reader.post(`/report/${name}`, fields, { step: name })));
  }
  const held = readDraftReceipt(reader.get("/").request, portal);
  if (held === null) throw new Error("the cookie holds the receipt");
  receipt = held;
});

async function overviewHtml(): Promise<string> {
  const { data } = await answerOf(() => overview.loader(reader.get("/report/overview")));
  return htmlIn("zh-CN", <TaskOverview list={(data as { list: TaskList }).list} />);
}

async function checkHtml(): Promise<string> {
  const { data } = await answerOf(() => check.loader(reader.get("/report/check")));
  const { steps, files } = data as { steps: readonly Step[]; files: readonly ListedFile[] };
  return htmlIn("zh-CN", <AnswerList steps={steps} raw={{}} names={{}} doubts={[]} files={files} />);
}

test("without files evidence is optional, and the answers say that none were added", async () => {
  expect(await overviewHtml()).toMatch(/id="state-evidence"[^>]*data-state="optional"[^>]*>选填</);
  expect(await checkHtml()).toContain("还没有添加文件。");
});

test("the answers name each file with its size, and say which one does not go with the report", async () => {
  await sendFiles(portal, receipt, [
    { name: "合同.pdf", bytes: Buffer.concat([PDF, Buffer.alloc(150 * 1024, 10)]) },
    { name: "IMG_1.HEIC", bytes: HEIC },
  ]);
  const html = await checkHtml();
  expect(html).toContain("合同.pdf");
  expect(html).toContain("已加密保存 · 150 KB");
  expect(html).toMatch(/IMG_1\.HEIC<\/p><p[^>]*>没有收下，不会随举报提交。/);
  expect(html).toMatch(/<a href="\/report\/evidence\?from=check"[^>]*>添加或删除/);
});

test("the overview counts the files that go with the report", async () => {
  expect(await overviewHtml()).toMatch(/id="state-evidence"[^>]*data-state="done"[^>]*>已添加 1 份</);
});
