import type { Tx } from "~db/client.server";
import type { EventAction } from "~server/audit/present-event";
import { recordEvent } from "~server/audit/record-event.server";
import type { Actor } from "./actor";
import type { Role } from "./roles";

/** What becomes of a role is told about the person, by the role's name. */
export async function recordRoleEvent(
  tx: Tx,
  action: Extract<EventAction, `staff.role_${string}`>,
  of: { readonly staffId: string; readonly role: Role; readonly at: Date },
  actor: Actor,
): Promise<void> {
  const { staffId, role, at } = of;
  await recordEvent(tx, { action, subjectTable: "staff", subjectId: staffId, data: { role }, at }, actor);
}
