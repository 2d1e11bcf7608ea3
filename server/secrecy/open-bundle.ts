import { openDataKey } from "./data-key";
import { RECORD_OF, SUITE, fromBase64url, type SealedRef } from "./format";
import type { HeldRoleKey } from "./open-keyring";
import { openBody } from "./sealed-body";
import type { SealedBundle } from "./sealed-view";

/** What opening came to. `no_key`: the role has not been handed this one; `broken`: it does not open. */
export type Opened =
  | { readonly state: "open"; readonly text: string }
  | { readonly state: "no_key" }
  | { readonly state: "broken" };

/** Data keys opened so far, by row and record: the fields of one record share theirs. Lives as long as the role keys do. */
export type OpenedDataKeys = Map<string, Uint8Array>;

/** Opens one sealed value with the role keys a person holds. Runs in a staff browser. */
export async function openBundle(
  bundle: SealedBundle,
  roleKeys: readonly HeldRoleKey[],
  opened: OpenedDataKeys = new Map(),
): Promise<Opened> {
  if (bundle.suite !== SUITE) return { state: "broken" };
  try {
    return await openCurrent(bundle, roleKeys, opened);
  } catch {
    // Bytes that are no base64url are as broken as those that do not open.
    return { state: "broken" };
  }
}

async function openCurrent(
  bundle: SealedBundle,
  roleKeys: readonly HeldRoleKey[],
  opened: OpenedDataKeys,
): Promise<Opened> {
  const record = recordOf(bundle.ref);
  const name = `${record.table} ${record.id} ${record.record}`;
  const body = fromBase64url(bundle.body);
  const held = new Map(roleKeys.map((key) => [key.id, key]));
  const mine = bundle.keys.flatMap((key) => {
    const role = held.get(key.roleKeyId);
    return role === undefined || key.part !== "whole" ? [] : [{ key, role }];
  });
  if (mine.length === 0) return { state: "no_key" };
  const known = opened.get(name);
  if (known !== undefined) {
    const text = await openBody(known, bundle.ref, body);
    if (text !== null) return { state: "open", text };
  }
  for (const { key, role } of mine) {
    const dataKey = await openDataKey(
      { enc: fromBase64url(key.enc), body: fromBase64url(key.body) },
      { ...record, part: key.part },
      role,
    );
    if (dataKey === null) continue;
    const text = await openBody(dataKey, bundle.ref, body);
    if (text === null) continue;
    opened.set(name, dataKey);
    return { state: "open", text };
  }
  return { state: "broken" };
}

function recordOf(ref: SealedRef) {
  return { table: ref.table, id: ref.id, record: RECORD_OF[ref.field] };
}
