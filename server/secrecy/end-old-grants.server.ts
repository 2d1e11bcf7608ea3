import { and, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants } from "~db/schema/keys";
import { recordEvent } from "~server/audit/record-event.server";
import type { Actor } from "~server/staff-auth/actor";

/** An intake that read the old public key just before it was retired has long stored its tip by then. */
const GRACE_HOURS = 1;

/**
 * Ends members' grants of a slot's retired keys to which nothing is sealed any more. The recovery key's grants stay:
 * they cost nothing, and five people watch over them.
 */
export async function endOldGrants(
  tx: Tx,
  input: { readonly slot: string; readonly at: Date },
  actor: Actor,
): Promise<void> {
  const { rows } = await tx.execute<{ id: string; epoch: number }>(sql`
    select r.id, r.epoch from role_keys r
     where r.slot = ${input.slot} and r.retired_at < ${input.at}::timestamptz - make_interval(hours => ${GRACE_HOURS})
       and exists (select 1 from key_grants g where g.role_key_id = r.id and g.revoked_at is null
                      and g.personal_key_id is not null)
       and not sealed_to_key(r.id)`);
  for (const { id, epoch } of rows) {
    await tx
      .update(keyGrants)
      .set({ revokedAt: input.at })
      .where(
        and(
          inArray(keyGrants.roleKeyId, [id]),
          isNotNull(keyGrants.personalKeyId),
          isNull(keyGrants.revokedAt),
        ),
      );
    await recordEvent(
      tx,
      {
        action: "keys.grant_revoked",
        subjectTable: "role_keys",
        subjectId: id,
        data: { slot: input.slot, epochs: [epoch], because: "nothing_sealed" },
        at: input.at,
      },
      actor,
    );
  }
}
