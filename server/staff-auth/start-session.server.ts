import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "./actor";
import { hashToken, makeToken } from "./make-token.server";

/** What a successful sign-in hands to the route: the secret for the cookie, and who it is. */
export type SignedIn = { readonly token: string; readonly sessionId: string; readonly actor: StaffActor };

/** Opens a session for a person just recognised, inside the caller's transaction. */
export async function startSession(tx: Tx, actor: StaffActor, at: Date): Promise<SignedIn> {
  const token = makeToken();
  const sessionId = uuidv7();
  await tx.insert(staffSessions).values({
    id: sessionId,
    staffId: actor.id,
    tokenHash: hashToken(token),
    method: actor.method,
    createdAt: at,
    lastSeenAt: at,
  });
  await recordEvent(
    tx,
    {
      action: "staff.signed_in",
      subjectTable: "staff",
      subjectId: actor.id,
      data: { method: actor.method },
      at,
    },
    actor,
  );
  return { token, sessionId, actor };
}
