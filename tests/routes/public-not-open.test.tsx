import { beforeAll, expect, test } from "vitest";
import { NotOpenPage } from "~/components/citizen/NotOpen";
import * as home from "~/routes/_public._index";
import * as check from "~/routes/_public.report.check";
import * as step from "~/routes/_public.report.$step";
import * as start from "~/routes/_public.report._index";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { readDraft } from "~server/intake/read-draft.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { openOffice } from "~tests/factories/office-keys";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "~server/start/install-pack.server";
import { answerOf, citizen, htmlIn } from "./public-portal";

const database = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(database.db);
  await withActor(portal.db, systemActor("test"), async (tx) => {
    await installPack(tx, portal.pack);
    await installSchemes(tx);
  });
});

const withDraft = (receipt: Receipt) => {
  const reader = citizen(portal);
  reader.keep(new Headers({ "Set-Cookie": draftCookie(portal, receipt) }));
  return reader;
};
const drafts = async () => (await portal.db.pool.query("select 1 from drafts")).rowCount;

test("before the office has keys nothing is begun: the page says so and where to turn", async () => {
  const reader = citizen(portal);
  const closed = { status: 503, data: { kind: "not_open", kept: false } };
  expect(await answerOf(() => start.loader(reader.get("/report")))).toMatchObject(closed);
  expect(await answerOf(() => start.action(reader.post("/report", [["intent", "begin"]])))).toMatchObject(
    closed,
  );
  expect(await answerOf(() => step.loader(reader.get("/report/mode", { step: "mode" })))).toMatchObject(
    closed,
  );
  expect(await answerOf(() => check.loader(reader.get("/report/check")))).toMatchObject(closed);
  expect(await drafts()).toBe(0);
  expect((await answerOf(() => home.loader(reader.get("/")))).data).toMatchObject({ open: false });
});

test.each([
  ["zh-CN", "平台还没有开通", "/hotlines"],
  ["en", "This portal is not open yet", "/hotlines"],
] as const)("the page says it in %s, with the lines to call", async (locale, title, link) => {
  const reader = citizen(portal, { "Accept-Language": locale });
  const { data } = await answerOf(() => start.loader(reader.get("/report")));
  const html = htmlIn(locale, <NotOpenPage {...(data as Parameters<typeof NotOpenPage>[0])} />);
  expect(html).toContain(title);
  expect(html).toContain(`href="${link}"`);
});

test("a draft begun earlier is kept, with what was typed last, and can be sent once the keys exist", async () => {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
  const reader = withDraft(receipt);
  const typed = await answerOf(() =>
    step.action(reader.post("/report/mode", [["mode", "anonymous"]], { step: "mode" })),
  );
  expect(typed).toMatchObject({ status: 503, data: { kept: true } });
  const sent = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(sent).toMatchObject({ status: 503, data: { kind: "not_open", kept: true } });
  expect(await refusalOf(submitTip(portal, { receipt, language: "zh-CN" }))).toBe("portal_not_open");
  expect(await readDraft(portal, { receipt })).toMatchObject({
    kind: "draft",
    raw: { mode: { mode: "anonymous" } },
  });

  await openOffice(portal);
  expect((await answerOf(() => home.loader(reader.get("/")))).data).toMatchObject({ open: true });
  const now = await answerOf(() => check.action(reader.post("/report/check", [["intent", "submit"]])));
  expect(now.location).toBe("/report/done");
});
