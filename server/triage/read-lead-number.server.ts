import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";

/** The number people call a lead by, if this person may see it; 404 otherwise. */
export async function readLeadNumber(db: Database, leadId: string, actor: StaffActor): Promise<number> {
  return withActor(db, actor, async (tx) => (await readLeadInScope(tx, leadId, actor)).number);
}
