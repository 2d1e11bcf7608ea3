import { asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { approvalDelegations, countersignatures } from "~db/schema/approvals";
import { findings } from "~db/schema/findings";
import { leads } from "~db/schema/leads";
import { approvalSteps, rewardPools, vouchers } from "~db/schema/rewards";
import { notFound } from "~server/errors.server";
import type { LockedAward } from "~server/ledger/lock-award.server";
import { refusal } from "~server/ledger/refusals.server";
import { readLiveGrants } from "~server/ledger/require-finance-role.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { isHeld } from "./find-hold.server";
import { findSigners, readReach, type Signer } from "./find-signer.server";
import { readLadder } from "./read-ladder.server";

export type ApprovalAction = "prepare" | "review" | "countersign" | "approve" | "reject";

/** Which role takes the next step, by where the award stands; and where each act leads. */
const NEXT: Readonly<Record<string, { role: Role; acts: Partial<Record<ApprovalAction, string>> }>> = {
  drafted: { role: "finance_preparer", acts: { prepare: "prepared" } },
  prepared: { role: "finance_reviewer", acts: { review: "reviewed", reject: "rejected" } },
  reviewed: {
    role: "finance_approver",
    acts: { countersign: "reviewed", approve: "approved", reject: "rejected" },
  },
};

/** Who signs nothing, whatever else they hold (会计法 37; product.md, administrator). */
const APART: readonly Role[] = ["administrator", "cashier", "window_clerk"];

/** The signed acts that are next for an award: a countersignature where the ladder asks for one and none is there. */
export async function nextApprovals(
  tx: Tx,
  award: { readonly id: string; readonly status: string },
): Promise<ApprovalAction[]> {
  const acts = Object.keys(NEXT[award.status]?.acts ?? {}) as ApprovalAction[];
  if (award.status !== "reviewed") return acts;
  const second = await needsSecond(tx, award.id);
  return acts.filter((act) => act !== (second ? "approve" : "countersign"));
}

async function needsSecond(tx: Tx, awardId: string): Promise<boolean> {
  if ((await readLadder(tx, awardId)).approvers < 2) return false;
  const signed = await tx
    .select({ id: countersignatures.id })
    .from(countersignatures)
    .innerJoin(vouchers, eq(vouchers.id, countersignatures.voucherId))
    .where(eq(vouchers.awardId, awardId));
  return signed.length === 0;
}

export type ApprovalPlan = {
  readonly voucher: typeof vouchers.$inferSelect;
  readonly previousHash: Buffer | null;
  /** In the chain of steps; a countersignature stands beside it. */
  readonly position: number;
  readonly signer: Signer;
  /** Up to which amount the signer approves (分); null without a limit, and for acts that know none. */
  readonly limitFen: bigint | null;
  readonly becomes: string;
};

/**
 * Whether the actor may take this act on this award now (invariants 9 and 11), and with what it is chained. Throws
 * `needs_passkey`, `award_moved`, `wrong_role`, `already_signed`, `finding_apart`, `assessor_apart`, `apart`,
 * `principal_signed`, `principal_apart`, `award_held`, `consultation_missing`, `countersign_first`,
 * `countersign_not_asked`, `over_limit`, `finding_replaced` (only a rejection is signed on a finding that no longer
 * stands, or on a held award).
 */
export async function judgeApproval(
  tx: Tx,
  award: LockedAward,
  action: ApprovalAction,
  actor: Actor,
  now: Date,
): Promise<ApprovalPlan> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const next = NEXT[award.status];
  const becomes = next?.acts[action];
  if (next === undefined || becomes === undefined) throw refusal("award_moved");
  const signers = await findSigners(tx, actor, next.role, now);
  if (await isApart(tx, actor.id)) throw refusal("apart");
  const [voucher] = await tx.select().from(vouchers).where(eq(vouchers.awardId, award.id));
  if (voucher === undefined) throw notFound();
  const signed = await readSigned(tx, voucher.id);
  if (signed.people.has(actor.id)) throw refusal("already_signed");
  // Whoever records a finding holds the lead first and the finding next: the same order here, so neither waits in vain.
  await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, award.leadId)).for("key share");
  const basis = await readBasis(tx, award);
  const found = [basis.verifiedBy, basis.recordedBy];
  if (found.includes(actor.id)) throw refusal("finding_apart");
  if (action !== "prepare" && basis.computedBy === actor.id) throw refusal("assessor_apart");
  const signer = await chooseSigner(tx, signers, {
    signed: signed.people,
    barred: action === "prepare" ? found : [...found, basis.computedBy],
  });
  if (action !== "reject" && !(basis.status === "verified" && basis.isFinal))
    throw refusal("finding_replaced");
  const limitFen = await judgeLadder(tx, award, action, { actor, signer, second: signed.second !== null });
  return {
    voucher,
    previousHash: signed.second ?? signed.last,
    position: signed.steps + 1,
    signer,
    limitFen,
    becomes,
  };
}

