import { randomBytes } from "node:crypto";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { bindReason, writeSignedBody } from "~server/rewards/signing.server";
import type { TestPerson } from "~tests/factories/make-staff";

export type RawStep = {
  voucher_id: string;
  position: number;
  action: string;
  actor_id: string;
  role_grant_id: string;
  role_grant_snapshot: Record<string, string>;
  passkey_id: string;
  credential_id: string;
  public_key: Buffer;
  nonce: string;
  previous_hash: Buffer | null;
  signed_body: string;
  hash: Buffer;
  authenticator_data: Buffer;
  client_data_json: Buffer;
  signature: Buffer;
  rp_id: string;
  origin: string;
  reason: string | null;
};

/** A well-formed step for the voucher of an award as it stands, signed by the person: what the code would write. */
export async function buildStep(
  pool: pg.Pool,
  awardId: string,
  person: TestPerson,
  action: ApprovalAction,
  options: { origin?: string; rpId?: string; userVerified?: boolean; nonce?: string } = {},
): Promise<RawStep> {
  const { rows } = await pool.query<{ id: string; hash: Buffer; last: Buffer | null; position: number }>(
    `select v.id, v.hash, (select s.hash from approval_steps s where s.voucher_id = v.id order by position desc limit 1) as last,
            (select count(*)::int from approval_steps s where s.voucher_id = v.id) as position
       from vouchers v where v.award_id = $1`,
    [awardId],
  );
  const { rows: grants } = await pool.query<{ id: string; role: string }>(
    "select id, role from staff_roles where staff_id = $1 order by revoked_at is null desc, granted_at desc limit 1",
    [person.actor.id],
  );
  const voucher = rows[0];
  const grant = grants[0];
  if (voucher === undefined || grant === undefined) throw new Error("nothing to sign, or nobody");
  const reason = action === "reject" ? "材料不齐，请补充" : null;
  const nonce = options.nonce ?? bindReason(randomBytes(16).toString("base64url"), reason);
  const { signedBody, hash } = writeSignedBody({
    action,
    voucherHash: voucher.hash,
    previousHash: voucher.last,
    actorId: person.actor.id,
    nonce,
  });
  const origin = options.origin ?? "https://tips.example.gov.cn";
  const rpId = options.rpId ?? "tips.example.gov.cn";
  const { response } = person.passkey.assert({
    challenge: hash.toString("base64url"),
    rpId,
    origin,
    userVerified: options.userVerified ?? true,
  });
  return {
    voucher_id: voucher.id,
    position: voucher.position + 1,
    action,
    actor_id: person.actor.id,
    role_grant_id: grant.id,
    role_grant_snapshot: { id: grant.id, staffId: person.actor.id, role: grant.role },
    passkey_id: person.passkeyId,
    credential_id: person.passkey.credentialId,
    public_key: person.passkey.publicKey,
    nonce,
    previous_hash: voucher.last,
    signed_body: signedBody,
    hash,
    authenticator_data: Buffer.from(response.authenticatorData, "base64url"),
    client_data_json: Buffer.from(response.clientDataJSON, "base64url"),
    signature: Buffer.from(response.signature, "base64url"),
    rp_id: rpId,
    origin,
    reason,
  };
}

/** Inserts the step by plain SQL and moves the award as given. */
export async function insertStep(
  client: pg.PoolClient,
  step: RawStep,
  awardId: string,
  status: string,
): Promise<void> {
  const columns = Object.keys(step);
  await client.query(
    `insert into approval_steps (id, ${columns.join(", ")}) values ($1, ${columns.map((_, at) => `$${at + 2}`).join(", ")})`,
    [uuidv7(), ...Object.values(step)],
  );
  await client.query("update awards set status = $2 where id = $1", [awardId, status]);
}
