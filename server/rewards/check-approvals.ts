import { createHash } from "node:crypto";
import { findAssertionFault } from "~server/signatures/find-assertion-fault";
import type { ApprovalAction } from "./judge-approval.server";
import { bindDelegation, bindReason, writeSignedBody } from "./signing.server";

/** One signed act of a voucher, as it was stored. */
export type SignedStep = {
  readonly id: string;
  readonly table: "approval_steps" | "countersignatures";
  /** In the chain of steps; null for a countersignature. */
  readonly position: number | null;
  readonly action: ApprovalAction;
  readonly actorId: string;
  readonly roleGrantId: string;
  readonly snapshot: {
    readonly id?: string;
    readonly staffId?: string;
    readonly role?: string;
    readonly limitFen?: string;
    readonly delegation?: { readonly id?: string; readonly body?: string };
  };
  readonly delegationId: string | null;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly nonce: string;
  readonly previousHash: Buffer | null;
  readonly signedBody: string;
  readonly hash: Buffer;
  readonly authenticatorData: Buffer;
  readonly clientDataJson: Buffer;
  readonly signature: Buffer;
  readonly rpId: string;
  readonly origin: string;
  readonly reason: string | null;
  readonly signedAt: Date;
  /** The register's own words on the key, the grant and the delegation the act names. */
  readonly key: { readonly staffId: string; readonly publicKey: Buffer };
  readonly grant: { readonly staffId: string; readonly role: string; readonly revokedAt: Date | null };
  readonly delegation: {
    readonly ofStaff: string;
    readonly deputyId: string;
    readonly body: string;
    readonly fromOn: string;
    readonly untilOn: string;
    readonly acceptedAt: Date | null;
    readonly endedAt: Date | null;
  } | null;
};

export type SignedVoucher = {
  readonly id: string;
  readonly hash: Buffer;
  readonly foundBy: readonly string[];
  readonly computedBy: string;
  /** How many the scheme's ladder asks for at the whole case's amount. */
  readonly approvers: number;
  /** In the order of the chain, the countersignature between the review and what follows it. */
  readonly steps: readonly SignedStep[];
};

export type ApprovalFault = {
  readonly rule: string;
  readonly table: string;
  readonly id: string;
  readonly detail: string;
};

const ROLE_OF: Readonly<Record<number, string>> = {
  1: "finance_preparer",
  2: "finance_reviewer",
  3: "finance_approver",
};
const SIGNED_TO: Readonly<Record<string, readonly string[]>> = {
  drafted: [""],
  prepared: ["prepare"],
  reviewed: ["prepare,review"],
  rejected: ["prepare,reject", "prepare,review,reject"],
  superseded: ["", "prepare", "prepare,review"],
};

/**
 * Verifies the signed acts of one voucher from stored data alone: words, chain, assertions, people, deputies and the
 * second approver (ledger invariants 9 to 11). Needs no database and no network.
 */
export async function checkApprovals(voucher: SignedVoucher): Promise<ApprovalFault[]> {
  const faults: ApprovalFault[] = [];
  const before: SignedStep[] = [];
  for (const step of voucher.steps) {
    faults.push(...checkWords(voucher, step, before), ...checkPeople(voucher, step, before));
    const fault = await findAssertionFault(step);
    if (fault !== null) faults.push(wrong(step, "10 a step's signature verifies", fault));
    before.push(step);
  }
  faults.push(...checkLadder(voucher));
  return faults;
}

function wrong(step: SignedStep, rule: string, detail: string): ApprovalFault {
  return { rule, table: step.table, id: step.id, detail };
}

function checkWords(
  voucher: SignedVoucher,
  step: SignedStep,
  before: readonly SignedStep[],
): ApprovalFault[] {
  const faults: ApprovalFault[] = [];
  const told = (rule: string, detail: string) => faults.push(wrong(step, rule, detail));
  const last = before.at(-1);
  const position = before.filter((each) => each.position !== null).length + 1;
  if (step.position !== null && step.position !== position)
    told("10 steps follow each other", `position ${step.position}`);
  if ((step.previousHash?.toString("hex") ?? null) !== (last?.hash.toString("hex") ?? null)) {
    told("10 a step names the hash of the one before it", step.previousHash?.toString("hex") ?? "null");
  }
  const expected = writeSignedBody({
    action: step.action,
    voucherHash: voucher.hash,
    previousHash: last?.hash ?? null,
    actorId: step.actorId,
    nonce: step.nonce,
  });
  if (step.signedBody !== expected.signedBody)
    told("10 the signed words are those of the step", step.signedBody);
  if (!step.hash.equals(sha256(step.signedBody)))
    told("10 a step has the hash of its words", step.hash.toString("hex"));
  const [random = ""] = step.nonce.split(/[.~]/);
  const body = step.delegation === null ? null : sha256(step.delegation.body);
  if (bindDelegation(bindReason(random, step.reason), body) !== step.nonce)
    told("10 a rejection's reason, and for whom a deputy signs, are signed", step.nonce);
  return faults;
}

