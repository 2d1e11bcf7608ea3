import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { ClaimPages } from "~/components/citizen/claim/ClaimPages";
import { StatusResult } from "~/components/citizen/StatusResult";
import * as status from "~/routes/_public.status";
import * as decision from "~/routes/_public.status_.decision";
import { readClaimCode } from "~server/claims/claim-code.server";
import type { ClaimPage } from "~server/claims/act-on-claim.server";
import { makeActionToken } from "~server/intake/action-token.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import {
  CLOCK,
  approveTo,
  makeAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { openWindow } from "~tests/factories/pay-window";
import { testDatabase } from "~tests/setup/database";
import { readPdfText } from "~tests/setup/read-pdf-text";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";
import { answerOf, citizen, htmlIn, type Answer } from "./public-portal";

const database = testDatabase();
const DETAILS = {
  holder: "欧阳金丝雀",
  bank: "金丝雀商业银行",
  branch: "雀鸣支行",
  account: "6222020200112233448",
};
let portal: TestPortal;
let desk: Desk;
let windowId: string;

beforeAll(async () => {
  portal = testPortal(database.db, CLOCK.now().toISOString());
  await installTestPack(portal);
  desk = await makeDesk(database.db);
  windowId = await openWindow(database.db, desk);
}, 120_000);

/** An approved award whose informant holds a receipt we know. */
async function informed(): Promise<TestAward & { receipt: Receipt }> {
  const award = await makeAward(database.db, desk);
  await approveTo(database.db, desk, award.awardId, "approved");
  const receipt = createReceipt();
  // A tip is never edited: the factory's receipt is nobody's, and this one must be known.
  await database.owner.query("alter table tips disable trigger user");
  // Whatever they write is sealed to this key, which nobody holds.
  const { publicKey } = await replyKeyPair(randomBytes(32));
  await database.owner.query("update tips set lookup_id = $1, content_key = $2 where id = $3", [
    lookupIdOf(receipt),
    Buffer.from(publicKey),
    award.tipId,
  ]);
  await database.owner.query("alter table tips enable trigger user");
  return { ...award, receipt };
}

const post = (
  of: { awardId: string; receipt: Receipt },
  intent: string,
  fields: Record<string, string> = {},
) =>
  answerOf(() =>
    status.action(
      citizen(portal).post("/status", [
        ["token", makeActionToken(portal, of.receipt)],
        ["award", of.awardId],
        ["intent", intent],
        ...Object.entries(fields),
      ]),
    ),
  );
const page = (answer: Answer) => answer.data as ClaimPage;
const html = (answer: Answer, locale: "zh-CN" | "en" = "zh-CN") =>
  htmlIn(locale, <ClaimPages {...page(answer)} />);
const statusHtml = (answer: Answer) =>
  htmlIn("zh-CN", <StatusResult {...(answer.data as Parameters<typeof StatusResult>[0])} />);

test("an informant accepts, takes a claim code and is paid in cash, with plain forms and no name", async () => {
  const award = await informed();
  const accepted = await post(award, "accept");
  expect(statusHtml(accepted)).toContain("请选择领取方式");
  const asked = await post(award, "claim-window");
  for (const locale of ["zh-CN", "en"] as const) {
    expect(html(asked, locale)).toContain(locale === "en" ? "801 Shuanglong" : "双龙南街801号");
    expect(html(asked, locale)).not.toMatch(/claim\.[a-z]/);
  }
  const shown = await post(award, "claim-window-save", { claimant: "self" });
  const { code, sealedCode } = page(shown) as Extract<ClaimPage, { page: "code" }>;
  expect(readClaimCode(code)).toBe(code);
  const wrong = await post(award, "claim-code-check", { sealedCode, ending: "0000" });
  expect([wrong.status, html(wrong).includes("再输一次")]).toEqual([400, true]);
  // A header button shows it again, in the other language; it is not lost.
  const again = await post(award, "lang:en", { view: "claim-code-shown", sealedCode });
  expect(page(again)).toMatchObject({ page: "code", code });
  const noted = await post(award, "claim-code-check", { sealedCode, ending: code.slice(-4).toLowerCase() });
  expect(statusHtml(noted)).toContain("第 1 个领奖码有效");
  expect(
    JSON.stringify(noted.data, (_key, value: unknown) => (typeof value === "bigint" ? "" : value)),
  ).not.toContain(code);
  await postAcceptedAward(database.db, award, desk.preparer.actor, CLOCK);
  const clerk = await makeStaff(database.db, ["window_clerk"]);
  await payAgainstCode(database.db, { windowId, awardId: award.awardId, code }, clerk.actor, CLOCK);
  expect(await dumped()).not.toContain(code.replaceAll("-", ""));
  expect(await dumped()).not.toContain(code);
});

