import { findSurges } from "~server/clocks/find-surges.server";
import { recomputeClocks } from "~server/clocks/recompute-clocks.server";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import type { Portal } from "~server/portal.server";
import { noteDeadlines } from "./note-deadlines.server";
import { remindPlan } from "./remind-plan.server";

/**
 * What deadlines do by themselves: clocks whose wait is over run on, a new calendar list is counted in, then those who
 * must know are told; and jumps of reports are looked for.
 */
export async function keepClocks(portal: Pick<Portal, "db" | "clock" | "pack">): Promise<void> {
  const { db, clock } = portal;
  const { pack } = portal.pack;
  await resumeAnswered(portal);
  await recomputeClocks(db, clock);
  await noteDeadlines(db, clock, pack.limits.escalation.after);
  await remindPlan(db, clock, pack);
  await findSurges(db, clock, pack.limits);
}
