import { and, eq, isNull, sql } from "drizzle-orm";
import { keyGrants, roleKeys } from "~db/schema/keys";
import { sealedKeys, sealedValues } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { seedKeys, seedPersonalKey } from "~server/demo/seed-keys.server";
import { openDataKey } from "~server/secrecy/data-key";
import { RECORD_OF, utf8, type SealedField } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { openKeyring, type HeldRoleKey, type OpenKeyring } from "~server/secrecy/open-keyring";
import { DEMO_PASSPHRASE } from "~server/secrecy/personal-key";
import { readKeyringOf } from "~server/secrecy/read-keyring.server";
import { grantRoleKey, makeRoleKey, openGrant } from "~server/secrecy/role-key";
import { openBody } from "~server/secrecy/sealed-body";
import { slotsFor } from "~server/secrecy/slots";
import { joinShares } from "~server/secrecy/split-key";
import { storeGrants, storeRoleKey } from "~server/secrecy/store-keys.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import type { Portal } from "~server/portal.server";
import { v7 as uuidv7 } from "uuid";

const TEST = systemActor("test");

/** The recovery key of each test portal: with it a test opens any role's key, as three share holders could. */
const recoveryKeys = new WeakMap<object, Uint8Array>();

/** Makes the office's keys, so that reports can be taken. Nobody holds them until `holdKeys`. */
export async function openOffice(portal: Portal): Promise<void> {
  const { recoveryPrivateKey } = await withActor(portal.db, TEST, (tx) =>
    seedKeys(tx, { people: [], at: portal.clock.now() }),
  );
  recoveryKeys.set(portal.db.pool, recoveryPrivateKey);
}

/** The live key of a slot with its private half; an agency's is made on first use. */
export async function roleKeyOf(portal: Portal, slot: string): Promise<HeldRoleKey> {
  return withActor(portal.db, TEST, async (tx) => {
    const find = () =>
      tx
        .select({
          id: roleKeys.id,
          epoch: roleKeys.epoch,
          enc: keyGrants.enc,
          body: keyGrants.body,
          to: keyGrants.recoveryKeyId,
        })
        .from(roleKeys)
        .innerJoin(keyGrants, and(eq(keyGrants.roleKeyId, roleKeys.id), sql`recovery_key_id is not null`))
        .where(and(eq(roleKeys.slot, slot), isNull(roleKeys.retiredAt)));
    let [row] = await find();
    if (row === undefined) {
      const [recovery] = await tx.select().from(roleKeys).where(eq(roleKeys.slot, "recovery"));
      if (recovery === undefined) throw new Error("open the office first");
      const name = { id: uuidv7(), slot, epoch: 1 };
      const made = await makeRoleKey(name, [{ keyId: recovery.id, publicKey: recovery.publicKey }]);
      const grants = made.grants.map(({ granteeKeyId, ...sealed }) => ({
        recoveryKeyId: granteeKeyId,
        ...sealed,
      }));
      await storeRoleKey(tx, {
        ...name,
        publicKey: made.publicKey,
        grants,
        by: null,
        at: portal.clock.now(),
      });
      [row] = await find();
    }
    const secret = recoveryKeys.get(portal.db.pool);
    if (!row?.to || secret === undefined) throw new Error(`no key for ${slot}`);
    const name = { id: row.id, slot, epoch: row.epoch };
    const privateKey = await openGrant(
      name,
      { granteeKeyId: row.to, enc: bytes(row.enc), body: bytes(row.body) },
      secret,
    );
    if (privateKey === null) throw new Error(`the recovery key does not open ${slot}`);
    return { ...name, privateKey };
  });
}

/** Gives a person a personal key and grants of their slots (or of those named), and opens them as their browser would. */
export async function holdKeys(
  portal: Portal,
  actor: StaffActor,
  slots: readonly string[] = slotsFor(actor).filter((slot) => slot !== "custodian_b"),
): Promise<OpenKeyring> {
  const held: HeldRoleKey[] = [];
  for (const slot of slots) held.push(await roleKeyOf(portal, slot));
  return withActor(portal.db, TEST, async (tx) => {
    const at = portal.clock.now();
    const grantee = await seedPersonalKey(tx, actor.id, at);
    for (const { privateKey, ...name } of held) {
      const { enc, body } = await grantRoleKey(name, privateKey, grantee);
      await storeGrants(tx, {
        roleKeyId: name.id,
        grants: [{ personalKeyId: grantee.keyId, enc, body }],
        by: null,
        at,
      });
    }
    const keyring = await openKeyring(await readKeyringOf(tx, actor.id), {
      method: "demo_passphrase",
      secret: utf8(DEMO_PASSPHRASE),
    });
    if (keyring === null) throw new Error("the keys just made do not open");
    return keyring;
  });
}

/** A sealed field of a tip, opened as its readers could: triage for content, both custodians for the identity. */
export async function openField(portal: Portal, tipId: string, field: SealedField): Promise<string | null> {
  const record = RECORD_OF[field];
  const rows = await withActor(portal.db, TEST, (tx) =>
    tx
      .select({ part: sealedKeys.part, slot: roleKeys.slot, enc: sealedKeys.enc, body: sealedKeys.body })
      .from(sealedKeys)
      .innerJoin(roleKeys, eq(roleKeys.id, sealedKeys.roleKeyId))
      .where(and(eq(sealedKeys.ownerId, tipId), eq(sealedKeys.record, record))),
  );
  const shares: Uint8Array[] = [];
  for (const row of rows.filter(({ slot }) => !slot.startsWith("agency:"))) {
    const part = row.part as "whole" | "a" | "b";
    const share = await openDataKey(
      { enc: bytes(row.enc), body: bytes(row.body) },
      { table: "tips", id: tipId, record, part },
      await roleKeyOf(portal, row.slot),
    );
    if (share === null) throw new Error(`the ${row.part} share does not open`);
    shares.push(share);
  }
  const [first, second] = shares;
  if (first === undefined) return null;
  const [value] = await withActor(portal.db, TEST, (tx) =>
    tx
      .select({ body: sealedValues.body })
      .from(sealedValues)
      .where(and(eq(sealedValues.ownerId, tipId), eq(sealedValues.field, field))),
  );
  if (value === undefined) return null;
  const key = second === undefined ? first : joinShares(first, second);
  return openBody(key, { table: "tips", id: tipId, field }, bytes(value.body));
}

/** A key pair of somebody who has nothing to do with the office. */
export const strangersKey = makeKeyPair;

function bytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
