import { asc, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { leads } from "~db/schema/leads";
import { approvalSteps, rewardPools, vouchers } from "~db/schema/rewards";
import { notFound } from "~server/errors.server";
import type { LockedAward } from "~server/ledger/lock-award.server";
import { refusal } from "~server/ledger/refusals.server";
import {
  readLiveGrants,
  requireFinanceRole,
  type LiveGrant,
} from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

export type ApprovalAction = "prepare" | "review" | "approve" | "reject";

/** Which role takes the next step, by where the award stands; and where each act leads. */
const NEXT: Readonly<Record<string, { role: Role; acts: Partial<Record<ApprovalAction, string>> }>> = {
  drafted: { role: "finance_preparer", acts: { prepare: "prepared" } },
  prepared: { role: "finance_reviewer", acts: { review: "reviewed", reject: "rejected" } },
  reviewed: { role: "finance_approver", acts: { approve: "approved", reject: "rejected" } },
};

/** Who signs nothing, whatever else they hold (会计法 37; product.md, administrator). */
const APART: readonly Role[] = ["administrator", "cashier", "window_clerk"];

/** The signed acts that are next for an award in this state. */
export function nextApprovals(status: string): ApprovalAction[] {
  return Object.keys(NEXT[status]?.acts ?? {}) as ApprovalAction[];
}

export type ApprovalPlan = {
  readonly voucher: typeof vouchers.$inferSelect;
  readonly previousHash: Buffer | null;
  readonly position: number;
  readonly grant: LiveGrant;
  readonly becomes: string;
};

/**
 * Whether the actor may take this act on this award now (invariant 9), and with what it is chained. Throws
 * `needs_passkey`, `award_moved`, `wrong_role`, `already_signed`, `finding_apart`, `assessor_apart`, `apart`,
 * `finding_replaced` (only a rejection is signed on a finding that no longer stands).
 */
export async function judgeApproval(
  tx: Tx,
  award: LockedAward,
  action: ApprovalAction,
  actor: Actor,
): Promise<ApprovalPlan> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const next = NEXT[award.status];
  const becomes = next?.acts[action];
  if (next === undefined || becomes === undefined) throw refusal("award_moved");
  const { person, grant } = await requireFinanceRole(tx, actor, next.role);
  const held = await readLiveGrants(tx, person.id);
  if (held.some((each) => APART.includes(each.role))) throw refusal("apart");
  const [voucher] = await tx.select().from(vouchers).where(eq(vouchers.awardId, award.id));
  if (voucher === undefined) throw notFound();
  const steps = await tx
    .select({ actorId: approvalSteps.actorId, hash: approvalSteps.hash, position: approvalSteps.position })
    .from(approvalSteps)
    .where(eq(approvalSteps.voucherId, voucher.id))
    .orderBy(asc(approvalSteps.position));
  if (steps.some((step) => step.actorId === person.id)) throw refusal("already_signed");
  // Whoever records a finding holds the lead first and the finding next: the same order here, so neither waits in vain.
  await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, award.leadId)).for("key share");
  const [basis] = await tx
    .select({
      status: findings.status,
      isFinal: findings.isFinal,
      verifiedBy: findings.verifiedBy,
      recordedBy: findings.recordedBy,
      computedBy: rewardPools.computedBy,
    })
    .from(rewardPools)
    .innerJoin(findings, eq(findings.id, rewardPools.findingId))
    .where(eq(rewardPools.id, award.poolId))
    .for("share", { of: findings });
  if (basis === undefined) throw notFound();
  if (basis.verifiedBy === person.id || basis.recordedBy === person.id) throw refusal("finding_apart");
  if (action !== "prepare" && basis.computedBy === person.id) throw refusal("assessor_apart");
  if (action !== "reject" && !(basis.status === "verified" && basis.isFinal))
    throw refusal("finding_replaced");
  const last = steps.at(-1);
  return { voucher, previousHash: last?.hash ?? null, position: (last?.position ?? 0) + 1, grant, becomes };
}
