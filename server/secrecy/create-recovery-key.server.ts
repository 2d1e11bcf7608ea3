import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError } from "~server/errors.server";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { fromBase64url } from "./format";
import { badKey, sayKeyRefusals } from "./key-refusals.server";
import { lockLiveKey } from "./lock-role-key.server";
import { isUsablePublicKey } from "./match-keys";
import { storeRoleKey } from "./store-keys.server";

/**
 * Registers the public half of the recovery key, made by `keys:recovery make` on a machine of its own. Administrators
 * only (404 otherwise), once: throws `recovery_key_exists` (409), `bad_key` (400). `publicKey` in base64url.
 */
export async function createRecoveryKey(
  db: Database,
  input: { readonly publicKey: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  const publicKey = fromBase64url(input.publicKey);
  const usable = await isUsablePublicKey(publicKey);
  try {
    await sayKeyRefusals(
      withActor(db, actor, async (tx) => {
        await checkAdministrator(tx, actor);
        if ((await lockLiveKey(tx, "recovery", "share")) !== null) throw recoveryKeyExists();
        if (!usable) throw badKey();
        const id = uuidv7();
        const name = { slot: "recovery", epoch: 1 };
        await storeRoleKey(tx, { id, ...name, publicKey, grants: [], by: actor.id, at: input.at });
        await recordEvent(
          tx,
          { action: "keys.role_made", subjectTable: "role_keys", subjectId: id, data: name, at: input.at },
          actor,
        );
      }),
    );
  } catch (error) {
    // Another administrator was faster.
    if (error instanceof DomainError && error.code === "slot_has_key") throw recoveryKeyExists();
    throw error;
  }
}

function recoveryKeyExists(): DomainError {
  return new DomainError(
    "recovery_key_exists",
    409,
    "恢复密钥已经登记过了，没有改动。请刷新本页，核对上面显示的指纹。",
  );
}
