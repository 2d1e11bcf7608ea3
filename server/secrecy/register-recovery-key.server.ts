import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { recoveryKeyRequests } from "~db/schema/keys";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { databaseFault } from "~server/errors.server";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { fromBase64url } from "./format";
import { badKey, recoveryKeyExists, recoveryKeyWaiting } from "./key-refusals.server";
import { lockLiveKey } from "./lock-role-key.server";
import { isUsablePublicKey } from "./match-keys";

/**
 * Registers the public half of the recovery key, made by `keys:recovery make` on a machine of its own. It is no key yet:
 * another administrator confirms it (`confirmRecoveryKey`). Administrators only (404 otherwise), one at a time: throws
 * `recovery_key_exists`, `recovery_key_waiting` (409), `bad_key` (400). `publicKey` in base64url.
 */
export async function registerRecoveryKey(
  db: Database,
  input: { readonly publicKey: string; readonly at: Date },
  actor: StaffActor,
): Promise<{ readonly requestId: string }> {
  const publicKey = fromBase64url(input.publicKey);
  const usable = await isUsablePublicKey(publicKey);
  const requestId = uuidv7();
  const done = withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    if ((await lockLiveKey(tx, "recovery", "share")) !== null) throw recoveryKeyExists();
    if (!usable) throw badKey();
    await tx.insert(recoveryKeyRequests).values({
      id: requestId,
      publicKey: Buffer.from(publicKey),
      requestedBy: actor.id,
      requestedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "keys.recovery_registered",
        subjectTable: "recovery_key_requests",
        subjectId: requestId,
        data: { slot: "recovery" },
        at: input.at,
      },
      actor,
    );
    return { requestId };
  });
  return done.catch((error: unknown) => {
    // Another administrator was faster.
    throw databaseFault(error).constraint === "recovery_key_requests_open_uq" ? recoveryKeyWaiting() : error;
  });
}
