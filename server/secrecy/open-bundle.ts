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

/** Opens one sealed value with the role keys a person holds. Runs in a staff browser. */
export async function openBundle(bundle: SealedBundle, roleKeys: readonly HeldRoleKey[]): Promise<Opened> {
  if (bundle.suite !== SUITE) return { state: "broken" };
  const held = new Map(roleKeys.map((key) => [key.id, key]));
  const mine = bundle.keys.flatMap((key) => {
    const role = held.get(key.roleKeyId);
    return role === undefined || key.part !== "whole" ? [] : [{ key, role }];
  });
  if (mine.length === 0) return { state: "no_key" };
  for (const { key, role } of mine) {
    const dataKey = await openDataKey(
      { enc: fromBase64url(key.enc), body: fromBase64url(key.body) },
      { ...recordOf(bundle.ref), part: key.part },
      role,
    );
    if (dataKey === null) continue;
    const text = await openBody(dataKey, bundle.ref, fromBase64url(bundle.body));
    if (text !== null) return { state: "open", text };
  }
  return { state: "broken" };
}

function recordOf(ref: SealedRef) {
  return { table: ref.table, id: ref.id, record: RECORD_OF[ref.field] };
}
