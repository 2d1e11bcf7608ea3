import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import { withSnapshot } from "~server/ledger/verify/read-rows.server";
import { SIGNED_STEPS, toSignedStep, type SignedRow } from "~server/ledger/verify/verify-approvals.server";
import type { Actor } from "~server/staff-auth/actor";
import { toPem, type ApprovalBundle } from "./approval-bundle";

/**
 * The approval of an award as a file that `approvals:verify` checks without a database. Throws `not_found` for who may
 * not see money.
 */
export async function exportApprovals(
  db: Database,
  input: { readonly awardId: string },
  actor: Actor,
): Promise<ApprovalBundle> {
  await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const [seen] = await tx.select({ id: awards.id }).from(awards).where(eq(awards.id, input.awardId));
    if (seen === undefined) throw notFound();
  });
  // Colleagues' keys are not finance's to list; those that signed this voucher are part of what proves it.
  return withSnapshot(db, "approval-bundle", async (read) => {
    const [voucher] = await read<Voucher>(VOUCHER, [input.awardId]);
    if (voucher === undefined) throw notFound();
    const steps = (await read<SignedRow>(SIGNED_STEPS, [[voucher.id]])).map(toSignedStep);
    const { id, body, hash, ...rest } = voucher;
    const b64 = (bytes: Buffer) => bytes.toString("base64url");
    return {
      kind: "approval-bundle/1",
      voucher: { id, body, hash: hash.toString("hex") },
      ...rest,
      steps: steps.map((step) => ({
        id: step.id,
        table: step.table,
        position: step.position,
        action: step.action,
        actorId: step.actorId,
        roleGrantId: step.roleGrantId,
        snapshot: step.snapshot,
        delegationId: step.delegationId,
        credentialId: step.credentialId,
        publicKey: b64(step.publicKey),
        publicKeyPem: toPem(step.publicKey),
        nonce: step.nonce,
        previousHash: step.previousHash?.toString("hex") ?? null,
        signedBody: step.signedBody,
        hash: step.hash.toString("hex"),
        authenticatorData: b64(step.authenticatorData),
        clientDataJson: b64(step.clientDataJson),
        signature: b64(step.signature),
        rpId: step.rpId,
        origin: step.origin,
        reason: step.reason,
        signedAt: step.signedAt.toISOString(),
        key: { staffId: step.key.staffId, publicKey: b64(step.key.publicKey) },
        grant: { ...step.grant, revokedAt: step.grant.revokedAt?.toISOString() ?? null },
        delegation:
          step.delegation === null
            ? null
            : {
                ...step.delegation,
                acceptedAt: step.delegation.acceptedAt?.toISOString() ?? null,
                endedAt: step.delegation.endedAt?.toISOString() ?? null,
              },
      })),
    };
  });
}

type Voucher = {
  id: string;
  body: string;
  hash: Buffer;
  status: string;
  foundBy: string[];
  computedBy: string;
  approvers: number;
};

const VOUCHER = `select v.id, v.body, v.hash, a.status, array_remove(array[f.recorded_by, f.verified_by], null) as "foundBy",
    p.computed_by as "computedBy", coalesce((ladder_rung(a, p.amount_fen) ->> 'approvers')::int, 1) as approvers
  from vouchers v join awards a on a.id = v.award_id join reward_pools p on p.id = a.pool_id
  join findings f on f.id = p.finding_id where v.award_id = $1::uuid`;
