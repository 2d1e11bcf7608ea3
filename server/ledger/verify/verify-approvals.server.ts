import { checkApprovals, type SignedStep } from "~server/rewards/check-approvals";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

/** A signed act with what the register says of its key, grant and delegation; instants as PostgreSQL hands them over. */
export type StepRow = Omit<SignedStep, "table" | "delegation"> & {
  readonly table: SignedStep["table"];
  readonly voucherId: string;
  /** Order in the chain: twice the position, the countersignature between the second and the third. */
  readonly at: number;
  readonly delegation:
    | (Omit<NonNullable<SignedStep["delegation"]>, "acceptedAt" | "endedAt"> & {
        acceptedAt: string | null;
        endedAt: string | null;
      })
    | null;
};

type Row = {
  readonly step: Omit<StepRow, "key" | "grant"> & {
    readonly keyStaff: string;
    readonly keyBytes: Buffer;
    readonly grantStaff: string;
    readonly grantRole: string;
    readonly grantRevokedAt: Date | null;
  };
  readonly voucherHash: Buffer;
  readonly foundBy: string[];
  readonly computedBy: string;
  readonly approvers: number;
  readonly told: boolean;
};

/** The signed acts of the vouchers `$1`, in the order of their chains. */
export const SIGNED_STEPS = `select s.*, v.hash as "voucherHash", k.staff_id as "keyStaff", k.public_key as "keyBytes",
    g.staff_id as "grantStaff", g.role as "grantRole", g.revoked_at as "grantRevokedAt",
    array_remove(array[f.recorded_by, f.verified_by], null) as "foundBy", p.computed_by as "computedBy",
    coalesce((ladder_rung(a, p.amount_fen) ->> 'approvers')::int, 1) as approvers,
    case when d.id is null then null else json_build_object('ofStaff', d.of_staff, 'deputyId', d.deputy_id, 'body', d.body,
      'fromOn', d.from_on, 'untilOn', d.until_on, 'acceptedAt', d.accepted_at, 'endedAt', d.ended_at) end as delegation,
    exists (select 1 from events e where e.subject_table = 'awards' and e.subject_id = a.id::text
      and s.id::text in (e.data ->> 'step', e.data ->> 'countersignature')
      and e.data ->> 'stepHash' = encode(s.hash, 'hex')) as told
  from (select 'approval_steps' as table, id, voucher_id as "voucherId", position, position * 2 as at, action,
          actor_id as "actorId", role_grant_id as "roleGrantId", role_grant_snapshot as snapshot,
          delegation_id as "delegationId", passkey_id, credential_id as "credentialId", public_key as "publicKey", nonce,
          previous_hash as "previousHash", signed_body as "signedBody", hash, authenticator_data as "authenticatorData",
          client_data_json as "clientDataJson", signature, rp_id as "rpId", origin, reason, signed_at as "signedAt"
          from approval_steps
        union all select 'countersignatures', id, voucher_id, null, 5, action, actor_id, role_grant_id, role_grant_snapshot,
          delegation_id, passkey_id, credential_id, public_key, nonce, previous_hash, signed_body, hash, authenticator_data,
          client_data_json, signature, rp_id, origin, null, signed_at from countersignatures) s
  join vouchers v on v.id = s."voucherId" join awards a on a.id = v.award_id
  join reward_pools p on p.id = a.pool_id join findings f on f.id = p.finding_id
  join passkeys k on k.id = s.passkey_id join staff_roles g on g.id = s."roleGrantId"
  left join approval_delegations d on d.id = s."delegationId"
 where s."voucherId" = any ($1::uuid[]) order by s."voucherId", s.at`;

/** Vouchers read together. */
const AT_ONCE = 100;

export type SignedRow = Row["step"] & Omit<Row, "step">;

/** A row as the check reads it. */
export function toSignedStep(row: SignedRow): SignedStep {
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...row,
    key: { staffId: row.keyStaff, publicKey: row.keyBytes },
    grant: { staffId: row.grantStaff, role: row.grantRole, revokedAt: row.grantRevokedAt },
    delegation:
      row.delegation === null
        ? null
        : {
            ...row.delegation,
            acceptedAt: instant(row.delegation.acceptedAt),
            endedAt: instant(row.delegation.endedAt),
          },
  };
}

/**
 * Verifies every signed act from stored data alone (checkApprovals), and that the audit trail tells of the same acts.
 */
export async function verifyApprovals(read: ReadRows, findings: Findings): Promise<void> {
  const vouchers = readPages<{ id: string }>(
    read,
    "select id from vouchers where id > $1::uuid order by id",
    [FIRST_ID],
    ({ id }) => [id],
  );
  let ids: string[] = [];
  for await (const { id } of vouchers) {
    ids.push(id);
    if (ids.length < AT_ONCE) continue;
    await checkVouchers(read, ids, findings);
    ids = [];
  }
  await checkVouchers(read, ids, findings);
  const lost = await read<{ step: string; table: string }>(
    `select e.data ->> 'step' as step, 'approval_steps' as table, e.seq from events e where e.subject_table = 'awards'
        and e.data ? 'step' and not exists (select 1 from approval_steps s where s.id::text = e.data ->> 'step')
     union all select e.data ->> 'countersignature', 'countersignatures', e.seq from events e where e.subject_table = 'awards'
        and e.data ? 'countersignature'
        and not exists (select 1 from countersignatures s where s.id::text = e.data ->> 'countersignature')
     order by 3 limit 20`,
  );
  for (const { step, table } of lost)
    findings.fault("10 no step is removed", table, step, "the audit trail tells of it");
}

async function checkVouchers(read: ReadRows, ids: readonly string[], findings: Findings): Promise<void> {
  let together: SignedRow[] = [];
  for (const row of await read<SignedRow>(SIGNED_STEPS, [ids])) {
    findings.count("approvals");
    if (together[0] !== undefined && together[0].voucherId !== row.voucherId) {
      await check(together, findings);
      together = [];
    }
    together.push(row);
  }
  await check(together, findings);
}

async function check(rows: readonly SignedRow[], findings: Findings): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { voucherId: id, voucherHash: hash, foundBy, computedBy, approvers } = first;
  const steps = rows.map(toSignedStep);
  for (const fault of await checkApprovals({ id, hash, foundBy, computedBy, approvers, steps }))
    findings.fault(fault.rule, fault.table, fault.id, fault.detail);
  for (const row of rows.filter(({ told }) => !told))
    findings.fault("10 the audit trail tells of every step", row.table, row.id, row.hash.toString("hex"));
}
