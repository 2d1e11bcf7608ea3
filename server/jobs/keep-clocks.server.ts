import { findSurges } from "~server/clocks/find-surges.server";
import { recomputeClocks } from "~server/clocks/recompute-clocks.server";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import type { Portal } from "~server/portal.server";
import { noteDeadlines } from "./note-deadlines.server";
import { remindPlan } from "./remind-plan.server";

/**
 * What deadlines do by themselves: clocks whose wait is over run on, a new calendar list is counted in, then those who
 * must know are told; and jumps of reports are looked for. Each lead by the limits of its own pack.
 */
export async function keepClocks(portal: Pick<Portal, "db" | "clock" | "pack" | "packs">): Promise<void> {
  const { db, clock } = portal;
  const packs = portal.packs.all().map(({ pack }) => pack);
  await resumeAnswered(portal);
  await recomputeClocks(db, clock);
  for (const pack of packs) {
    await noteDeadlines(db, clock, pack.limits.escalation.after, pack.id);
    await remindPlan(db, clock, pack);
  }
  await findSurges(db, clock, portal.pack);
}
