import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "./actor";
import { endSessions } from "./end-sessions.server";

/** Ends all of one's own sessions but the one this request came with; returns how many. */
export async function endOtherSessions(
  db: Database,
  input: { clock: Clock },
  actor: StaffActor,
): Promise<number> {
  const at = input.clock.now();
  return withActor(db, actor, (tx) =>
    endSessions(tx, { staffId: actor.id, because: "own_wish", except: actor.session?.id, at }, actor),
  );
}
