import type { Portal } from "~server/portal.server";
import { utf8 } from "~server/secrecy/format";
import { handOver, type HandedOver } from "~server/secrecy/hand-over";
import { listKeysToHandOver, storeHandedOver } from "~server/secrecy/hand-over-keys.server";
import { openKeyring } from "~server/secrecy/open-keyring";
import { DEMO_PASSPHRASE } from "~server/secrecy/personal-key";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import type { StaffActor } from "~server/staff-auth/actor";

/** Does for a demo triage officer what their browser does after 转办: hands each waiting content key to its agency. */
export async function handOverAll(portal: Portal, triage: StaffActor): Promise<void> {
  const keyring = await openKeyring(await readKeyring(portal.db, triage), {
    method: "demo_passphrase",
    secret: utf8(DEMO_PASSPHRASE),
  });
  for (;;) {
    const at = portal.clock.now();
    const { keys } = await listKeysToHandOver(portal.db, { leadIds: null, at }, triage);
    const sealed = await Promise.all(keys.map((key) => handOver(key, keyring?.roleKeys ?? [])));
    const given = sealed.filter((key): key is HandedOver => key !== null);
    if (given.length === 0) return;
    await storeHandedOver(portal.db, { keys: given, at }, triage);
  }
}
