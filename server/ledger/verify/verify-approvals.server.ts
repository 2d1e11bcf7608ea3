import { contains } from "~server/rewards/apply-rate";
import { checkApprovals, type ApprovalFault, type SignedStep } from "~server/rewards/check-approvals";
import { fraction } from "~server/rewards/fraction";
import { storedSchemeSchema } from "~server/rewards/scheme-grammar";
import { groupRows } from "../group-rows";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";
import { SUBJECT } from "./verify-trail.server";

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
  readonly scheme: string;
  readonly poolAmount: string;
};

/** The signed acts of the vouchers `$1`, in the order of their chains. */
export const SIGNED_STEPS = `select s.*, v.hash as "voucherHash", k.staff_id as "keyStaff", k.public_key as "keyBytes",
    g.staff_id as "grantStaff", g.role as "grantRole", g.revoked_at as "grantRevokedAt",
    array_remove(array[f.recorded_by, f.verified_by], null) as "foundBy", p.computed_by as "computedBy",
    p.scheme_id || ' ' || p.scheme_version as scheme, p.amount_fen::text as "poolAmount",
    case when d.id is null then null else json_build_object('ofStaff', d.of_staff, 'deputyId', d.deputy_id, 'body', d.body,
      'fromOn', d.from_on, 'untilOn', d.until_on, 'acceptedAt', d.accepted_at, 'endedAt', d.ended_at) end as delegation
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
const AT_ONCE = 250;
/** Told acts looked up together. */
const LOOKED_UP = 1_000;

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

/** How many approvers a scheme's ladder asks for at an amount; one where the scheme cannot be read (verifyPools says so). */
type AskedApprovers = (scheme: string, amount: string) => number;

/** What the audit trail tells of an award's signed acts: `<award> <act> <hash in hex>`. */
type ToldActs = ReadonlySet<string>;

/**
 * Verifies every signed act from stored data alone (checkApprovals), and that the audit trail tells of the same acts.
 */
export async function verifyApprovals(read: ReadRows, findings: Findings): Promise<void> {
  const asked = await readLadders(read);
  const vouchers = readPages<Voucher>(
    read,
    `select id, award_id as "awardId" from vouchers where id > $1::uuid order by id`,
    [FIRST_ID],
    ({ id }) => [id],
  );
  let page: Voucher[] = [];
  let ahead: Promise<SignedPage> | null = null;
  // The next vouchers are read while these are checked.
  const turn = async (next: Promise<SignedPage> | null) => {
    const current = ahead;
    ahead = next;
    next?.catch(() => undefined);
    if (current !== null) await checkVouchers(await current, asked, findings);
  };
  for await (const voucher of vouchers) {
    page.push(voucher);
    if (page.length < AT_ONCE) continue;
    await turn(readSigned(read, page));
    page = [];
  }
  await turn(readSigned(read, page));
  await turn(null);
  await verifyActsKept(read, findings);
}

type Voucher = { id: string; awardId: string };
type SignedPage = {
  readonly rows: readonly SignedRow[];
  readonly told: ToldActs;
  readonly awardOf: ReadonlyMap<string, string>;
};

async function readSigned(read: ReadRows, vouchers: readonly Voucher[]): Promise<SignedPage> {
  const awardOf = new Map(vouchers.map(({ id, awardId }) => [id, awardId]));
  const [rows, told] = await Promise.all([
    read<SignedRow>(SIGNED_STEPS, [[...awardOf.keys()]]),
    read<{ award: string; acts: (string | null)[]; hash: string | null }>(
      `select subject_id as award, array[data ->> 'step', data ->> 'countersignature'] as acts, data ->> 'stepHash' as hash
         from events where subject_table = 'awards' and subject_id = any ($1::text[])`,
      [[...awardOf.values()]],
    ),
  ]);
  const acts = told.flatMap((one) => one.acts.map((act) => `${one.award} ${act} ${one.hash}`));
  return { rows, told: new Set(acts), awardOf };
}

async function readLadders(read: ReadRows): Promise<AskedApprovers> {
  const rows = await read<{ key: string; content: unknown }>(
    "select scheme_id || ' ' || version as key, content from schemes",
  );
  const ladders = new Map(
    rows.map(({ key, content }) => {
      const parsed = storedSchemeSchema.safeParse(content);
      return [key, parsed.success ? parsed.data.approval.ladder : []];
    }),
  );
  return (scheme, amount) => {
    const base = fraction(BigInt(amount));
    return ladders.get(scheme)?.find((rung) => contains(rung, base))?.approvers ?? 1;
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every act the audit trail tells of is still there. */
async function verifyActsKept(read: ReadRows, findings: Findings): Promise<void> {
  const tellings = readPages<{ seq: string; step: string | null; second: string | null }>(
    read,
    `select e.seq::text, e.data ->> 'step' as step, e.data ->> 'countersignature' as second from events e
      where e.seq > $1 and ${SUBJECT} = 'awards' and (e.data ? 'step' or e.data ? 'countersignature') order by e.seq`,
    ["0"],
    ({ seq }) => [seq],
  );
  let acts: { table: string; id: string }[] = [];
  const look = async () => {
    for (const table of ["approval_steps", "countersignatures"]) {
      const ids = acts.filter((act) => act.table === table).map(({ id }) => id);
      const rows = await read<{ id: string }>(`select id from ${table} where id = any ($1::uuid[])`, [
        ids.filter((id) => UUID.test(id)),
      ]);
      const known = new Set(rows.map(({ id }) => id));
      for (const id of ids.filter((each) => !known.has(each)))
        findings.fault("10 no step is removed", table, id, "the audit trail tells of it");
    }
    acts = [];
  };
  for await (const { step, second } of tellings) {
    if (step !== null) acts.push({ table: "approval_steps", id: step });
    if (second !== null) acts.push({ table: "countersignatures", id: second });
    if (acts.length >= LOOKED_UP) await look();
  }
  await look();
}

async function checkVouchers(
  { rows, told, awardOf }: SignedPage,
  asked: AskedApprovers,
  findings: Findings,
): Promise<void> {
  const vouchers = [...groupRows(rows, (row) => row.voucherId).values()];
  // All at once, as signatures are verified on other cores; told in their order.
  const judged = await Promise.all(vouchers.map((together) => check(together, asked)));
  for (const [at, together] of vouchers.entries()) {
    for (const _ of together) findings.count("approvals");
    for (const fault of judged[at] ?? []) findings.fault(fault.rule, fault.table, fault.id, fault.detail);
    for (const { id, table, hash, voucherId } of together) {
      if (!told.has(`${awardOf.get(voucherId)} ${id} ${hash.toString("hex")}`))
        findings.fault("10 the audit trail tells of every step", table, id, hash.toString("hex"));
    }
  }
}

async function check(rows: readonly SignedRow[], asked: AskedApprovers): Promise<ApprovalFault[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const { voucherId: id, voucherHash: hash, foundBy, computedBy, scheme, poolAmount } = first;
  const steps = rows.map(toSignedStep);
  const approvers = asked(scheme, poolAmount);
  return checkApprovals({ id, hash, foundBy, computedBy, approvers, steps });
}
