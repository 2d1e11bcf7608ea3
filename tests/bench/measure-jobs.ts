import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { sealArrivals } from "~server/arrivals/seal-arrivals.server";
import { systemClock } from "~server/clock";
import { findSurges } from "~server/clocks/find-surges.server";
import { recomputeClocks } from "~server/clocks/recompute-clocks.server";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import { indexNames } from "~server/dossiers/index-names.server";
import { expireDrafts } from "~server/jobs/expire-drafts.server";
import { expireReceipts } from "~server/jobs/expire-receipts.server";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { releaseNotices } from "~server/jobs/release-notices.server";
import { remindPlan } from "~server/jobs/remind-plan.server";
import { spreadNews } from "~server/jobs/spread-news.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { drawBatch } from "~server/retention/draw-batch.server";
import { systemActor } from "~server/staff-auth/actor";

/** Milliseconds one run of each job takes on a filled database, in the order the portal runs them. */
export async function measureJobs(db: Database, home: LoadedPack): Promise<Map<string, number>> {
  const clock = systemClock;
  const { pack } = home;
  const jobs: readonly (readonly [what: string, run: () => Promise<unknown>])[] = [
    ["surges (hourly)", () => findSurges(db, clock, home)],
    ["clocks: waits that are over", () => resumeAnswered({ db, clock })],
    ["clocks: a new calendar", () => recomputeClocks(db, clock)],
    ["clocks: deadlines told", () => noteDeadlines(db, clock, pack.limits.escalation.after)],
    ["the plan's reminders", () => remindPlan(db, clock, pack)],
    ["board numbers (every minute)", () => settle(db)],
    ["arrivals ranked (every 5 s)", () => sealArrivals(db, { horizon: null })],
    ["news spread (every 10 s)", () => spreadNews(db)],
    ["notices released (every 10 s)", () => releaseNotices(db, clock)],
    ["receipts expired", () => expireReceipts(db, clock)],
    ["drafts expired", () => expireDrafts(db, clock)],
    ["names indexed", () => indexNames(db)],
    ["retention: a set drawn", () => drawBatch(db, clock)],
  ];
  const told = new Map<string, number>();
  for (const [what, run] of jobs) {
    const from = process.hrtime.bigint();
    await run();
    told.set(what, Number(process.hrtime.bigint() - from) / 1e6);
  }
  return told;
}

async function settle(db: Database): Promise<void> {
  await withActor(db, systemActor("board"), (tx) => tx.execute(sql`select settle_board_counts()`));
}
