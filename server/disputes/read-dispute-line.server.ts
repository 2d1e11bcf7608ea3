import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { weighDispute } from "./weigh-dispute.server";

/** What a lead's page says of its disputes; the caller has found the lead in this person's sight. */
export async function readDisputeLine(
  db: Database,
  leadId: string,
  actor: StaffActor,
): Promise<{ open: boolean; decided: boolean }> {
  return withActor(db, actor, (tx) => weighDispute(tx, leadId));
}
