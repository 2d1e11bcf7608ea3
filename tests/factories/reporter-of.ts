import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import { acceptAward } from "~server/rewards/accept-award.server";
import { readAwardForReporter } from "~server/rewards/read-award-for-reporter.server";
import { reporterActor, type ReporterActor } from "~server/staff-auth/actor";

/** Whoever holds a tip's receipt. `db` is a test's own, which looks at any table. */
export async function reporterOf(db: Database, tipId: string): Promise<ReporterActor> {
  const { rows } = await db.pool.query<{ lookup_id: Buffer }>("select lookup_id from tips where id = $1", [
    tipId,
  ]);
  const [tip] = rows;
  if (tip === undefined) throw new Error("no such tip");
  return reporterActor(tip.lookup_id);
}

/** The tip's reporter accepts an award. */
export async function acceptAs(
  db: Database,
  award: { readonly tipId: string; readonly awardId: string },
  clock: Clock,
) {
  return acceptAward(db, award, await reporterOf(db, award.tipId), clock);
}

/** What the tip's reporter is shown of their awards. */
export async function awardsShown(db: Database, tipId: string) {
  return readAwardForReporter(db, { tipId }, await reporterOf(db, tipId));
}
