import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { toBase64url, type KeyPart } from "./format";
import { keyNotHeld } from "./key-refusals.server";
import { checkMember, holdsKey, lockLiveKey } from "./lock-role-key.server";
import type { RewrapTarget, StaleDataKey } from "./stale-data-key";

/** How many data keys one request re-wraps at most. */
export const REWRAP_BATCH = 200;

type Row = {
  id: string;
  owner_table: string;
  owner_id: string;
  record: string;
  part: KeyPart;
  role_key_id: string;
  enc: Buffer;
  body: Buffer;
};

/**
 * Data keys still sealed to retired epochs of a slot that this person can open, a batch after `after` in the order of
 * their ids, and how many are left in all. The data keys alone tell nothing: who may read which sealed text is decided
 * where texts are handed out. That somebody took them is itself an event. 404 for anyone but a member; `key_not_held` (409) without the live key.
 */
export async function listStaleDataKeys(
  db: Database,
  input: { readonly slot: string; readonly after: string | null; readonly at: Date },
  actor: StaffActor,
): Promise<{ readonly to: RewrapTarget; readonly keys: readonly StaleDataKey[]; readonly left: number }> {
  return withActor(db, actor, async (tx) => {
    await checkMember(tx, actor.id, input.slot);
    const live = await lockLiveKey(tx, input.slot, "share");
    if (live === null || !(await holdsKey(tx, actor.id, live.id))) throw keyNotHeld();
    const { rows } = await tx.execute<Row>(sql`
      select k.id, k.owner_table, k.owner_id, k.record, k.part, k.role_key_id, k.enc, k.body
        from sealed_keys k join role_keys r on r.id = k.role_key_id
       where r.slot = ${input.slot} and r.retired_at is not null
         and (${input.after}::uuid is null or k.id > ${input.after}::uuid)
         and exists (select 1 from key_grants g join personal_keys p on p.id = g.personal_key_id
                      where g.role_key_id = r.id and g.revoked_at is null
                        and p.staff_id = ${actor.id} and p.retired_at is null)
       order by k.id limit ${REWRAP_BATCH}`);
    if (rows.length > 0) {
      await recordEvent(
        tx,
        {
          action: "keys.stale_viewed",
          subjectTable: "role_keys",
          subjectId: live.id,
          data: { slot: input.slot, keys: rows.length },
          at: input.at,
        },
        actor,
      );
    }
    return {
      to: {
        roleKeyId: live.id,
        slot: input.slot,
        epoch: live.epoch,
        publicKey: toBase64url(live.publicKey),
      },
      keys: rows.map((row) => ({
        id: row.id,
        table: row.owner_table,
        ownerId: row.owner_id,
        record: row.record,
        part: row.part,
        roleKeyId: row.role_key_id,
        enc: toBase64url(row.enc),
        body: toBase64url(row.body),
      })),
      left: (await countStaleDataKeys(tx)).get(input.slot) ?? 0,
    };
  });
}

/**
 * How many data keys are still sealed to retired epochs, by slot: those of leads this person sees. A colleague's count
 * may differ, by what one is recused from.
 */
export async function countStaleDataKeys(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.execute<{ slot: string; n: string }>(sql`
    select r.slot, sum((select count(*) from sealed_keys k where k.role_key_id = r.id))::text as n
      from role_keys r where r.retired_at is not null group by r.slot`);
  return new Map(rows.map(({ slot, n }) => [slot, Number(n)]));
}
