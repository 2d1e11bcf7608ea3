import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { readIntakeKeys } from "~server/secrecy/read-role-keys.server";
import { sealTip, storeSealedTip } from "~server/secrecy/seal-tip.server";
import { systemActor } from "~server/staff-auth/actor";

/** Gives a tip an address for notices, sealed to the notice desk as the form seals it. */
export async function leaveAddress(portal: Portal, tipId: string, email: string): Promise<void> {
  await withActor(portal.db, systemActor("test"), async (tx) => {
    const parts = [{ field: "contact" as const, text: JSON.stringify({ email }) }];
    await storeSealedTip(tx, sealTip(tipId, parts, await readIntakeKeys(tx)));
  });
}