async function isApart(tx: Tx, staffId: string): Promise<boolean> {
  return (await readLiveGrants(tx, staffId)).some((each) => APART.includes(each.role));
}

/** Who stands on a voucher, themselves or through a deputy, and the hashes the next act follows. */
async function readSigned(tx: Tx, voucherId: string) {
  const steps = await tx
    .select({
      actorId: approvalSteps.actorId,
      hash: approvalSteps.hash,
      delegationId: approvalSteps.delegationId,
    })
    .from(approvalSteps)
    .where(eq(approvalSteps.voucherId, voucherId))
    .orderBy(asc(approvalSteps.position));
  const [second] = await tx
    .select({
      actorId: countersignatures.actorId,
      hash: countersignatures.hash,
      delegationId: countersignatures.delegationId,
    })
    .from(countersignatures)
    .where(eq(countersignatures.voucherId, voucherId));
  const acts = second === undefined ? steps : [...steps, second];
  const under = acts.flatMap(({ delegationId }) => (delegationId === null ? [] : [delegationId]));
  const absent =
    under.length === 0
      ? []
      : await tx
          .select({ id: approvalDelegations.ofStaff })
          .from(approvalDelegations)
          .where(inArray(approvalDelegations.id, under));
  return {
    people: new Set([...acts.map(({ actorId }) => actorId), ...absent.map(({ id }) => id)]),
    steps: steps.length,
    last: steps.at(-1)?.hash ?? null,
    second: second?.hash ?? null,
  };
}

async function readBasis(tx: Tx, award: LockedAward) {
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
  return basis;
}

/** A deputy may not sign what the absent person may not: the first grant without a bar, or the reason of the last. */
async function chooseSigner(
  tx: Tx,
  signers: readonly Signer[],
  of: { readonly signed: ReadonlySet<string>; readonly barred: readonly (string | null)[] },
): Promise<Signer> {
  let why: "principal_signed" | "principal_apart" = "principal_apart";
  for (const signer of signers) {
    if (signer.delegation === null) return signer;
    const absent = signer.delegation.ofStaff;
    if (of.signed.has(absent)) why = "principal_signed";
    else if (of.barred.includes(absent) || (await isApart(tx, absent))) why = "principal_apart";
    else return signer;
  }
  throw refusal(why);
}

/** Holds and the scheme's ladder; answers the signer's limit where the act knows one. */
async function judgeLadder(
  tx: Tx,
  award: LockedAward,
  action: ApprovalAction,
  by: { readonly actor: StaffActor; readonly signer: Signer; readonly second: boolean },
): Promise<bigint | null> {
  if (action === "reject") return null;
  if (await isHeld(tx, award.id)) throw refusal("award_held");
  const ladder = await readLadder(tx, award.id);
  if (ladder.consult && ladder.consultationRef === null) throw refusal("consultation_missing");
  if (action !== "approve" && action !== "countersign") return null;
  if (action === "countersign" && by.second) throw refusal("award_moved");
  if (action === "countersign" && ladder.approvers < 2) throw refusal("countersign_not_asked");
  const limitFen = await readReach(tx, by.actor, by.signer);
  if (limitFen !== null && ladder.amountFen > limitFen) throw refusal("over_limit");
  if (action === "approve" && ladder.approvers > 1 && !by.second) throw refusal("countersign_first");
  return limitFen;
}
