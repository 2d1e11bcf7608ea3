import { beforeAll, expect, test } from "vitest";
import * as splat from "~/routes/_public.$";
import * as exit from "~/routes/_public.exit";
import * as home from "~/routes/_public._index";
import * as hotlines from "~/routes/_public.hotlines";
import * as preferences from "~/routes/_public.preferences";
import * as rewards from "~/routes/_public.rewards";
import { offeredPlaceCodes } from "~server/packs/list-places";
import { matchReceiptEnding } from "~server/intake/match-receipt-ending.server";
import type { Portal } from "~server/portal.server";
import { isKnownPlace } from "~server/routing/lead-facts.server";
import { createReceipt, spellReceipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { answerOf, citizen, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

test("quick exit leads away and clears the draft and the browser's store of this site", async () => {
  const answer = await answerOf(() => exit.loader(citizen(portal).get("/exit")));
  expect(answer.location).toBe(portal.env.quickExitUrl);
  expect(answer.headers.get("Set-Cookie")).toMatch(/^draft=; .*Max-Age=0/);
  expect(answer.headers.get("Clear-Site-Data")).toBe('"cache", "cookies", "storage"');
});

const choose = (intent: string, back: string) =>
  answerOf(() =>
    preferences.action(
      citizen(portal).post("/preferences", [
        ["intent", intent],
        ["back", back],
      ]),
    ),
  );

test("a preference is kept in a cookie and leads back to the page", async () => {
  const answer = await choose("elder:1", "/status");
  expect(answer.location).toBe("/status");
  expect(answer.headers.get("Set-Cookie")).toMatch(/^elder=1; .*HttpOnly/);
});

test.each([
  "//evil.example/",
  "/\\evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  "",
  "/a\nb",
])("a preference never leads out of the portal (%j)", async (back) => {
  expect((await choose("lang:en", back)).location).toBe("/");
});

test.each(["lang:fr", "elder:2", "draft:x", ""])(
  "an unknown preference sets no cookie (%j)",
  async (intent) => {
    expect((await choose(intent, "/")).headers.get("Set-Cookie")).toBeNull();
  },
);

test("an address nobody answers is a 404, read or posted to", async () => {
  expect(await answerOf(splat.loader)).toMatchObject({ status: 404 });
  expect(await answerOf(splat.action)).toMatchObject({ status: 404 });
});

test("home names the pack's sectors and its lines in the reader's language", async () => {
  const english = citizen(portal, { "Accept-Language": "en" });
  const answer = await answerOf(() => home.loader(english.get("/")));
  expect(answer.data).toMatchObject({ campaign: "Jinhua campaign against internet-finance risks" });
  expect(JSON.stringify(answer.data)).not.toMatch(/[\u4e00-\u9fff]/);
});

test("the demo's telephone numbers are marked as invented", async () => {
  const answer = await answerOf(() => hotlines.loader(citizen(portal).get("/hotlines")));
  const { hotlines: listed } = answer.data as { hotlines: { fictitious: boolean }[] };
  expect(listed.length).toBe(4);
  expect(listed.every(({ fictitious }) => fictitious)).toBe(true);
});

test("the reward page marks the editable default and cites what it borrowed", async () => {
  const answer = await answerOf(() => rewards.loader(citizen(portal).get("/rewards")));
  expect(answer.data).toMatchObject({
    scheme: { editableDefault: true, untaxed: "财税字〔1994〕20号 二(四)" },
  });
  expect(JSON.stringify(answer.data)).toContain("国市监稽规〔2021〕4号");
});

test("every place offered is one the router knows", () => {
  const { pack } = portal.pack;
  const codes = [...offeredPlaceCodes(pack)];
  expect(codes.filter((code) => !isKnownPlace(pack, code))).toEqual([]);
  expect(codes).toContain("3307K1");
  expect(new Set(codes).size).toBe(codes.length);
});

test("the end of a receipt counts in each spelling, and only the end or the whole", () => {
  const receipt = createReceipt();
  const { hanzi, words, numbers } = spellReceipt(receipt);
  for (const typed of [
    hanzi.slice(-4).join(""),
    hanzi.slice(-4).join("、"),
    words.slice(-4).join(" ").toUpperCase(),
    numbers.slice(-4).join("-"),
    hanzi.join(""),
  ]) {
    expect(matchReceiptEnding(receipt, typed)).toBe(true);
  }
  for (const typed of ["", "  ", hanzi.slice(-3).join(""), hanzi.slice(0, 4).join(""), numbers[11] ?? ""]) {
    expect(matchReceiptEnding(receipt, typed)).toBe(false);
  }
});
