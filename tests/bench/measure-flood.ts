import { randomBytes } from "node:crypto";
import { withSnapshot } from "~server/ledger/verify/read-rows.server";
import type { Portal } from "~server/portal.server";
import { makeDrafts, submitAll, type Draft } from "./measure-intake";

const CONCURRENCY = 32;
const ROUNDS = 3;
/** How long the sealer may take for the last of them: at least a minute, and as long as a thousand a second need. */
const rankedWithinMs = (count: number) => 60_000 + count;

/**
 * Sends `count` reports about one subject and as many about a subject each, in turns, over HTTP at concurrency 32.
 * Throws when a report of the flood is lost, is not ranked, or when it raises more or fewer than one alert. The last row
 * is the ratio of the two rates (experience: at least 0.7).
 */
export async function measureFlood(
  portal: Portal,
  count: number,
  tell: (line: string) => void,
): Promise<string[][]> {
  const each = Math.max(1, Math.ceil(count / ROUNDS));
  const mark = `flood${randomBytes(4).toString("hex")}`;
  const [one, many]: [number[], number[]] = [[], []];
  const flood: Draft[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const spread = await makeDrafts(portal, each);
    const drafts = await makeDrafts(portal, each, mark);
    flood.push(...drafts);
    // Which goes first changes, so that neither always meets the warmer server.
    const turns = [
      async () => one.push(await submitAll(portal, drafts, CONCURRENCY)),
      async () => many.push(await submitAll(portal, spread, CONCURRENCY)),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    tell(
      `flood: ${String((round + 1) * each)} of ${String(each * ROUNDS)} on one subject, as many on others`,
    );
  }
  await checkFlood(portal, flood);
  const [floodRate, spreadRate] = [harmonic(one), harmonic(many)];
  return [
    ["one subject", String(each * ROUNDS), floodRate.toFixed(0)],
    ["a subject each", String(each * ROUNDS), spreadRate.toFixed(0)],
    ["one ÷ each", "", (floodRate / spreadRate).toFixed(2)],
  ];
}

/** The rate of all rounds together, each being of equal size. */
function harmonic(rates: readonly number[]): number {
  return rates.length / rates.reduce((all, rate) => all + 1 / rate, 0);
}

type Counted = {
  stored: number;
  leads: number;
  ranked: number;
  distinct: number;
  top: string | null;
  alerts: number;
};

async function checkFlood(portal: Portal, flood: readonly Draft[]): Promise<void> {
  const until = Date.now() + rankedWithinMs(flood.length);
  for (;;) {
    const found = await countFlood(portal, flood);
    if (found.ranked === flood.length || Date.now() > until) {
      const { stored, leads, ranked, distinct, top, alerts } = found;
      const whole = [stored, ranked, distinct, Number(top)].every((n) => n === flood.length);
      if (!whole || leads !== 1 || alerts !== 1)
        throw new Error(`the flood was not kept: ${JSON.stringify(found)}`);
      return;
    }
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

async function countFlood(portal: Portal, flood: readonly Draft[]): Promise<Counted> {
  const [row] = await withSnapshot(portal.db, "bench", (read) =>
    read<Counted>(
      `with own as (select id, lead_id from tips where lookup_id = any($1) and spam is null)
       select count(*)::int as stored, count(distinct own.lead_id)::int as leads, count(r.rank)::int as ranked,
              count(distinct r.rank)::int as distinct, max(r.rank)::text as top,
              (select count(*)::int from events e where e.action = 'lead.major_raised'
                and e.lead_id in (select lead_id from own)) as alerts
         from own left join arrival_ranks r on r.tip_id = own.id and r.lead_id = own.lead_id`,
      [flood.map(({ lookupId }) => lookupId)],
    ),
  );
  if (row === undefined) throw new Error("nothing was counted");
  return row;
}
