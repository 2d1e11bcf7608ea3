import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { approvalSetRows } from "~db/schema/approvals";
import { withActor } from "~db/with-actor.server";
import { DomainError, notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Actor } from "~server/staff-auth/actor";
import type { ApprovalAction } from "./judge-approval.server";
import { signApproval } from "./sign-approval.server";
import type { Signing } from "./signing.server";
import { startApproval, type StartedApproval } from "./start-approval.server";

/** What the person may mend and try again: the row stays open. */
const AGAIN = ["challenge_spent", "signature_invalid", "no_passkey", "passkey_revoked", "needs_passkey"];

/**
 * Asks for the signature of one row. What keeps it from being signed (held, changed, already signed, beyond one's limit)
 * is written to the row, which is then skipped. Throws what startApproval throws, `not_found`.
 */
export async function startChosen(
  db: Database,
  at: { readonly setId: string; readonly ordinal: number },
  actor: Actor,
  signing: Signing,
): Promise<StartedApproval> {
  const row = await readOpenRow(db, at, actor);
  const { awardId, voucherHash, previousHash } = row;
  const action = row.action as ApprovalAction;
  return noting(db, at, actor, () =>
    startApproval(db, { awardId, action, expects: { voucherHash, previousHash } }, actor, signing),
  );
}

/** Signs one row; the row says so in the same transaction. Throws what signApproval throws, `not_found`. */
export async function signChosen(
  db: Database,
  input: {
    readonly setId: string;
    readonly ordinal: number;
    readonly challengeId: string;
    readonly response: AuthenticationResponseJSON;
  },
  actor: Actor,
  signing: Signing,
): Promise<{ awardId: string; status: string }> {
  const { setId, ordinal, ...signature } = input;
  const row = await readOpenRow(db, { setId, ordinal }, actor);
  return noting(db, { setId, ordinal }, actor, () =>
    signApproval(db, signature, actor, signing, async (tx, awardId) => {
      // A challenge of another row signs its own voucher there, and nothing here.
      if (awardId !== row.awardId || !(await note(tx, { setId, ordinal }, "signed")))
        throw refusal("voucher_changed");
    }),
  );
}

/** Leaves one row unsigned, so that the rest can go on. Throws `not_found`. */
export async function leaveChosen(
  db: Database,
  at: { readonly setId: string; readonly ordinal: number },
  actor: Actor,
): Promise<void> {
  await readOpenRow(db, at, actor);
  await withActor(db, actor, (tx) => note(tx, at, "left_out"));
}

async function readOpenRow(db: Database, at: { setId: string; ordinal: number }, actor: Actor) {
  if (actor.kind !== "staff" || !validate(at.setId)) throw notFound();
  const [row] = await withActor(db, actor, (tx) =>
    tx
      .select()
      .from(approvalSetRows)
      .where(and(eq(approvalSetRows.setId, at.setId), eq(approvalSetRows.ordinal, at.ordinal))),
  );
  if (row === undefined) throw notFound();
  if (row.result !== null) throw refusal("voucher_changed");
  return row;
}

/** Writes an expected refusal to the row it met, in a transaction of its own, and throws it on. */
async function noting<T>(
  db: Database,
  at: { setId: string; ordinal: number },
  actor: Actor,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && !AGAIN.includes(error.code))
      await withActor(db, actor, (tx) => note(tx, at, error.code));
    throw error;
  }
}

async function note(tx: Tx, at: { setId: string; ordinal: number }, result: string): Promise<boolean> {
  const noted = await tx
    .update(approvalSetRows)
    .set({ result })
    .where(
      and(
        eq(approvalSetRows.setId, at.setId),
        eq(approvalSetRows.ordinal, at.ordinal),
        isNull(approvalSetRows.result),
      ),
    )
    .returning({ ordinal: approvalSetRows.ordinal });
  return noted.length === 1;
}
