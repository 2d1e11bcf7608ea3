import type { AppLoadContext } from "@remix-run/node";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { faultTrace } from "~server/log.server";
import type { StaffActor } from "./actor";
import type { RefusalNote } from "./refusal-notes.server";

/** Refusals written for one person within a minute; what comes after is told by one event that says so. */
export const REFUSALS_A_MINUTE = 30;

export type RecordRefusals = (
  context: AppLoadContext,
  input: { routeId: string; kind: "read" | "write"; refusals: readonly RefusalNote[] },
  actor: StaffActor,
) => Promise<void>;

/**
 * Makes the guard's way into the trail. Each refusal of a signed-in person becomes `staff.refused` with the route, the
 * kind of call and the refusal's code, at most 30 a person a minute (`more` stands for the rest), so that nobody fills
 * the trail. A trail that cannot be written is logged; the answer stays the refusal it was.
 */
export function makeRefusalRecorder(): RecordRefusals {
  const minutes = new Map<string, { minute: number; count: number }>();
  const judge = (id: string, at: Date): "record" | "more" | "drop" => {
    const minute = Math.floor(at.getTime() / 60_000);
    if (minutes.size > 1000)
      for (const [old, seen] of minutes) if (seen.minute !== minute) minutes.delete(old);
    const last = minutes.get(id);
    const count = last?.minute === minute ? last.count + 1 : 1;
    minutes.set(id, { minute, count });
    if (count <= REFUSALS_A_MINUTE) return "record";
    return count === REFUSALS_A_MINUTE + 1 ? "more" : "drop";
  };
  return async ({ portal }, { routeId, kind, refusals }, actor) => {
    const at = portal.clock.now();
    const codes = [...new Set(refusals.filter(({ status }) => status !== 401).map(({ code }) => code))];
    const written = codes.flatMap((code) => {
      const verdict = judge(actor.id, at);
      return verdict === "drop" ? [] : [verdict === "more" ? "more" : code];
    });
    if (written.length === 0) return;
    try {
      await withActor(portal.db, actor, async (tx) => {
        for (const code of written)
          await recordEvent(
            tx,
            {
              action: "staff.refused",
              subjectTable: "staff",
              subjectId: actor.id,
              data: { route: routeId, kind, code },
              at,
            },
            actor,
          );
      });
    } catch (error) {
      portal.log.error({ trace: faultTrace(error) }, "a refusal could not be recorded");
    }
  };
}
