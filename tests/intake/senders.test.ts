import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { action as check } from "~/routes/_public.report.check";
import { action as start } from "~/routes/_public.report._index";
import { fixedClock } from "~server/clock";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { senderAddress } from "~server/intake/sender-address";
import { weighSenders, type Sender } from "~server/intake/weigh-senders.server";
import { createReceipt } from "~server/secrecy/receipt";
import { reportAnswers } from "~tests/factories/report-answers";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const database = testDatabase();
let portal: TestPortal;
beforeAll(async () => {
  portal = testPortal(database.db);
  await installTestPack(portal);
});

const ADDRESS = "203.0.113.77";

function count(sender: Sender, times: number): void {
  for (let turn = 0; turn < times; turn += 1) sender.count();
}

describe("what comes from one address", () => {
  it("raises the work step by step, and is set apart only as a flood", () => {
    const at = weighSenders(fixedClock("2026-03-02T02:00:00Z"));
    const seen = [];
    for (const more of [0, 20, 40, 140, 400]) {
      count(at(ADDRESS), more);
      seen.push([at(ADDRESS).level(), at(ADDRESS).floods()]);
    }
    expect(seen).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, false],
      [3, true],
    ]);
    expect(at("203.0.113.78").level()).toBe(0);
  });

  it("where reports are only begun, raises the work by one step and sets nothing apart", () => {
    const at = weighSenders(fixedClock("2026-03-02T02:00:00Z"));
    for (let turn = 0; turn < 640; turn += 1) at(ADDRESS).begin();
    expect([at(ADDRESS).level(), at(ADDRESS).floods()]).toEqual([1, false]);
    count(at(ADDRESS), 60);
    expect([at(ADDRESS).level(), at(ADDRESS).floods()]).toEqual([2, false]);
  });

  it("in bytes of evidence has a day's measure; what was not kept is given back", () => {
    const clock = fixedClock("2026-03-02T02:00:00Z");
    const at = weighSenders(clock);
    expect([at(ADDRESS).addBytes(90, 100), at(ADDRESS).addBytes(11, 100)]).toEqual([true, false]);
    expect(at("203.0.113.78").addBytes(100, 100)).toBe(true);
    at(ADDRESS).addBytes(-50, 100);
    expect([at(ADDRESS).addBytes(60, 100), at(ADDRESS).addBytes(1, 100)]).toEqual([true, false]);
    clock.set("2026-03-03T02:00:00Z");
    expect(at(ADDRESS).addBytes(100, 100)).toBe(true);
  });

  it("is forgotten with the day", () => {
    const clock = fixedClock("2026-03-02T15:59:00Z");
    const at = weighSenders(clock);
    count(at(ADDRESS), 30);
    expect(at(ADDRESS).level()).toBe(1);
    clock.set("2026-03-02T16:01:00Z");
    expect(at(ADDRESS).level()).toBe(0);
  });

  it("keeps no more senders than it may, the quietest going first", () => {
    const at = weighSenders(fixedClock("2026-03-02T02:00:00Z"), 2);
    count(at("192.0.2.1"), 20);
    count(at("192.0.2.2"), 20);
    count(at("192.0.2.1"), 1);
    count(at("192.0.2.3"), 1);
    expect([at("192.0.2.1").level(), at("192.0.2.2").level()]).toEqual([1, 0]);
  });

  it("is one for a household of IPv6 and for both spellings of an IPv4 address", () => {
    const at = weighSenders(fixedClock("2026-03-02T02:00:00Z"));
    count(at("2001:db8:0:7::1"), 20);
    expect(at("2001:db8:0:7:ffff:1:2:3").level()).toBe(1);
    expect(at("2001:db8:0:8::1").level()).toBe(0);
    count(at("::ffff:192.0.2.9"), 20);
    expect(at("192.0.2.9").level()).toBe(1);
  });

  it("of whom nothing is known is asked for the least, however much comes", () => {
    const sender = weighSenders(fixedClock("2026-03-02T02:00:00Z"))(null);
    count(sender, 5_000);
    expect([sender.level(), sender.floods()]).toEqual([0, false]);
  });
});

describe("the address of a sender", () => {
  const http = { trustProxy: 0, publicOrigin: "http://localhost:3000" };
  const https = { trustProxy: 0, publicOrigin: "https://tips.example.gov.cn" };

  it.each([
    ["the peer, whatever a header says", http, "198.51.100.1", "198.51.100.1"],
    ["unknown behind a proxy nobody declared", https, "198.51.100.1", null],
    ["what the one declared proxy saw", { ...https, trustProxy: 1 }, "9.9.9.9, 198.51.100.1", "198.51.100.1"],
    [
      "what the outer of two saw",
      { ...https, trustProxy: 2 },
      "9.9.9.9, 198.51.100.1, 10.0.0.2",
      "198.51.100.1",
    ],
    ["the peer where no header came", { ...https, trustProxy: 1 }, undefined, "10.0.0.1"],
  ])("is %s", (_, env, header, address) => {
    const forwardedFor = header;
    const peer = env.trustProxy === 0 ? "198.51.100.1" : "10.0.0.1";
    expect(senderAddress({ peer, forwardedFor }, env)).toBe(address);
  });
});

it("no address of a reporter reaches the database, the log or a page, in the open or hashed", async () => {
  const sender = weighSenders(portal.clock)(ADDRESS);
  count(sender, 700);
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: reportAnswers(), at: portal.clock.now() });
  const context = { portal, nonce: "", sender };
  const post = (path: string, cookie?: string) =>
    new Request(`http://localhost:3000${path}`, {
      method: "POST",
      body: new URLSearchParams({ intent: path === "/report" ? "begin" : "submit" }),
      headers: { "X-Forwarded-For": ADDRESS, ...(cookie === undefined ? {} : { Cookie: cookie }) },
    });
  await start({ request: post("/report"), params: {}, context });
  expect([sender.level(), sender.floods()]).toEqual([3, true]);
  const cookie = draftCookie(portal, receipt).split(";")[0];
  const sent = await check({ request: post("/report/check", cookie), params: {}, context });
  expect((sent as Response).headers.get("Location")).toBe("/report/done");

  const { rows: tables } = await portal.db.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  );
  for (const { name } of tables) {
    const { rows } = await portal.db.pool.query<{ n: number }>(
      `select count(*)::int as n from "${name}" t where t::text like '%${ADDRESS}%'`,
    );
    expect([name, rows[0]?.n]).toEqual([name, 0]);
  }
  const { rows } = await portal.db.pool.query("select data from events where action = 'tip.spam_suspected'");
  expect(rows).toEqual([{ data: { channel: "web", why: "no_work" } }]);
  expect(portal.logged()).not.toContain(ADDRESS);
  expect(inspect(context.sender, { depth: 10 })).not.toContain(ADDRESS);
});
