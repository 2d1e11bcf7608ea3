import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { recoveryKeyRequests } from "~db/schema/keys";
import { utf8 } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { DEMO_PASSPHRASE, wrapPersonalKey } from "~server/secrecy/personal-key";
import { grantRoleKey, makeRoleKey, type Grantee } from "~server/secrecy/role-key";
import { OFFICE_SLOTS, slotsFor } from "~server/secrecy/slots";
import { storePersonalKey, storeRoleKey } from "~server/secrecy/store-keys.server";
import type { StaffActor } from "~server/staff-auth/actor";

type Member = Pick<StaffActor, "id" | "roles" | "agencyId">;

/**
 * Plays the key ceremony for people who have no browser at hand (the demo's cast, tests): personal keys under the
 * published demo passphrase, a key for every slot anybody is a member of, and the office's own slots even where nobody
 * is. Custodians take sides A and B in turn. Returns the recovery key for whoever wants to split it.
 */
export async function seedKeys(
  tx: Tx,
  input: { readonly people: readonly Member[]; readonly at: Date },
): Promise<{ readonly recoveryPrivateKey: Uint8Array; readonly recoveryPublicKey: Uint8Array }> {
  const { people, at } = input;
  const recovery = await makeKeyPair();
  const recoveryKeyId = uuidv7();
  await storeRoleKey(tx, {
    id: recoveryKeyId,
    slot: "recovery",
    epoch: 1,
    publicKey: recovery.publicKey,
    grants: [],
    by: await confirmByTwo(tx, { id: recoveryKeyId, publicKey: recovery.publicKey, people, at }),
    at,
  });
  const members = new Map<string, Grantee[]>(OFFICE_SLOTS.map((slot) => [slot, []]));
  let custodians = 0;
  for (const person of people) {
    const grantee = await seedPersonalKey(tx, person.id, at);
    const slots = slotsFor(person).filter((slot) => !slot.startsWith("custodian"));
    if (person.roles.includes("identity_custodian")) {
      slots.push(custodians % 2 === 0 ? "custodian_a" : "custodian_b");
      custodians += 1;
    }
    for (const slot of slots) members.set(slot, [...(members.get(slot) ?? []), grantee]);
  }
  for (const [slot, grantees] of members) {
    if (slot === "recovery") continue;
    const name = { id: uuidv7(), slot, epoch: 1 };
    const made = await makeRoleKey(name, grantees);
    const toRecovery = await grantRoleKey(name, made.privateKey, {
      keyId: recoveryKeyId,
      publicKey: recovery.publicKey,
    });
    await storeRoleKey(tx, {
      ...name,
      publicKey: made.publicKey,
      grants: [
        ...made.grants.map(({ granteeKeyId, ...sealed }) => ({ personalKeyId: granteeKeyId, ...sealed })),
        { recoveryKeyId, enc: toRecovery.enc, body: toRecovery.body },
      ],
      by: null,
      at,
    });
  }
  return { recoveryPrivateKey: recovery.privateKey, recoveryPublicKey: recovery.publicKey };
}

/** One administrator registers the recovery key and another confirms it, where the cast has two; says who confirmed. */
async function confirmByTwo(
  tx: Tx,
  input: { id: string; publicKey: Uint8Array; people: readonly Member[]; at: Date },
): Promise<string | null> {
  const { id, at } = input;
  const [first, second] = input.people.filter(({ roles }) => roles.includes("administrator"));
  if (first === undefined || second === undefined) return null;
  const publicKey = Buffer.from(input.publicKey);
  await tx.insert(recoveryKeyRequests).values({ id, publicKey, requestedBy: first.id, requestedAt: at });
  await tx
    .update(recoveryKeyRequests)
    .set({ outcome: "confirmed", decidedBy: second.id, decidedAt: at })
    .where(eq(recoveryKeyRequests.id, id));
  return second.id;
}

/** A personal key under the demo passphrase. */
export async function seedPersonalKey(tx: Tx, staffId: string, at: Date): Promise<Grantee> {
  const pair = await makeKeyPair();
  const id = uuidv7();
  const wrap = await wrapPersonalKey(pair.privateKey, {
    method: "demo_passphrase",
    secret: utf8(DEMO_PASSPHRASE),
    personalKeyId: id,
  });
  await storePersonalKey(tx, {
    id,
    staffId,
    publicKey: pair.publicKey,
    wraps: [{ ...wrap, passkeyId: null }],
    at,
  });
  return { keyId: id, publicKey: pair.publicKey };
}