function checkPeople(
  voucher: SignedVoucher,
  step: SignedStep,
  before: readonly SignedStep[],
): ApprovalFault[] {
  const faults: ApprovalFault[] = [];
  const told = (rule: string, detail: string) => faults.push(wrong(step, rule, detail));
  const signers = signersOf(step);
  for (const person of signers) {
    if (before.some((earlier) => signersOf(earlier).includes(person)))
      told("9 three different people sign", person);
    if (voucher.foundBy.includes(person)) told("9 who found the facts does not reward them", person);
    if (step.action !== "prepare" && voucher.computedBy === person)
      told("9 who computed the award neither reviews nor approves it", person);
  }
  const role = ROLE_OF[step.position ?? 3];
  const { snapshot, grant } = step;
  const holder = step.delegation?.ofStaff ?? step.actorId;
  const live = grant.revokedAt === null || grant.revokedAt >= step.signedAt;
  if (
    snapshot.id !== step.roleGrantId ||
    snapshot.staffId !== holder ||
    snapshot.role !== role ||
    grant.staffId !== holder ||
    grant.role !== role ||
    !live
  )
    told("9 a step is taken under a live grant of its role", `${step.roleGrantId} for ${role}`);
  const deputy = deputyFault(step);
  if (deputy !== null) told("9 a deputy signs within what both agreed on", deputy);
  if (step.key.staffId !== step.actorId || !step.key.publicKey.equals(step.publicKey))
    told("10 a step is signed with its actor's passkey", step.credentialId);
  return faults;
}

/** The person, and whom they stood in for. */
function signersOf(step: SignedStep): string[] {
  return step.delegation === null ? [step.actorId] : [step.actorId, step.delegation.ofStaff];
}

function deputyFault(step: SignedStep): string | null {
  const { delegation, snapshot } = step;
  if (step.delegationId === null)
    return snapshot.delegation === undefined ? null : "the grant's snapshot holds a delegation";
  if (delegation === null) return `${step.delegationId} is not there`;
  if (delegation.deputyId !== step.actorId) return `${step.actorId} is not the deputy`;
  if (snapshot.delegation?.id !== step.delegationId || snapshot.delegation.body !== delegation.body)
    return "the grant's snapshot holds other words";
  // Days of China's calendar (UTC+8, no summer time).
  const day = new Date(step.signedAt.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  if (day < delegation.fromOn || day > delegation.untilOn) return `signed on ${day}`;
  if (delegation.acceptedAt === null || delegation.acceptedAt > step.signedAt) return "not agreed to yet";
  if (delegation.endedAt !== null && delegation.endedAt < step.signedAt) return "ended before";
  return null;
}

/** The second approver's signature, where the case's own amount asks for it. */
function checkLadder(voucher: SignedVoucher): ApprovalFault[] {
  const acts = voucher.steps.map(({ action }) => action);
  if (!acts.includes("approve") || voucher.approvers < 2 || acts.includes("countersign")) return [];
  const rule = "11 two approvers sign where the ladder asks for two";
  return [{ rule, table: "vouchers", id: voucher.id, detail: acts.join(", ") }];
}

/** Whether every act is there that the award's state needs: a removed last step leaves no gap in the chain. */
export function checkComplete(voucher: SignedVoucher & { readonly status: string }): ApprovalFault[] {
  const acts = voucher.steps.filter(({ position }) => position !== null).map(({ action }) => action);
  const wanted = SIGNED_TO[voucher.status] ?? ["prepare,review,approve"];
  if (wanted.includes(acts.join(","))) return [];
  const detail = `${voucher.status}: ${acts.join(", ") || "none"}`;
  return [
    { rule: "9 an award stands where its signatures put it", table: "vouchers", id: voucher.id, detail },
  ];
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
