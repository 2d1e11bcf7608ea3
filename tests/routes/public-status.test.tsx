import { beforeAll, expect, test } from "vitest";
import { StatusForm } from "~/components/citizen/StatusForm";
import { StatusResult } from "~/components/citizen/StatusResult";
import type { RawAnswers } from "~/forms/report";
import * as status from "~/routes/_public.status";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { ANSWERS, answerOf, citizen, htmlIn, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;
let receipt: Receipt;

beforeAll(async () => {
  portal = await publicPortal(database.db);
  receipt = await sent();
});

async function sent(over: RawAnswers = {}): Promise<Receipt> {
  const made = createReceipt();
  const raw = Object.fromEntries(
    ANSWERS.map(([step, fields]) => [
      step,
      step === "red-lines" ? { redLines: fields.map(([, value]) => value) } : Object.fromEntries(fields),
    ]),
  );
  await saveDraft(portal.db, { receipt: made, raw: { ...raw, ...over }, at: portal.clock.now() });
  await submitTip(portal, { receipt: made, language: "zh-CN" });
  return made;
}

const ask = (fields: [string, string][]) =>
  answerOf(() => status.action(citizen(portal).post("/status", fields)));

const form = (data: unknown) =>
  htmlIn("zh-CN", <StatusForm refused={data as Parameters<typeof StatusForm>[0]["refused"]} />);

/** A code of twelve known items whose checksum is wrong. */
function misspelt(): string {
  const [first = "", second = "", ...rest] = spellReceipt(receipt).hanzi;
  return [second, first, ...rest].join("");
}

test.each(["hanzi", "words", "numbers"] as const)("a receipt in %s opens its report", async (spelling) => {
  const answer = await ask([["receipt", spellReceipt(receipt)[spelling].join(" ")]]);
  expect(answer).toMatchObject({ status: 200, data: { kind: "status", sectorName: "P2P网络借贷" } });
});

test("the page says in a sentence where the report stands, and holds neither receipt nor tip id", async () => {
  const answer = await ask([["receipt", spellReceipt(receipt).hanzi.join("")]]);
  const shown = answer.data as Parameters<typeof StatusResult>[0];
  const html = htmlIn("zh-CN", <StatusResult {...shown} />);
  expect(html).toContain("鑫利财富");
  expect(html).toContain("2026年11月21日");
  expect(html).not.toContain("处理中");
  expect(html).not.toContain(spellReceipt(receipt).hanzi.join(""));
  expect(JSON.stringify(shown)).not.toContain("tipId");
});

test("the page says how long a body will have by the plan, in its days and its kind of days", async () => {
  const { pack, ...loaded } = portal.packs.home();
  const limits = {
    acceptance: { ...pack.limits.acceptance, days: 12, kind: "calendar" as const },
    handling: { ...pack.limits.handling, days: 45, kind: "working" as const },
  };
  const changed = { ...loaded, pack: { ...pack, limits: { ...pack.limits, ...limits } } };
  const packs = { ...portal.packs, of: () => changed };
  const shownBy = async (by: Portal, locale: "zh-CN" | "en") => {
    const fields: [string, string][] = [["receipt", spellReceipt(receipt).hanzi.join("")]];
    const { data } = await answerOf(() => status.action(citizen(by).post("/status", fields)));
    return htmlIn(locale, <StatusResult {...(data as Parameters<typeof StatusResult>[0])} />);
  };
  expect(await shownBy(portal, "zh-CN")).toContain("15 个工作日内答复是否受理，60 天内办理");
  expect(await shownBy({ ...portal, packs }, "zh-CN")).toContain("12 天内答复是否受理，45 个工作日内办理");
  expect(await shownBy({ ...portal, packs }, "en")).toContain(
    "12 days to answer whether it accepts it and 45 working days to handle it",
  );
});

test("a report that concerns an official is said to stay with the leading office, and any other is not", async () => {
  const shownFor = async (of: Receipt, locale: "zh-CN" | "en" = "zh-CN") => {
    const { data } = await ask([["receipt", spellReceipt(of).hanzi.join("")]]);
    return htmlIn(locale, <StatusResult {...(data as Parameters<typeof StatusResult>[0])} />);
  };
  const official = await sent({ official: { official: "yes" } });
  const html = await shownFor(official);
  expect(html).toContain("由领导小组办公室直接办理，不转给别的部门");
  expect(html).toContain("领导小组办公室承办以后开始计算：15 个工作日内");
  expect(html).not.toContain("牵头部门");
  expect(await shownFor(official, "en")).toContain("passes it to no other agency");
  expect(await shownFor(receipt)).not.toContain("领导小组办公室");
});

test("an unknown receipt and a mistyped one get the same answer", async () => {
  const unknown = await ask([["receipt", spellReceipt(createReceipt()).hanzi.join("")]]);
  const mistyped = await ask([["receipt", misspelt()]]);
  const short = await ask([["receipt", spellReceipt(receipt).hanzi.slice(1).join("")]]);
  expect([unknown.status, mistyped.status, short.status]).toEqual([400, 400, 400]);
  const blank = (data: unknown) => form({ ...(data as object), typed: "" });
  expect(blank(unknown.data)).toBe(blank(mistyped.data));
  expect(blank(unknown.data)).toBe(blank(short.data));
});

test("only an item of no list is pointed at, and what was typed comes back", async () => {
  const answer = await ask([["receipt", "的 一 龘"]]);
  expect(answer).toMatchObject({
    status: 400,
    data: { typed: "的 一 龘", fault: { position: 3, item: "龘" } },
  });
  expect(form(answer.data)).toContain("第 3 项“龘”");
});

test("an empty box is refused", async () => {
  expect(await ask([["receipt", "  "]])).toMatchObject({ status: 400, data: { fault: { kind: "empty" } } });
});

test("a draft's receipt brings the draft back", async () => {
  const draft = createReceipt();
  await saveDraft(portal.db, { receipt: draft, raw: {}, at: portal.clock.now() });
  const answer = await ask([["receipt", spellReceipt(draft).numbers.join("")]]);
  expect(answer.location).toBe("/report");
  expect(answer.headers.get("Set-Cookie")).toMatch(/^draft=.*HttpOnly; SameSite=Lax/);
});

test("a token that is not ours accepts nothing and asks for the receipt again", async () => {
  const answer = await ask([
    ["intent", "accept"],
    ["token", "forged"],
    ["award", "any"],
  ]);
  expect(answer).toMatchObject({ status: 400, data: { fault: { kind: "expired" } } });
});

test("an award that is not this report's cannot be accepted", async () => {
  const opened = await ask([["receipt", spellReceipt(receipt).hanzi.join("")]]);
  const { token } = opened.data as { token: string };
  const answer = await ask([
    ["intent", "accept"],
    ["token", token],
    ["award", "0199d3c2-0000-7000-8000-000000000000"],
  ]);
  expect(answer).toMatchObject({ status: 409, data: { kind: "status", refused: "accept" } });
});
