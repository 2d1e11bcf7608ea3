import { fixedClock } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { PAYING_CASE, SIGNING_CASE } from "./demo-cases";
import type { Act } from "./play-act";
import { playApprovals } from "./seed-approvals.server";
import { playHandling } from "./seed-handling.server";
import { playPayouts } from "./seed-payouts.server";
import { castMember, type Cast } from "./seed-people.server";
import { clockAt } from "./seed-rewards.server";
import type { Stage } from "./seed-story.server";

/** The acts of both cases and of handling, each on its day; those of money within this fiscal year. */
export function playCases(
  portal: Portal,
  of: {
    stages: ReadonlyMap<string, Stage>;
    tipIds: ReadonlyMap<string, string>;
    budgetId: string;
  },
  cast: Cast,
): { daysAgo: number; play: (at: Date) => Promise<void> }[] {
  const leadOf = (platform: string) => () => {
    const stage = of.stages.get(platform);
    if (stage === undefined) throw new Error(`the story of ${platform} begins before its first report`);
    return stage.leadId;
  };
  const tipId = (report: string) => of.tipIds.get(report) ?? "";
  const by = (id: string) => castMember(cast, id).actor;
  const money = [
    ...playApprovals({ leadId: leadOf(SIGNING_CASE), budgetId: of.budgetId, tipId }),
    ...playPayouts({ leadId: leadOf(PAYING_CASE), mainBudgetId: of.budgetId, tipId }),
  ];
  const onDay = ({ daysAgo, play }: Act, clockOf: typeof clockAt) => ({
    daysAgo,
    play: (at: Date) => play({ portal, clock: clockOf(portal, at), cast, by }),
  });
  return [
    ...money.map((act) => onDay(act, clockAt)),
    ...playHandling({ extended: leadOf("zhuyan"), handled: leadOf("lanqi") }).map((act) =>
      onDay(act, (_portal, at) => fixedClock(at)),
    ),
  ];
}
