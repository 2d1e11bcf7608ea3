import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { enterMoney, type EnteredMoney } from "./enter-money.server";
import { findFundAccounts } from "./find-accounts.server";

/** `eventOn`: the day the money came in. */
export type ReceiveFundsInput = EnteredMoney & { readonly fundId: string };

/**
 * Enters money the treasury paid in: treasury / funding. Throws `wrong_role`, `needs_passkey`, `amount_invalid`,
 * `date_invalid`, `key_reused`, `not_found`.
 */
export function receiveFunds(
  db: Database,
  input: ReceiveFundsInput,
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  return enterMoney(db, input, actor, clock, async (tx) => {
    const account = await findFundAccounts(tx, input.fundId);
    return {
      event: "funds.received",
      fundId: input.fundId,
      debit: account("treasury"),
      credit: account("funding"),
      subjectTable: "funds",
      subjectId: input.fundId,
    };
  });
}
