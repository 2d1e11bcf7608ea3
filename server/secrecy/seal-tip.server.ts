import { and, eq, isNull, or } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { matchAny } from "~db/match-any.server";
import { leadAgencies, leads } from "~db/schema/leads";
import { sealedKeys, sealedValues } from "~db/schema/sealed";
import { RECORD_OF, SUITE, dataKeyInfo, type KeyPart, type SealedField, type SealedRecord } from "./format";
import { sealBodyNow, sealToNow } from "./native-hpke.server";
import { readLiveKeys, type LiveKey } from "./read-role-keys.server";
import { makeDataKey } from "./sealed-body";
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
export function sealTip(
  tipId: string,
  parts: readonly { readonly field: SealedField; readonly text: string }[],
  keys: ReadonlyMap<string, LiveKey>,
): SealedTip {
  const dataKeys = new Map<SealedRecord, Uint8Array>();
  const values: SealedTip["values"][number][] = [];
  for (const { field, text } of parts) {
    const record = RECORD_OF[field];
    const dataKey = dataKeys.get(record) ?? makeDataKey();
    dataKeys.set(record, dataKey);
    values.push({
      id: uuidv4(),
      ownerTable: "tips",
      ownerId: tipId,
      field,
      suite: SUITE,
      body: sealBodyNow(dataKey, { table: "tips", id: tipId, field }, text),
    });
  }
  const wrapped: SealedTip["keys"][number][] = [];
  for (const [record, dataKey] of dataKeys) {
    const shares = record === "identity" ? splitKey(dataKey) : null;
    for (const { slot, part } of READERS[record]) {
      const to = keys.get(slot);
      if (to === undefined) throw new Error(`no key for ${slot}`);
      wrapped.push(
        wrap(part === "whole" || shares === null ? dataKey : shares[part], tipId, record, part, to),
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
  await sealManyForAgencies(tx, [{ sealed, ...input }]);
}

type Placed = {
  readonly sealed: Pick<SealedTip, "tipId" | "contentKey">;
  readonly leadId: string;
  readonly straightTo: readonly string[];
};

/** The same for many tips at once. */
export async function sealManyForAgencies(tx: Tx, placed: readonly Placed[]): Promise<void> {
  // What accuses a body or an official stays with the leading office.
  const open = await tx
    .select({ id: leads.id })
    .from(leads)
    .where(
      and(
        matchAny(leads.id, [...new Set(placed.map(({ leadId }) => leadId))]),
        eq(leads.leadingOfficeOnly, false),
      ),
    );
  const openIds = open.map(({ id }) => id);
  if (openIds.length === 0) return;
  const holders = await tx
    .select({ leadId: leadAgencies.leadId, agencyId: leadAgencies.agencyId })
    .from(leadAgencies)
    .where(
      and(
        matchAny(leadAgencies.leadId, openIds),
        isNull(leadAgencies.toAt),
        or(eq(leadAgencies.relation, "lead"), eq(leadAgencies.relation, "co_lead")),
      ),
    );
  const readers = placed.map(({ leadId, straightTo }) => {
    if (!openIds.includes(leadId)) return [];
    const own = holders.filter((one) => one.leadId === leadId).map(({ agencyId }) => agencyId);
    return [...new Set([...own, ...straightTo])].map(agencySlot);
  });
  const keys = await readLiveKeys(tx, [...new Set(readers.flat())]);
  const rows = placed.flatMap(({ sealed }, at) =>
    sealContentFor(
      sealed,
      (readers[at] ?? []).flatMap((slot) => keys.get(slot) ?? []),
    ),
  );
  await insertRows(tx, sealedKeys, rows);
}

/** The content's key sealed to more readers: agencies that lead the lead. */
function sealContentFor(
  sealed: Pick<SealedTip, "tipId" | "contentKey">,
  readers: readonly LiveKey[],
): (typeof sealedKeys.$inferInsert)[] {
  const { tipId, contentKey } = sealed;
  return contentKey === null ? [] : readers.map((to) => wrap(contentKey, tipId, "content", "whole", to));
}

function wrap(
  key: Uint8Array,
  tipId: string,
  record: SealedRecord,
  part: KeyPart,
  to: LiveKey,
): typeof sealedKeys.$inferInsert {
  const info = dataKeyInfo({ table: "tips", id: tipId, record, part }, to);
  const { enc, body } = sealToNow(to.publicKey, info, key);
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
