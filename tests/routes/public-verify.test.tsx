import { beforeAll, expect, test } from "vitest";
import * as page from "~/routes/_public.verify";
import * as text from "~/routes/_public.verify[.]txt";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import type { Checkpoint } from "~server/audit/checkpoint-line";
import { fixedClock } from "~server/clock";
import { parseLedgerRoots } from "~server/ledger/published-roots";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import type { Portal } from "~server/portal.server";
import { recordEvents } from "~tests/audit/chain-desk";
import { makeDesk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { answerOf, citizen, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

const read = (headers: Record<string, string> = {}) =>
  answerOf(() => page.loader(citizen(portal, headers).get("/verify")));

test("before the first root the page says when it comes", async () => {
  expect((await read()).data).toEqual({ firstDay: "2026年11月22日", roots: [], ledger: [] });
  expect((await read({ "Accept-Language": "en" })).data).toMatchObject({ firstDay: "22 November 2026" });
  const answer = await text.loader(citizen(portal).get("/verify.txt"));
  expect(await answer.text()).toBe("# day position sha256\n");
});

test("the latest thirty roots are shown with their counts, newest first; the text has them all", async () => {
  await sealEvents(database.db);
  const { rows } = await database.db.pool.query<{ n: number }>("select count(*)::int as n from event_chain");
  const before = rows[0]?.n ?? 0;
  for (let day = 22; day < 30; day += 1) {
    await recordEvents(database.db, day - 20, `2026-11-${String(day)}T02:00:00Z`);
    await sealEvents(database.db);
    await makeRoots(database.db, fixedClock(`2026-11-${String(day + 1)}T02:00:00Z`));
  }
  await makeRoots(database.db, fixedClock("2027-01-01T02:00:00Z"));
  const { data } = await read({ "Accept-Language": "en" });
  const { roots } = data as {
    roots: { day: string; total: string; added: string | null; groups: string[] }[];
  };
  expect(roots).toHaveLength(30);
  expect(roots[0]).toMatchObject({ day: "2026-12-31", added: "0" });
  expect(
    roots.every(({ groups }) => groups.length === 8 && groups.every((part) => /^[0-9a-f]{8}$/.test(part))),
  ).toBe(true);
  const answer = await text.loader(citizen(portal).get("/verify.txt"));
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  const lines = (await answer.text()).trim().split("\n");
  expect(lines).toHaveLength(1 + 40);
  expect(lines.at(-1)).toBe(`2026-12-31 ${roots[0]?.total ?? ""} ${roots[0]?.groups.join("") ?? ""}`);
  expect(lines[2]).toMatch(new RegExp(`^2026-11-23 ${String(before + 2 + 3)} `));
});

test("the journal's roots stand beside them, marked, as ledger:verify takes them", async () => {
  await makeDesk(database.db, 5n);
  await sealJournal(database.db);
  await makeLedgerRoot(database.db, fixedClock("2026-11-23T02:00:00Z"));
  const { data } = await read();
  expect((data as { ledger: object[] }).ledger).toMatchObject([
    { day: "2026-11-22", total: "2", added: null },
  ]);
  const answer = await text.loader(citizen(portal).get("/verify.txt"));
  const roots = parseLedgerRoots(await answer.text());
  expect(roots).toMatchObject([{ day: "2026-11-22", position: 2n }]);
  const { faults } = await verifyLedger(database.db, { published: roots as Checkpoint[] });
  expect(faults).toEqual([]);
});