test("where a transfer goes stands in no table but sealed, and comes back in no page", async () => {
  const award = await informed();
  await post(award, "accept");
  const empty = await post(award, "claim-transfer-save", { claimant: "self", holder: DETAILS.holder });
  expect([empty.status, html(empty).includes(DETAILS.holder)]).toEqual([400, true]);
  expect(html(empty)).toContain("请填写账号");
  const doubted = await post(award, "claim-transfer-save", {
    claimant: "self",
    ...DETAILS,
    account: "6222020200112233",
  });
  expect([doubted.status, page(doubted)]).toMatchObject([
    400,
    { page: "transfer", doubted: "6222020200112233" },
  ]);
  const done = await post(award, "claim-transfer-save", { claimant: "self", ...DETAILS, doubted: "yes" });
  expect(done.status).toBe(200);
  expect(statusHtml(done)).toContain("领取方式：银行转账");
  const everything = await dumped();
  for (const secret of Object.values(DETAILS)) {
    expect(statusHtml(done)).not.toContain(secret);
    expect(everything).not.toContain(secret);
  }
});

test("nothing is claimed by another's receipt, before acceptance, or with a token that is not ours", async () => {
  const mine = await informed();
  const other = await informed();
  await post(other, "accept");
  const foreign = await post({ awardId: other.awardId, receipt: mine.receipt }, "claim-window");
  const early = await post(mine, "claim-window-save", { claimant: "self" });
  for (const answer of [foreign, early])
    expect(answer).toMatchObject({ status: 409, data: { refused: "claim" } });
  const forged = await answerOf(() =>
    status.action(
      citizen(portal).post("/status", [
        ["token", "x"],
        ["award", other.awardId],
        ["intent", "claim-window-save"],
      ]),
    ),
  );
  expect(forged).toMatchObject({ status: 400, data: { kind: "refused", fault: { kind: "expired" } } });
});

test("while a payment is under way neither the account nor the way is changed, and the page says why", async () => {
  const award = await informed();
  await post(award, "accept");
  const first = { claimant: "self", ...DETAILS, doubted: "yes" };
  expect((await post(award, "claim-transfer-save", first)).status).toBe(200);
  await postAcceptedAward(database.db, award, desk.preparer.actor, CLOCK);
  const batch = { awardIds: [award.awardId], cashierId: desk.cashier.actor.id };
  await freezeBatch(database.db, batch, desk.preparer.actor, CLOCK);
  const details = { claimant: "self", ...DETAILS, account: "6222020200112239998", doubted: "yes" };
  const other = await post(award, "claim-transfer-save", details);
  const toWindow = await post(award, "claim-window-save", { claimant: "self" });
  for (const refused of [other, toWindow]) {
    expect(refused).toMatchObject({ status: 409, data: { refused: "claim_on_line" } });
    for (const locale of ["zh-CN", "en"] as const)
      expect(html(refused, locale)).toContain(locale === "en" ? "Payment is under way" : "正在付款");
  }
  // What was typed stands again, for it was not kept.
  expect(html(other)).toContain("6222020200112239998");
});

test("a transfer is described as what it is: plainly to who gave no name, without that to who did", async () => {
  const award = await informed();
  await post(award, "accept");
  const anonymous = html(await post(award, "claim-transfer"));
  expect(anonymous).toContain("您是匿名举报。转账以后，银行和打款的出纳会看到户名和账号");
  expect(anonymous).toContain("窗口领取");
  await database.owner.query("alter table tips disable trigger user");
  await database.owner.query("update tips set mode = 'named' where id = $1", [award.tipId]);
  await database.owner.query("alter table tips enable trigger user");
  const named = html(await post(award, "claim-transfer"));
  expect(named).not.toContain("您是匿名举报");
  expect(named).toContain("银行看得到，打款的出纳也看得到");
});

