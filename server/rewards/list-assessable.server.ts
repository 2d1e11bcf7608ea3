import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { readLiveGrants, requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";

export const ASSESSABLE_A_PAGE = 25;

export type AssessableLead = {
  readonly leadId: string;
  readonly leadNumber: number;
  readonly leadName: string;
  readonly decisionNumber: string;
  readonly decidedOn: string;
  /**
   * `returned`: an award of the live computation was sent back; `changed`: a newer finding stands; `objected`: an
   * informant objects.
   */
  readonly why: "new" | "returned" | "changed" | "objected";
};

/**
 * Leads whose reward a preparer may compute: a verified, final finding, somebody who asked for a reward, and no live
 * computation (or one that was sent back, or rests on an older finding, with none of its awards approved; or one an
 * informant objects to). The
 * earliest decision first. Throws `not_found` for anyone but a preparer.
 */
export async function listAssessable(
  db: Database,
  input: { readonly page: number },
  actor: Actor,
): Promise<{ rows: AssessableLead[]; total: number }> {
  return withActor(db, actor, async (tx) => {
    await requirePreparerToRead(tx, actor);
    const { rows } = await tx.execute<AssessableLead & { total: number }>(sql`
      select l.id as "leadId", l.number::float8 as "leadNumber", l.name as "leadName",
        f.decision_number as "decisionNumber", f.decided_on::text as "decidedOn",
        case when p.id is null then 'new' when o.objected then 'objected' when p.finding_id <> f.id then 'changed' else 'returned' end as why,
        (count(*) over ())::int as total
      from findings f
      join leads l on l.id = f.lead_id
      left join reward_pools p on p.lead_id = l.id and p.stage = 'final' and p.status = 'live'
      left join lateral (select exists (select from award_objections b join awards a on a.id = b.award_id
        where a.pool_id = p.id and b.outcome is null) as objected) o on true
      where f.status = 'verified' and f.is_final
        and exists (select from tips t where t.lead_id = l.id and t.wants_reward)
        and (p.id is null or o.objected
          or ((p.finding_id <> f.id or exists (select from awards a where a.pool_id = p.id and a.status = 'rejected'))
            and not exists (select from awards a where a.pool_id = p.id
              and a.status not in ('drafted', 'prepared', 'reviewed', 'rejected'))))
      order by f.decided_on, l.number
      limit ${ASSESSABLE_A_PAGE} offset ${(input.page - 1) * ASSESSABLE_A_PAGE}`);
    return {
      rows: rows.map(({ total: _, ...row }) => row),
      total: rows[0]?.total ?? 0,
    };
  });
}

/** Preparers look before they sign in with a passkey, so a demo session may read here. Throws `not_found`. */
export async function requirePreparerToRead(tx: Tx, actor: Actor): Promise<void> {
  const person = await requireMoneyReader(tx, actor);
  const grants = await readLiveGrants(tx, person.id);
  if (!grants.some((grant) => grant.role === "finance_preparer")) throw notFound();
}
