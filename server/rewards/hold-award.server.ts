import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { awardHolds } from "~db/schema/approvals";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { databaseFault } from "~server/errors.server";
import { lockAward, type LockedAward } from "~server/ledger/lock-award.server";
import { refusal } from "~server/ledger/refusals.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { findHold } from "./find-hold.server";

export type HoldInput = {
  readonly awardId: string;
  /** 5 to 300 characters, without names or numbers of people. */
  readonly reason: string;
};

const HOLDABLE = ["drafted", "prepared", "reviewed", "approved", "accepted", "posted"];

/**
 * Holds an award (挂起): no signature but a rejection, no posting, payment or lapse until it is lifted. Reviewers and
 * approvers do it. Throws `hold_exists`, `hold_ended` (paid or at its end), `hold_released`
 * (its payment was released to the bank), `hold_reason`, `wrong_role`,
 * `needs_passkey`, `not_found`.
 */
export async function holdAward(db: Database, input: HoldInput, actor: Actor, clock: Clock): Promise<void> {
  const reason = checkReason(input.reason);
  const held = withActor(db, actor, async (tx) => {
    const award = await lockAward(tx, input.awardId);
    const { person } = await requireFinanceRole(tx, actor, "finance_reviewer", "finance_approver");
    if (!HOLDABLE.includes(award.status)) throw refusal("hold_ended");
    if ((await findHold(tx, award.id)) !== null) throw refusal("hold_exists");
    const id = uuidv7();
    const placedAt = clock.now();
    await tx.insert(awardHolds).values({ id, awardId: award.id, reason, placedBy: person.id, placedAt });
    await tell(tx, award, { action: "award.held", data: { hold: id }, at: placedAt }, actor);
  });
  await held.catch((error: unknown) => {
    if (databaseFault(error).constraint === "award_holds_on_line") throw refusal("hold_released");
    throw error;
  });
}

/**
 * Lifts the hold somebody else placed. Throws `hold_missing`, `hold_own`, `hold_reason`, `wrong_role`,
 * `needs_passkey`, `not_found`.
 */
export async function liftHold(db: Database, input: HoldInput, actor: Actor, clock: Clock): Promise<void> {
  const reason = checkReason(input.reason);
  await withActor(db, actor, async (tx) => {
    const award = await lockAward(tx, input.awardId);
    const { person } = await requireFinanceRole(tx, actor, "finance_reviewer", "finance_approver");
    const hold = await findHold(tx, award.id);
    if (hold === null) throw refusal("hold_missing");
    if (hold.placedBy === person.id) throw refusal("hold_own");
    const liftedAt = clock.now();
    await tx
      .update(awardHolds)
      .set({ liftReason: reason, liftedBy: person.id, liftedAt })
      .where(and(eq(awardHolds.id, hold.id), isNull(awardHolds.liftedAt)));
    await tell(tx, award, { action: "award.hold_lifted", data: { hold: hold.id }, at: liftedAt }, actor);
  });
}

function tell(
  tx: Tx,
  award: LockedAward,
  told: { action: string; data: Record<string, unknown>; at: Date },
  actor: Actor,
): Promise<void> {
  const subject = { subjectTable: "awards", subjectId: award.id, leadId: award.leadId };
  return recordEvent(tx, { ...subject, ...told }, actor);
}

/** Eleven digits, however they are parted, are a phone, a card or an identity number (invariant 17). */
function checkReason(reason: string): string {
  const said = reason.trim();
  const digits = /[0-9０-９]{11}/.test(said.replace(/[-.:_/,·—\s　]/g, ""));
  if (said.length < 5 || said.length > 300 || digits) throw refusal("hold_reason");
  return said;
}
