import { and, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { roleKeys } from "~db/schema/keys";
import { DomainError } from "~server/errors.server";
import { INTAKE_SLOTS } from "./slots";

/** The live public key of a slot. */
export type LiveKey = {
  readonly id: string;
  readonly slot: string;
  readonly epoch: number;
  readonly publicKey: Uint8Array;
};

/** The live keys of the slots that have one. */
export async function readLiveKeys(tx: Tx, slots: readonly string[]): Promise<ReadonlyMap<string, LiveKey>> {
  if (slots.length === 0) return new Map();
  const rows = await tx
    .select({
      id: roleKeys.id,
      slot: roleKeys.slot,
      epoch: roleKeys.epoch,
      publicKey: roleKeys.publicKey,
    })
    .from(roleKeys)
    .where(and(inArray(roleKeys.slot, [...slots]), isNull(roleKeys.retiredAt)));
  return new Map(rows.map((row) => [row.slot, { ...row, publicKey: new Uint8Array(row.publicKey) }]));
}

/** Whether the office's keys exist, the recovery key among them: until then nothing can be sealed, so nothing is taken. */
export async function isOpenForReports(tx: Tx): Promise<boolean> {
  const needed = ["recovery", ...INTAKE_SLOTS];
  return (await readLiveKeys(tx, needed)).size === needed.length;
}

/** The keys every tip is sealed to. Throws `portal_not_open` (503) while one is missing. */
export async function readIntakeKeys(tx: Tx): Promise<ReadonlyMap<string, LiveKey>> {
  const keys = await readLiveKeys(tx, INTAKE_SLOTS);
  if (keys.size < INTAKE_SLOTS.length) throw portalNotOpen();
  return keys;
}

export function portalNotOpen(): DomainError {
  return new DomainError(
    "portal_not_open",
    503,
    "平台还没有开通：负责部门的密钥尚未建立，现在提交的内容无法加密保存。您填写的内容仍在，请稍后再提交。",
  );
}
