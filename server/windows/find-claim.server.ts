import { eq, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { awardClaims, claimCodes } from "~db/schema/claims";
import { budgets } from "~db/schema/ledger";
import { windowGuards } from "~db/schema/windows";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { hasClaimCodeShape, hashClaimCode, readClaimCode } from "~server/claims/claim-code.server";
import type { DomainError } from "~server/errors.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { keepRefusal } from "~server/staff-auth/refusals.server";
import { windowRefusal } from "./refusals.server";
import { lockWindow } from "./set-up-window.server";

/** Wrong codes in a row after which each next must wait, and after which the window is locked. */
export const SLOW_AFTER = 3;
export const LOCK_AFTER = 10;
const WAIT_MS = 60_000;

/** What a clerk sees of an award whose code lies on the counter: never a name, for there is none. */
export type ClaimAtWindow = {
  readonly awardId: string;
  readonly codeName: string;
  /** 分. */
  readonly amountFen: bigint;
  readonly currency: string;
  readonly claimant: "self" | "proxy" | "heir";
  /** Of an heir: how far the looking at papers is, and whether this person may be the next. */
  readonly papers: { readonly seen: 0 | 1 | 2; readonly kind: string | null; readonly byYou: boolean } | null;
};

/**
 * Looks a typed claim code up for a window clerk. A code that is none counts, if it has a code's shape: after three each
 * next waits a minute, after ten the window stays locked until somebody unlocks it by name. That is kept although the
 * answer is a refusal. Throws `wrong_role`, `needs_passkey`, `window_unknown`, `code_shape`, `window_locked`, `window_slow`, `code_unknown` and what stands in
 * the way of paying (`code_spent`, `code_dead`, `code_over`, `not_posted`, `way_changed`, `already_paid`, `other_window`).
 */
export async function findClaim(
  db: Database,
  input: { readonly windowId: string; readonly typed: string },
  actor: StaffActor,
  clock: Clock,
): Promise<ClaimAtWindow> {
  return keepRefusal(db, actor, async (tx): Promise<ClaimAtWindow | DomainError> => {
    await requireFinanceRole(tx, actor, "window_clerk");
    const window = await lockWindow(tx, input.windowId);
    if (window.status !== "open") throw windowRefusal("window_unknown");
    if (!hasClaimCodeShape(input.typed)) throw windowRefusal("code_shape");
    const guard = await lockGuard(tx, window.id);
    const at = clock.now();
    if (guard.lockedAt !== null) return windowRefusal("window_locked");
    const waited = at.getTime() - (guard.lastWrongAt?.getTime() ?? 0);
    if (guard.wrong >= SLOW_AFTER && waited < WAIT_MS) return windowRefusal("window_slow");
    const code = readClaimCode(input.typed);
    const found = code === null ? null : await readByCode(tx, code);
    if (found === null) {
      await countWrong(tx, { windowId: window.id, wrong: guard.wrong + 1, at }, actor);
      return windowRefusal("code_unknown");
    }
    if (guard.wrong > 0) {
      await tx.update(windowGuards).set({ wrong: 0 }).where(eq(windowGuards.windowId, window.id));
    }
    judgeClaim(found, { fundId: window.fundId, today: chinaDay(at) });
    return present(found, actor.id);
  });
}

export type FoundClaim = Awaited<ReturnType<typeof readByCode>> & object;

/**
 * The award a code is for, held with its claim and code; null where there is none. The database shows a clerk no other
 * award: it reads the hash from this transaction.
 */
export async function readByCode(tx: Tx, code: string) {
  const hash = hashClaimCode(code);
  await tx.execute(sql`select set_config('app.claim_hash', ${hash.toString("hex")}, true)`);
  // Before any lock: which award it is. Then the award, its claim and its code, in everybody's order.
  const [known] = await tx.select().from(claimCodes).where(eq(claimCodes.hash, hash));
  if (known === undefined) return null;
  const award = await lockAward(tx, known.awardId);
  const [claim] = await tx
    .select()
    .from(awardClaims)
    .where(eq(awardClaims.awardId, known.awardId))
    .for("update");
  const [held] = await tx.select().from(claimCodes).where(eq(claimCodes.id, known.id)).for("update");
  if (claim === undefined || held === undefined) return null;
  const [budget] = await tx
    .select({ fundId: budgets.fundId })
    .from(budgets)
    .where(eq(budgets.id, award.budgetId));
  if (budget === undefined) return null;
  return { award, claim, code: held, currency: award.currency, fundId: budget.fundId };
}

/** Throws what stands in the way of paying this award at this window today. */
export function judgeClaim(
  { award, claim, code, fundId }: FoundClaim,
  at: { readonly fundId: string; readonly today: string },
): void {
  if (code.status === "spent") throw windowRefusal("code_spent");
  if (code.status === "dead") throw windowRefusal("code_dead");
  if (award.status === "paid") throw windowRefusal("already_paid");
  if (at.today > code.endsOn) throw windowRefusal("code_over");
  if (claim.way !== "window") throw windowRefusal("way_changed");
  if (award.status === "accepted") throw windowRefusal("not_posted");
  if (award.status !== "posted") throw windowRefusal("cannot_pay");
  if (fundId !== at.fundId) throw windowRefusal("other_window");
}

export function present({ award, claim, currency }: FoundClaim, clerkId: string): ClaimAtWindow {
  const heir = claim.claimant === "heir";
  return {
    awardId: award.id,
    codeName: award.codeName,
    amountFen: award.amountFen,
    currency,
    claimant: (claim.claimant ?? "self") as ClaimAtWindow["claimant"],
    papers: heir
      ? {
          seen: claim.papersToo !== null ? 2 : claim.papersBy !== null ? 1 : 0,
          kind: claim.papersKind,
          byYou: claim.papersBy === clerkId,
        }
      : null,
  };
}

async function lockGuard(tx: Tx, windowId: string): Promise<typeof windowGuards.$inferSelect> {
  const [guard] = await tx
    .select()
    .from(windowGuards)
    .where(eq(windowGuards.windowId, windowId))
    .for("update");
  if (guard === undefined) throw windowRefusal("window_unknown");
  return guard;
}

async function countWrong(
  tx: Tx,
  input: { readonly windowId: string; readonly wrong: number; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  const { windowId, wrong, at } = input;
  const locked = wrong >= LOCK_AFTER;
  await tx
    .update(windowGuards)
    .set({ wrong, lastWrongAt: at, ...(locked ? { lockedAt: at } : {}) })
    .where(eq(windowGuards.windowId, windowId));
  if (!locked) return;
  await recordEvent(
    tx,
    { action: "window.locked", subjectTable: "pay_windows", subjectId: windowId, data: { wrong }, at },
    actor,
  );
}
