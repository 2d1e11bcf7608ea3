import { and, eq, isNull, or } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { leadAgencies, leads } from "~db/schema/leads";
import { sealedKeys, sealedValues } from "~db/schema/sealed";
import { sealDataKey } from "./data-key";
import { RECORD_OF, SUITE, type KeyPart, type SealedField, type SealedRecord } from "./format";
import { readLiveKeys, type LiveKey } from "./read-role-keys.server";
import { makeDataKey, sealBody } from "./sealed-body";
import { agencySlot } from "./slots";
import { splitKey } from "./split-key";

export type SealedTip = {
  readonly tipId: string;
  readonly values: readonly (typeof sealedValues.$inferInsert)[];
  readonly keys: readonly (typeof sealedKeys.$inferInsert)[];
  /** The content's data key, for the agencies that hold the lead; forgotten with the request. */
  readonly contentKey: Uint8Array | null;
};

/** Who reads which record, and which part of its key they get (secrecy.md, "What is stored how"). */
const READERS: Record<SealedRecord, readonly { readonly slot: string; readonly part: KeyPart }[]> = {
  content: [{ slot: "triage", part: "whole" }],
  identity: [
    { slot: "custodian_a", part: "a" },
    { slot: "custodian_b", part: "b" },
  ],
  contact: [{ slot: "notice_desk", part: "whole" }],
};

/**
 * Seals what a reporter gave: each record under a key of its own, that key once to each reader. `keys` are those of
 * `readIntakeKeys`. Touches no database, so that no lock is held while it computes.
 */
export async function sealTip(
  tipId: string,
  parts: readonly { readonly field: SealedField; readonly text: string }[],
  keys: ReadonlyMap<string, LiveKey>,
): Promise<SealedTip> {
  const dataKeys = new Map<SealedRecord, Uint8Array>();
  const values: SealedTip["values"][number][] = [];
  for (const { field, text } of parts) {
    const record = RECORD_OF[field];
    const dataKey = dataKeys.get(record) ?? makeDataKey();
    dataKeys.set(record, dataKey);
    const body = await sealBody(dataKey, { table: "tips", id: tipId, field }, text);
    values.push({
      id: uuidv4(),
      ownerTable: "tips",
      ownerId: tipId,
      field,
      suite: SUITE,
      body: Buffer.from(body),
    });
  }
  const wrapped: SealedTip["keys"][number][] = [];
  for (const [record, dataKey] of dataKeys) {
    const shares = record === "identity" ? splitKey(dataKey) : null;
    for (const { slot, part } of READERS[record]) {
      const to = keys.get(slot);
      if (to === undefined) throw new Error(`no key for ${slot}`);
      wrapped.push(
        await wrap(part === "whole" || shares === null ? dataKey : shares[part], tipId, record, part, to),
      );
    }
  }
  return { tipId, values, keys: wrapped, contentKey: dataKeys.get("content") ?? null };
}

/** Stores a sealed tip's values and keys inside the caller's transaction. */
export async function storeSealedTip(tx: Tx, sealed: SealedTip): Promise<void> {
  if (sealed.values.length > 0) await tx.insert(sealedValues).values([...sealed.values]);
  if (sealed.keys.length > 0) await tx.insert(sealedKeys).values([...sealed.keys]);
}

/**
 * Seals the content's key also to the bodies that lead the lead already, and to `straightTo` (agencies a pack lets a
 * sector go straight to). Bodies without a key yet get it later, from triage's browser.
 */
export async function sealForAgencies(
  tx: Tx,
  sealed: SealedTip,
  input: { readonly leadId: string; readonly straightTo: readonly string[] },
): Promise<void> {
  if (sealed.contentKey === null) return;
  const [lead] = await tx
    .select({ officeOnly: leads.leadingOfficeOnly })
    .from(leads)
    .where(eq(leads.id, input.leadId));
  // What accuses a body or an official stays with the leading office.
  if (lead?.officeOnly !== false) return;
  const holders = await tx
    .select({ agencyId: leadAgencies.agencyId })
    .from(leadAgencies)
    .where(
      and(
        eq(leadAgencies.leadId, input.leadId),
        isNull(leadAgencies.toAt),
        or(eq(leadAgencies.relation, "lead"), eq(leadAgencies.relation, "co_lead")),
      ),
    );
  const agencyIds = [...new Set([...holders.map(({ agencyId }) => agencyId), ...input.straightTo])];
  const keys = await readLiveKeys(tx, agencyIds.map(agencySlot));
  if (keys.size === 0) return;
  const rows = [];
  for (const to of keys.values())
    rows.push(await wrap(sealed.contentKey, sealed.tipId, "content", "whole", to));
  await tx.insert(sealedKeys).values(rows);
}

async function wrap(
  key: Uint8Array,
  tipId: string,
  record: SealedRecord,
  part: KeyPart,
  to: LiveKey,
): Promise<typeof sealedKeys.$inferInsert> {
  const { enc, body } = await sealDataKey(key, { table: "tips", id: tipId, record, part }, to);
  return {
    id: uuidv4(),
    ownerTable: "tips",
    ownerId: tipId,
    record,
    part,
    roleKeyId: to.id,
    suite: SUITE,
    enc: Buffer.from(enc),
    body: Buffer.from(body),
  };
}
