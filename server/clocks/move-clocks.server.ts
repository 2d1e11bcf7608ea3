import type { Tx } from "~db/client.server";
import type { Pack } from "~server/packs/grammar";
import type { Actor } from "~server/staff-auth/actor";
import type { Stage } from "~server/triage/stages";
import { endClock } from "./end-clock.server";
import { pauseClock } from "./pause-clock.server";
import { resumeClock } from "./resume-clock.server";
import { startClock } from "./start-clock.server";

/**
 * What a lead's move does to 受理 and 办理: 核查 ends the first, 争议会商 stops them and leaving it lets them run on
 * (the database ends both with the lead, 0027). `limits` for a dispatch, which starts them; a lead that is routed anew keeps what runs.
 */
export async function moveClocks(
  tx: Tx,
  input: {
    readonly leadId: string;
    readonly from: Stage;
    readonly to: Stage;
    readonly limits?: Pack["limits"];
    readonly at: Date;
  },
  actor: Actor,
): Promise<void> {
  const { leadId, from, to, limits, at } = input;
  if (from === "disputed") await resumeClock(tx, { leadId, cause: "dispute", at }, actor);
  if (to === "dispatched" && limits !== undefined) {
    const { acceptance, handling, reporterWait: wait } = limits;
    await startClock(tx, { leadId, kind: "accept", limit: { ...acceptance, wait }, at }, actor);
    await startClock(tx, { leadId, kind: "handle", limit: { ...handling, wait }, at }, actor);
  }
  if (to === "disputed") await pauseClock(tx, { leadId, cause: "dispute", at }, actor);
  if (to === "investigating") await endClock(tx, { leadId, kind: "accept", at }, actor);
}
