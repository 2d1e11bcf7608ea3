import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Tx } from "~db/client.server";
import { approvalDelegations, countersignatures } from "~db/schema/approvals";
import { approvalSteps } from "~db/schema/rewards";
import { staff } from "~db/schema/staff";
import type { Role } from "~server/staff-auth/roles";
import type { ApprovalAction } from "./judge-approval.server";

const absent = alias(staff, "absent");

/** Who signed a voucher, in the order of the chain: the countersignature stands between the review and the approval. */
export async function readApprovals(tx: Tx, voucherId: string) {
  const steps = await tx
    .select({ step: approvalSteps, name: staff.displayName, onBehalfOf: absent.displayName })
    .from(approvalSteps)
    .innerJoin(staff, eq(staff.id, approvalSteps.actorId))
    .leftJoin(approvalDelegations, eq(approvalDelegations.id, approvalSteps.delegationId))
    .leftJoin(absent, eq(absent.id, approvalDelegations.ofStaff))
    .where(eq(approvalSteps.voucherId, voucherId))
    .orderBy(asc(approvalSteps.position));
  const seconds = await tx
    .select({ step: countersignatures, name: staff.displayName, onBehalfOf: absent.displayName })
    .from(countersignatures)
    .innerJoin(staff, eq(staff.id, countersignatures.actorId))
    .leftJoin(approvalDelegations, eq(approvalDelegations.id, countersignatures.delegationId))
    .leftJoin(absent, eq(absent.id, approvalDelegations.ofStaff))
    .where(eq(countersignatures.voucherId, voucherId));
  const between = seconds.map(({ step, ...rest }) => ({ ...rest, step: { ...step, reason: null } }));
  return [...steps.slice(0, 2), ...between, ...steps.slice(2)].map(({ step, name, onBehalfOf }, at) => ({
    id: step.id,
    position: at + 1,
    action: step.action as ApprovalAction,
    actorId: step.actorId,
    actorName: name,
    /** Whose deputy signed; null for the grant's own holder. */
    onBehalfOf,
    role: (step.roleGrantSnapshot as { role: Role }).role,
    /** Of the credential's public key as it was: SHA-256, the first 16 hex digits. */
    keyFingerprint: createHash("sha256").update(step.publicKey).digest("hex").slice(0, 16),
    signedAt: step.signedAt,
    reason: step.reason,
    hash: step.hash.toString("hex"),
    previousHash: step.previousHash?.toString("hex") ?? null,
  }));
}
