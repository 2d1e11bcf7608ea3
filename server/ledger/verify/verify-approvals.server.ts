import { createHash } from "node:crypto";
import { bindReason, writeSignedBody } from "~server/rewards/signing.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { findAssertionFault } from "~server/signatures/find-assertion-fault";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Step = {
  id: string;
  voucher_id: string;
  position: number;
  action: ApprovalAction;
  actor_id: string;
  role_grant_id: string;
  snapshot: { id?: string; staffId?: string; role?: string };
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
  voucher_hash: Buffer;
  key_staff: string;
  key_bytes: Buffer;
  grant_staff: string;
  grant_role: string;
  revoked_before: boolean;
  found_by: string[];
  computed_by: string;
  told: boolean;
};

const ROLE_BY_POSITION = ["finance_preparer", "finance_reviewer", "finance_approver"] as const;

/**
 * Verifies every signed act from stored data alone: its words, its chain, the passkey's assertion over them, three
 * different people, and the role each held (invariants 9 and 10); and that the audit trail tells of the same acts.
 */
export async function verifyApprovals(read: ReadRows, findings: Findings): Promise<void> {
  const steps = readPages<Step>(
    read,
    `select s.id, s.voucher_id, s.position, s.action, s.actor_id, s.role_grant_id, s.role_grant_snapshot as snapshot,
            s.credential_id, s.public_key, s.nonce, s.previous_hash, s.signed_body, s.hash, s.authenticator_data,
            s.client_data_json, s.signature, s.rp_id, s.origin, s.reason, v.hash as voucher_hash,
            k.staff_id as key_staff, k.public_key as key_bytes, g.staff_id as grant_staff, g.role as grant_role,
            coalesce(g.revoked_at < s.signed_at, false) as revoked_before,
            array_remove(array[f.recorded_by, f.verified_by], null) as found_by, p.computed_by,
            exists (select 1 from events e where e.subject_table = 'awards' and e.subject_id = a.id::text
              and e.data ->> 'step' = s.id::text and e.data ->> 'stepHash' = encode(s.hash, 'hex')) as told
       from approval_steps s join vouchers v on v.id = s.voucher_id join awards a on a.id = v.award_id
       join reward_pools p on p.id = a.pool_id join findings f on f.id = p.finding_id
       join passkeys k on k.id = s.passkey_id join staff_roles g on g.id = s.role_grant_id
      where (s.voucher_id, s.position) > ($1::uuid, $2::int) order by s.voucher_id, s.position`,
    [FIRST_ID, 0],
    (row) => [row.voucher_id, row.position],
  );
  let before: Step[] = [];
  for await (const step of steps) {
    findings.count("approvals");
    if (before[0]?.voucher_id !== step.voucher_id) before = [];
    checkWords(step, before, findings);
    checkPeople(step, before, findings);
    const fault = await findAssertionFault({
      hash: step.hash,
      credentialId: step.credential_id,
      publicKey: step.public_key,
      authenticatorData: step.authenticator_data,
      clientDataJson: step.client_data_json,
      signature: step.signature,
      rpId: step.rp_id,
      origin: step.origin,
    });
    if (fault !== null) findings.fault("10 a step's signature verifies", "approval_steps", step.id, fault);
    before.push(step);
  }
  const lost = await read<{ id: string; step: string }>(
    `select e.id, e.data ->> 'step' as step from events e where e.subject_table = 'awards' and e.data ? 'step'
        and not exists (select 1 from approval_steps s where s.id::text = e.data ->> 'step') order by e.seq limit 20`,
  );
  for (const { step } of lost) {
    findings.fault("10 no step is removed", "approval_steps", step, "the audit trail tells of it");
  }
}

function checkWords(step: Step, before: readonly Step[], findings: Findings): void {
  const wrong = (rule: string, detail: string) => findings.fault(rule, "approval_steps", step.id, detail);
  const last = before.at(-1);
  if (step.position !== before.length + 1) wrong("10 steps follow each other", `position ${step.position}`);
  if ((step.previous_hash?.toString("hex") ?? null) !== (last?.hash.toString("hex") ?? null)) {
    wrong("10 a step names the hash of the one before it", step.previous_hash?.toString("hex") ?? "null");
  }
  const expected = writeSignedBody({
    action: step.action,
    voucherHash: step.voucher_hash,
    previousHash: last?.hash ?? null,
    actorId: step.actor_id,
    nonce: step.nonce,
  });
  if (step.signed_body !== expected.signedBody)
    wrong("10 the signed words are those of the step", step.signed_body);
  if (!step.hash.equals(createHash("sha256").update(step.signed_body, "utf8").digest())) {
    wrong("10 a step has the hash of its words", step.hash.toString("hex"));
  }
  const [random = ""] = step.nonce.split(".");
  if (bindReason(random, step.reason) !== step.nonce) wrong("10 a rejection's reason is signed", step.nonce);
}

function checkPeople(step: Step, before: readonly Step[], findings: Findings): void {
  const wrong = (rule: string, detail: string) => findings.fault(rule, "approval_steps", step.id, detail);
  if (before.some((earlier) => earlier.actor_id === step.actor_id)) {
    wrong("9 three different people sign", step.actor_id);
  }
  if (step.found_by.includes(step.actor_id))
    wrong("9 who found the facts does not reward them", step.actor_id);
  if (step.position > 1 && step.computed_by === step.actor_id) {
    wrong("9 who computed the award neither reviews nor approves it", step.actor_id);
  }
  const role = ROLE_BY_POSITION[step.position - 1];
  const { snapshot } = step;
  if (
    snapshot.id !== step.role_grant_id ||
    snapshot.staffId !== step.actor_id ||
    snapshot.role !== role ||
    step.grant_staff !== step.actor_id ||
    step.grant_role !== role ||
    step.revoked_before
  ) {
    wrong("9 a step is taken under a live grant of its role", `${step.role_grant_id} for ${role}`);
  }
  if (step.key_staff !== step.actor_id || !step.key_bytes.equals(step.public_key)) {
    wrong("10 a step is signed with its actor's passkey", step.credential_id);
  }
  if (!step.told) wrong("10 the audit trail tells of every step", step.hash.toString("hex"));
}
