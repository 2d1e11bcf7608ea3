import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { DomainError } from "~server/errors.server";
import { mayTryAgain } from "~server/ledger/retry-posting.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { makeStaff } from "~tests/factories/make-staff";
import { openWindow } from "~tests/factories/pay-window";
import { makePayoutDesk } from "~tests/payouts/payout-desk";
import { asPortal, testDatabase } from "~tests/setup/database";
import { startCuttingProxy, type Cut } from "./cutting-proxy";
import { findBrokenRules } from "./fast-invariants";
import { findEffect, playAct, type StormDesk } from "./play-act";
import { STORIES, effectOf, type Act, type Facts, type StoryName } from "./story";

const test = testDatabase();
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
let cut: Database;
let desk: StormDesk;

beforeAll(async () => {
  const url = new URL(asPortal(test.applicationUrl));
  proxy = await startCuttingProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);
  cut = openDatabase(url.toString(), { max: 4 });
  const own = await makePayoutDesk(test.db, 10_000_000_000n);
  const windowId = await openWindow(test.db, own, 1_000_000_000n);
  desk = { ...own, windowId, clerk: await makeStaff(test.db, ["window_clerk"]) };
}, 120_000);

afterAll(async () => {
  await cut.pool.end();
  await proxy.stop();
});

/**
 * Acts that post: their caller is answered whatever becomes of the line (invariant 19). Signing has three transactions
 * before the one that posts, for the challenge: there the person is asked to sign again, and nothing was posted.
 */
const POSTING: ReadonlySet<string> = new Set<Act>([
  ...([
    "post",
    "pay",
    "pay_again",
    "pay_window",
    "bounce",
    "lapse",
    "funds",
    "float",
    "receive_clawback",
  ] as const),
  ...(["ask_revoke", "agree_revoke", "ask_clawback", "agree_clawback"] as const),
]);

let made = 0;
const cuts: Record<string, number> = {};
/** Acts that ended in an error of the line, and those of them that had taken effect. */
const unanswered: Record<string, number> = {};
const silent: Record<string, number> = {};

/** Plays a story over the cut line; every act loses its `nth` COMMIT. */
async function play(name: StoryName, nth: number, how: Cut): Promise<void> {
  made += 1;
  const story = `${made.toString(36)}-${nth}-${how}`.toUpperCase();
  let facts: Facts = {
    pay: `BK-${story}-A`,
    pay_again: `BK-${story}-B`,
    key: crypto.randomUUID(),
    requestId: crypto.randomUUID(),
  };
  for (const act of STORIES[name]) {
    // Found facts and a shown code are no acts on the books.
    const over = act === "found" || act === "details" || act === "code" ? test.db : cut;
    const before = proxy.cuts();
    if (over === cut) proxy.cutAt(nth, how);
    let learned: Facts = {};
    for (let tries = 1; ; tries += 1) {
      try {
        learned = await playAct(over, desk, act, facts);
        break;
      } catch (error) {
        if (mayTryAgain(error) && tries < 4) {
          unanswered[act] = (unanswered[act] ?? 0) + 1;
          const { times } = await findEffect(test.db, act, facts);
          if (times > 0) silent[act] = (silent[act] ?? 0) + 1;
          continue;
        }
        const done = await findEffect(test.db, act, facts);
        if (!(error instanceof DomainError) || tries === 1 || done.times !== 1) throw error;
        learned = done.learned;
        break;
      }
    }
    cuts[act] = (cuts[act] ?? 0) + proxy.cuts() - before;
    facts = { ...facts, ...learned };
    const effect = effectOf(act, facts);
    if (effect === null) continue;
    const { rows } = await test.db.pool.query(effect.text, effect.values);
    expect([act, nth, how, rows]).toEqual([act, nth, how, [{ n: 1 }]]);
  }
}

describe("a COMMIT whose reply is dropped, or that never arrives", () => {
  it("has one effect, and whoever posts is answered", async () => {
    for (const how of ["before", "after"] as const)
      for (const nth of [1, 2, 4])
        for (const name of Object.keys(STORIES) as StoryName[]) await play(name, nth, how);
    console.log(JSON.stringify({ cuts, unanswered, silent }));
    for (const act of POSTING) expect([act, (cuts[act] ?? 0) > 0]).toEqual([act, true]);
    expect(Object.values(cuts).reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(50);
    expect(Object.keys(unanswered).filter((act) => POSTING.has(act))).toEqual([]);
    expect(silent).not.toHaveProperty("approve");
    expect(await findBrokenRules(test.db.pool)).toEqual([]);
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  }, 900_000);
});