test("only windows that can pay the award's fund are named, and without one no code is made", async () => {
  const poor = await makeDesk(database.db);
  const away = await openWindow(database.db, poor, 0n);
  const award = await informed();
  await post(award, "accept");
  const asked = page(await post(award, "claim-window")) as Extract<ClaimPage, { page: "window" }>;
  expect(asked.windows.map(({ id }) => id)).toEqual([windowId]);
  expect(asked.windows.some(({ id }) => id === away)).toBe(false);
  const own = desk;
  desk = poor;
  const elsewhere = await informed();
  desk = await makeDesk(database.db);
  const nowhere = await informed();
  desk = own;
  await post(elsewhere, "accept");
  await post(nowhere, "accept");
  expect(page(await post(elsewhere, "claim-window"))).toMatchObject({ windows: [{ id: away }] });
  expect(await post(nowhere, "claim-window-save", { claimant: "self" })).toMatchObject({
    status: 409,
    data: { refused: "no_window" },
  });
});

test("an informant objects by a plain form: refused with what they typed, taken once, its words sealed", async () => {
  const award = await informed();
  const objection = "等级认定偏低，我最先提供了账本照片。";
  const formId = randomUUID();
  const empty = await post(award, "object", { formId, ground: "", objection });
  expect(empty.status).toBe(400);
  expect(statusHtml(empty)).toContain("请选择对什么有异议");
  expect(statusHtml(empty)).toContain(objection);
  const short = await post(award, "object", { formId, ground: "grade", objection: "不对" });
  expect([short.status, statusHtml(short).includes("至少 10 个字")]).toEqual([400, true]);
  for (let press = 0; press < 2; press += 1) {
    const sent = await post(award, "object", { formId, ground: "grade", objection });
    expect(sent.status).toBe(200);
    expect(statusHtml(sent)).toContain("提出了异议");
  }
  const again = await post(award, "object", { formId: randomUUID(), ground: "facts", objection });
  expect([again.status, statusHtml(again).includes("正等答复")]).toEqual([400, true]);
  // Until it is answered there is nothing to accept.
  expect(await post(award, "accept")).toMatchObject({ data: { refused: "accept" } });
  expect(await dumped()).not.toContain(objection);
  const { rows } = await database.owner.query("select ground from award_objections where award_id = $1", [
    award.awardId,
  ]);
  expect(rows).toEqual([{ ground: "grade" }]);
});

test("the decision is handed to its own receipt alone, as a file no address names", async () => {
  const award = await informed();
  const other = await informed();
  const ask = (of: { receipt: Receipt }, awardId: string, token = makeActionToken(portal, of.receipt)) =>
    decision.action(
      citizen(portal).post("/status/decision", [
        ["token", token],
        ["award", awardId],
      ]),
    );
  const mine = await ask(award, award.awardId);
  expect([mine.status, mine.headers.get("Content-Type"), mine.headers.get("Cache-Control")]).toEqual([
    200,
    "application/pdf",
    "no-store",
  ]);
  expect(mine.headers.get("Content-Disposition")).not.toContain(award.awardId);
  const text = readPdfText(Buffer.from(await mine.arrayBuffer())).replaceAll("\n", "");
  expect(text).toContain("奖励决定书");
  for (const secret of [award.tipId, award.awardId]) expect(text).not.toContain(secret);
  for (const refused of [
    await ask(award, other.awardId),
    await ask(award, "x"),
    await ask(award, award.awardId, "x"),
  ])
    expect([refused.status, refused.headers.get("Location")]).toEqual([302, "/status"]);
  expect(decision.loader().headers.get("Location")).toBe("/status");
});

/** Every row of every table as text. */
async function dumped(): Promise<string> {
  const { rows } = await database.owner.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const all = await database.owner.query<{ row: string }>(`select t::text as row from "${name}" t`);
    texts.push(...all.rows.map(({ row }) => row));
  }
  return texts.join("\n");
}
