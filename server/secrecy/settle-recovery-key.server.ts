import { eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { recoveryKeyRequests } from "~db/schema/keys";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { checkAdministrator, isAdministrator } from "~server/staff-auth/check-administrator.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { ownRequest, requesterLeft, requestSettled } from "~server/staff-auth/refusals.server";
import { fromBase64url } from "./format";
import { recoveryKeyExists, sayKeyRefusals } from "./key-refusals.server";
import { lockLiveKey } from "./lock-role-key.server";
import { storeRoleKey } from "./store-keys.server";

type Input = { readonly requestId: string; readonly at: Date };

/**
 * The second administrator, who compared the fingerprint with the recovery command's, makes a registered public half
 * the recovery key; `publicKey` (base64url) is what their page showed and their passkey confirmed. Throws
 * `own_request`, `requester_left`, `request_settled`, `recovery_key_exists` (409); 404 for anyone but an administrator
 * and for a request, or a public key, that is not there.
 */
export async function confirmRecoveryKey(
  db: Database,
  input: Input & { readonly publicKey: string },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const request = await lockRequest(tx, input.requestId, actor);
    if (!request.publicKey.equals(Buffer.from(fromBase64url(input.publicKey)))) throw notFound();
    if (request.requestedBy === actor.id) throw ownRequest();
    if (!(await isAdministrator(tx, request.requestedBy))) throw requesterLeft();
    if ((await lockLiveKey(tx, "recovery", "share")) !== null) throw recoveryKeyExists();
    await settle(tx, { ...input, outcome: "confirmed" }, actor);
    const { id, publicKey } = request;
    const name = { slot: "recovery", epoch: 1 };
    await storeRoleKey(tx, { id, ...name, publicKey, grants: [], by: actor.id, at: input.at });
    await recordEvent(
      tx,
      { action: "keys.role_made", subjectTable: "role_keys", subjectId: id, data: name, at: input.at },
      actor,
    );
  });
  try {
    await sayKeyRefusals(done);
  } catch (error) {
    if (error instanceof DomainError && error.code === "slot_has_key") throw recoveryKeyExists();
    throw error;
  }
}

/** Turns a registered public half down; whoever registered it may so take it back. Throws `request_settled` (409), 404. */
export async function refuseRecoveryKey(db: Database, input: Input, actor: StaffActor): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const request = await lockRequest(tx, input.requestId, actor);
    await settle(tx, { ...input, outcome: "refused" }, actor);
    await recordEvent(
      tx,
      {
        action: "keys.recovery_refused",
        subjectTable: "recovery_key_requests",
        subjectId: request.id,
        data: { slot: "recovery" },
        at: input.at,
      },
      actor,
    );
  });
}

/** Held until the transaction ends, so that of two answers at once the second finds it settled. */
async function lockRequest(tx: Tx, requestId: string, actor: StaffActor) {
  await checkAdministrator(tx, actor);
  const [request] = validate(requestId)
    ? await tx.select().from(recoveryKeyRequests).where(eq(recoveryKeyRequests.id, requestId)).for("update")
    : [];
  if (request === undefined) throw notFound();
  if (request.outcome !== null) throw requestSettled();
  return request;
}

function settle(tx: Tx, input: Input & { outcome: "confirmed" | "refused" }, actor: StaffActor) {
  return tx
    .update(recoveryKeyRequests)
    .set({ outcome: input.outcome, decidedBy: actor.id, decidedAt: input.at })
    .where(eq(recoveryKeyRequests.id, input.requestId));
}
