import { withActor } from "~db/with-actor.server";
import { prepareMake, prepareRotate, prepareShare } from "~/staff-client/keys/prepare-acts";
import { seedPersonalKey } from "~server/demo/seed-keys.server";
import type { Portal } from "~server/portal.server";
import { createRoleKey } from "~server/secrecy/create-role-key.server";
import { utf8 } from "~server/secrecy/format";
import { listRoleKeys } from "~server/secrecy/list-role-keys.server";
import { listStaleDataKeys } from "~server/secrecy/list-stale-data-keys.server";
import { openKeyring, type OpenKeyring } from "~server/secrecy/open-keyring";
import { DEMO_PASSPHRASE } from "~server/secrecy/personal-key";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { registerRecoveryKey } from "~server/secrecy/register-recovery-key.server";
import { replaceDataKeys } from "~server/secrecy/replace-data-keys.server";
import type { PublicKeyView, SlotView } from "~server/secrecy/role-keys-view";
import { rotateRoleKey } from "~server/secrecy/rotate-role-key.server";
import { confirmRecoveryKey } from "~server/secrecy/settle-recovery-key.server";
import { shareRoleKey } from "~server/secrecy/share-role-key.server";
import { rewrapStaleKey } from "~server/secrecy/stale-data-key";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";

/** Gives a person a personal key and nothing else. */
export function makePersonalKey(portal: Portal, actor: StaffActor): Promise<unknown> {
  return withActor(portal.db, systemActor("test"), (tx) => seedPersonalKey(tx, actor.id, portal.clock.now()));
}

/** A person's keys as their browser opens them now. */
export async function openKeys(portal: Portal, actor: StaffActor): Promise<OpenKeyring> {
  const keyring = await openKeyring(await readKeyring(portal.db, actor), {
    method: "demo_passphrase",
    secret: utf8(DEMO_PASSPHRASE),
  });
  if (keyring === null) throw new Error("the person has no keys that open");
  return keyring;
}

/** One slot as a person's page shows it. */
export async function slotOf(portal: Portal, actor: StaffActor, slot: string): Promise<SlotView> {
  const found = (await listRoleKeys(portal.db, actor)).slots.find((view) => view.slot === slot);
  if (found === undefined) throw new Error(`the page does not show ${slot}`);
  return found;
}

/** A person's own public key as the page has it. */
export async function ownKeyOf(portal: Portal, actor: StaffActor): Promise<PublicKeyView> {
  const { ownKey } = await listRoleKeys(portal.db, actor);
  if (ownKey === null) throw new Error("the person has no personal key");
  return ownKey;
}

export async function recoveryKeyOf(portal: Portal, actor: StaffActor): Promise<PublicKeyView> {
  const { recoveryKey } = await listRoleKeys(portal.db, actor);
  if (recoveryKey === null) throw new Error("there is no recovery key");
  return recoveryKey;
}

/** Registers the recovery key by one administrator and confirms it by the other. `publicKey` in base64url. */
export async function makeRecoveryKey(
  portal: Portal,
  publicKey: string,
  [first, second]: readonly [StaffActor, StaffActor],
): Promise<void> {
  const at = portal.clock.now();
  const { requestId } = await registerRecoveryKey(portal.db, { publicKey, at }, first);
  await confirmRecoveryKey(portal.db, { requestId, publicKey, at }, second);
}

/** Makes a slot's key as its member's browser would. */
export async function makeKey(portal: Portal, actor: StaffActor, slot: string): Promise<void> {
  const act = await prepareMake(slot, await ownKeyOf(portal, actor), await recoveryKeyOf(portal, actor));
  await createRoleKey(portal.db, { ...act, at: portal.clock.now() }, actor);
}

/** Hands a slot's key to a colleague as the holder's browser would. */
export async function shareKey(
  portal: Portal,
  actor: StaffActor,
  slot: string,
  to: StaffActor,
): Promise<void> {
  const { key } = await slotOf(portal, actor, slot);
  const act = await prepareShare(key?.id ?? "", await ownKeyOf(portal, to), await openKeys(portal, actor));
  if (act === null) throw new Error("the key is not held");
  await shareRoleKey(portal.db, { ...act, at: portal.clock.now() }, actor);
}

/** Replaces a slot's key as a holder's browser would. */
export async function rotateKey(portal: Portal, actor: StaffActor, slot: string): Promise<void> {
  const act = await rotation(portal, actor, slot);
  await rotateRoleKey(portal.db, { ...act, at: portal.clock.now() }, actor);
}

/** A rotation ready to be sent. */
export async function rotation(portal: Portal, actor: StaffActor, slot: string) {
  const { key, rotateTo } = await slotOf(portal, actor, slot);
  if (key === null) throw new Error("there is nothing to replace");
  return prepareRotate({ ...key, slot }, rotateTo, await recoveryKeyOf(portal, actor));
}

/** Re-wraps one batch; tells how many are left. */
export async function rewrapBatch(portal: Portal, actor: StaffActor, slot: string, limit = 200) {
  const asked = { slot, after: null, at: portal.clock.now() };
  const { to, keys } = await listStaleDataKeys(portal.db, asked, actor);
  const { roleKeys } = await openKeys(portal, actor);
  const done = await Promise.all(keys.slice(0, limit).map((key) => rewrapStaleKey(key, to, roleKeys)));
  return replaceDataKeys(
    portal.db,
    {
      slot,
      to: to.roleKeyId,
      keys: done.flatMap((key) => (key === null ? [] : [key])),
      at: portal.clock.now(),
    },
    actor,
  );
}
