import { randomBytes } from "node:crypto";
import { verifyArrivals } from "~server/arrivals/verify-arrivals.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { withSnapshot } from "~server/ledger/verify/read-rows.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { makeDrafts, saveReport, submitAll } from "./measure-intake";

const CONCURRENCY = 32;
/** How long the sealer may take for the last of them: at least a minute, and as long as a thousand a second need. */
const rankedWithinMs = (count: number) => 60_000 + count;

/** Reports ready to be sent, and how to send them all; the rate a second. */
type Prepared = { readonly lookupIds: readonly Buffer[]; readonly send: () => Promise<number> };

/** How reports reach the portal, and the reports of one turn at most. */
type Path = {
  readonly turn: number;
  readonly prepare: (portal: Portal, count: number, mark?: string) => Promise<Prepared>;
};

export type FloodPath = "http" | "act";

const PATHS: Readonly<Record<FloodPath, Path>> = {
  // The form as a browser sends it.
  http: {
    turn: Infinity,
    prepare: async (portal, count, mark) => {
      const drafts = await makeDrafts(portal, count, mark);
      return {
        lookupIds: drafts.map(({ lookupId }) => lookupId),
        send: () => submitAll(portal, drafts, CONCURRENCY),
      };
    },
  },
  // The act the form's page calls, with its sealing, routing, locks and events, over a pool as the portal's; without
  // pages and sockets, which cost the same whatever a report is about.
  act: {
    turn: 5_000,
    prepare: async (portal, count, mark) => {
      const receipts = await saveAll(portal, count, mark);
      return { lookupIds: receipts.map(lookupIdOf), send: () => submitActs(portal, receipts) };
    },
  },
};

/** Turns of either kind there are at least. */
const TURNS = 3;

/**
 * Sends `count` reports about one subject and as many about a subject each, in turns, at concurrency 32, over HTTP or by
 * the act alone. Throws when a report of the flood is lost, is not ranked, when it raises more or fewer than one alert,
 * or when the register of arrivals or the trail does not verify. The rows give the rate of the first turn and of the last
 * too: what grows with the reports there are already shows there. The last is the ratio of the two rates (experience: at
 * least 0.7).
 */
export async function measureFlood(
  portal: Portal,
  { count, path }: { readonly count: number; readonly path: FloodPath },
  tell: (line: string) => void,
): Promise<string[][]> {
  const { turn, prepare } = PATHS[path];
  const from = Date.now();
  const each = Math.min(turn, Math.max(1, Math.ceil(count / TURNS)));
  const turns = Math.ceil(count / each);
  const mark = `flood${randomBytes(4).toString("hex")}`;
  const [one, many]: [number[], number[]] = [[], []];
  const flood: Buffer[] = [];
  for (let round = 0; round < turns; round += 1) {
    const spread = await prepare(portal, each);
    const drafts = await prepare(portal, each, mark);
    flood.push(...drafts.lookupIds);
    // Which goes first changes, so that neither always meets the warmer server.
    const acts = [async () => one.push(await drafts.send()), async () => many.push(await spread.send())];
    for (const act of round % 2 === 0 ? acts : acts.reverse()) await act();
    tell(
      `flood: ${String((round + 1) * each)} of ${String(each * turns)} on one subject at ${rate(one.at(-1))}/s, as many on others at ${rate(many.at(-1))}/s, ${seconds(from)} s so far`,
    );
  }
  await checkFlood(portal, flood);
  await checkChains(portal);
  tell(`flood: checked, ${seconds(from)} s in all`);
  return [
    ["one subject", String(each * turns), rate(harmonic(one)), rate(one[0]), rate(one.at(-1))],
    ["a subject each", String(each * turns), rate(harmonic(many)), rate(many[0]), rate(many.at(-1))],
    [
      "one ÷ each",
      "",
      ratio(harmonic(one), harmonic(many)),
      ratio(one[0], many[0]),
      ratio(one.at(-1), many.at(-1)),
    ],
    ["s in all", seconds(from)],
  ];
}

const rate = (value = 0) => value.toFixed(0);
const ratio = (a = 0, b = 1) => (a / b).toFixed(2);
const seconds = (from: number) => ((Date.now() - from) / 1000).toFixed(0);

/** The rate of all turns together, each being of equal size. */
function harmonic(rates: readonly number[]): number {
  return rates.length / rates.reduce((all, rate) => all + 1 / rate, 0);
}

async function saveAll(portal: Portal, count: number, mark?: string): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  let left = count;
  await inParallel(async () => {
    for (; left > 0; receipts.push(await saveReport(portal, mark ?? randomBytes(6).toString("hex"))))
      left -= 1;
  });
  return receipts;
}

async function submitActs(portal: Portal, receipts: readonly Receipt[]): Promise<number> {
  const waiting = [...receipts];
  const started = process.hrtime.bigint();
  await inParallel(async () => {
    for (let receipt = waiting.pop(); receipt !== undefined; receipt = waiting.pop()) {
      const { outcome } = await submitTip(portal, { receipt, language: "zh-CN" });
      if (outcome !== "created") throw new Error("a report was there before");
    }
  });
  return receipts.length / (Number(process.hrtime.bigint() - started) / 1e9);
}

async function inParallel(work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

type Counted = {
  stored: number;
  leads: number;
  ranked: number;
  distinct: number;
  top: string | null;
  counted: number;
  alerts: number;
};

async function checkFlood(portal: Portal, flood: readonly Buffer[]): Promise<void> {
  const until = Date.now() + rankedWithinMs(flood.length);
  for (;;) {
    const found = await countFlood(portal, flood);
    if (found.ranked === flood.length || Date.now() > until) {
      const { stored, leads, ranked, distinct, top, counted, alerts } = found;
      // As many different ranks as reports, the highest being their number: none left out, none twice.
      const whole = [stored, ranked, distinct, counted, Number(top)].every((n) => n === flood.length);
      if (!whole || leads !== 1 || alerts !== 1)
        throw new Error(`the flood was not kept: ${JSON.stringify(found)}`);
      return;
    }
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

async function countFlood(portal: Portal, flood: readonly Buffer[]): Promise<Counted> {
  const [row] = await withSnapshot(portal.db, "bench", (read) =>
    read<Counted>(
      `with own as materialized (select id, lead_id from tips where lookup_id = any($1) and spam is null),
            one as (select distinct lead_id from own)
       select count(*)::int as stored, count(distinct own.lead_id)::int as leads, count(r.rank)::int as ranked,
              count(distinct r.rank)::int as distinct, max(r.rank)::text as top,
              (select sum(k.tips)::int from (select lead_id, tips from lead_tip_counts union all select lead_id, tips from lead_tip_deltas) k
                where k.lead_id in (select lead_id from one)) as counted,
              (select count(*)::int from events e where e.action = 'lead.major_raised'
                and e.lead_id in (select lead_id from one)) as alerts
         from own left join arrival_ranks r on r.tip_id = own.id and r.lead_id = own.lead_id`,
      [flood],
    ),
  );
  if (row === undefined) throw new Error("nothing was counted");
  return row;
}

async function checkChains(portal: Portal): Promise<void> {
  const arrivals = await verifyArrivals(portal.db);
  if (!arrivals.ok)
    throw new Error(`the register of arrivals does not verify: ${JSON.stringify(arrivals.fault)}`);
  const trail = await verifyChain(portal.db, null);
  if (!trail.ok) throw new Error("the trail does not verify");
}
