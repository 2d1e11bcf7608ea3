import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { sealedKeys, sealedValues } from "~db/schema/sealed";
import type { StaffActor } from "~server/staff-auth/actor";
import { RECORD_OF, toBase64url, type KeyPart, type SealedField, type SealedRef } from "./format";
import type { KeyForYou, SealedView } from "./sealed-view";
import { slotsFor } from "./slots";

/**
 * Sealed values of tips with the data keys this person's role keys open, in two queries however many they are. The
 * caller has settled that the person may read them. `get(tipId, field)` answers `absent` where nothing was given,
 * `destroyed` where it was and its period is over.
 */
export async function readSealed(
  tx: Tx,
  input: { readonly tipIds: readonly string[]; readonly fields: readonly SealedField[] },
  actor: StaffActor,
): Promise<(tipId: string, field: SealedField) => SealedView> {
  if (input.tipIds.length === 0) return () => ({ state: "absent" });
  const values = await tx
    .select({
      ownerId: sealedValues.ownerId,
      field: sealedValues.field,
      suite: sealedValues.suite,
      body: sealedValues.body,
    })
    .from(sealedValues)
    .where(
      and(
        eq(sealedValues.ownerTable, "tips"),
        inArray(sealedValues.ownerId, [...input.tipIds]),
        inArray(sealedValues.field, [...input.fields]),
      ),
    );
  const records = [...new Set(input.fields.map((field) => RECORD_OF[field]))];
  const keys = await readKeysFor(tx, { tipIds: input.tipIds, records }, actor);
  const gone = await findDestroyed(
    tx,
    input.tipIds.filter((tipId) => !values.some(({ ownerId }) => ownerId === tipId)),
  );
  const found = new Map(values.map((row) => [`${row.ownerId} ${row.field}`, row]));
  return (tipId, field) => {
    const row = found.get(`${tipId} ${field}`);
    if (row === undefined) return { state: gone.has(tipId) ? "destroyed" : "absent" };
    const ref: SealedRef = { table: "tips", id: tipId, field };
    return {
      state: "sealed",
      ref,
      suite: row.suite,
      body: toBase64url(row.body),
      keys: keys.get(`${tipId} ${RECORD_OF[field]}`) ?? [],
    };
  };
}

/** Of tips without anything sealed, those whose content was destroyed. */
async function findDestroyed(tx: Tx, tipIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (tipIds.length === 0) return new Set();
  const rows = await tx
    .select({ id: tips.id })
    .from(tips)
    .where(and(inArray(tips.id, [...tipIds]), sql`is_destroyed(${tips.id})`));
  return new Set(rows.map(({ id }) => id));
}

/** Data keys of tips' records sealed to role keys this person holds a live grant of, by `<tipId> <record>`. */
export async function readKeysFor(
  tx: Tx,
  input: { readonly tipIds: readonly string[]; readonly records: readonly string[] },
  actor: StaffActor,
): Promise<ReadonlyMap<string, readonly KeyForYou[]>> {
  const rows = await tx
    .select({
      ownerId: sealedKeys.ownerId,
      record: sealedKeys.record,
      part: sealedKeys.part,
      roleKeyId: roleKeys.id,
      slot: roleKeys.slot,
      epoch: roleKeys.epoch,
      enc: sealedKeys.enc,
      body: sealedKeys.body,
    })
    .from(sealedKeys)
    .innerJoin(roleKeys, eq(roleKeys.id, sealedKeys.roleKeyId))
    .innerJoin(keyGrants, and(eq(keyGrants.roleKeyId, roleKeys.id), isNull(keyGrants.revokedAt)))
    .innerJoin(
      personalKeys,
      and(
        eq(personalKeys.id, keyGrants.personalKeyId),
        eq(personalKeys.staffId, actor.id),
        isNull(personalKeys.retiredAt),
      ),
    )
    .where(
      and(
        eq(sealedKeys.ownerTable, "tips"),
        inArray(sealedKeys.ownerId, [...input.tipIds]),
        inArray(sealedKeys.record, [...input.records]),
        // The actor's roles are those of this request: a grant of a role since taken back opens nothing.
        inArray(roleKeys.slot, slotsFor(actor)),
      ),
    );
  const byRecord = new Map<string, KeyForYou[]>();
  for (const { ownerId, record, part, enc, body, ...role } of rows) {
    const name = `${ownerId} ${record}`;
    const key = { ...role, part: part as KeyPart, enc: toBase64url(enc), body: toBase64url(body) };
    byRecord.set(name, [...(byRecord.get(name) ?? []), key]);
  }
  return byRecord;
}
