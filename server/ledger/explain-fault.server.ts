import { databaseFault } from "~server/errors.server";
import { refusal, type RefusalCode } from "./refusals.server";

/** What only the database can see of a posting, by the rule it names, as the refusal a person reads. */
const EXPLAINED: Readonly<Record<string, RefusalCode>> = {
  account_balances_available_ck: "insufficient_budget",
  account_balances_window_cash_ck: "float_short",
  ledger_transactions_period: "period_closed",
  ledger_transactions_year_closed: "year_closed",
  ledger_transactions_approved_once: "approved_once",
  ledger_requests_open_uq: "request_open",
  ledger_requests_pkey: "request_open",
  ledger_requests_role: "decider_apart",
  ledger_requests_two_ck: "own_request",
  ledger_requests_asker_left: "asker_left",
  period_closings_order: "month_order",
  period_closings_pkey: "month_closed",
  year_closings_pkey: "year_closed",
  award_carries_years: "carried_twice",
  awards_clawback: "clawback_amount",
  awards_on_line: "award_on_line",
  payouts_ordered: "payment_not_ordered",
  payouts_returned: "bounce_by_bank",
  ledger_requests_spent: "order_spent",
};

/** Runs an act and says what the database refused it for as a sentence; `also` goes before the common rules. */
export async function explainFault<T>(
  work: () => Promise<T>,
  also: Readonly<Record<string, RefusalCode>> = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { constraint } = databaseFault(error);
    const code = constraint === undefined ? undefined : (also[constraint] ?? EXPLAINED[constraint]);
    throw code === undefined ? error : refusal(code);
  }
}
