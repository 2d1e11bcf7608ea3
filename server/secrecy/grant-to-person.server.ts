import type { Tx } from "~db/client.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { sealedBytes, type SealedText } from "./sealed-role-key";
import { storeGrants } from "./store-keys.server";

/** Stores one person's grant of a role key, inside a transaction that has judged it, and tells it about that person. */
export async function grantToPerson(
  tx: Tx,
  input: {
    readonly key: { readonly id: string; readonly slot: string; readonly epoch: number };
    readonly to: { readonly staffId: string; readonly personalKeyId: string };
    readonly sealed: SealedText;
    readonly action: "keys.granted" | "keys.recovered";
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const { key, to, action, at } = input;
  await storeGrants(tx, {
    roleKeyId: key.id,
    grants: [{ personalKeyId: to.personalKeyId, ...sealedBytes(input.sealed) }],
    by: actor.id,
    at,
  });
  await recordEvent(
    tx,
    {
      action,
      subjectTable: "staff",
      subjectId: to.staffId,
      data: { slot: key.slot, epoch: key.epoch },
      at,
    },
    actor,
  );
}
