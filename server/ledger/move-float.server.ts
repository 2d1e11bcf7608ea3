import type { Tx } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { moveMoney, type MovedMoney } from "./move-money.server";

/** `requestKey`: a uuid made with the form. `told`: what else the event tells, e.g. the window's code. */
export type MovedFloat = MovedMoney & {
  readonly requestKey: string;
  readonly told?: Readonly<Record<string, string>>;
};

/** Cash for a window: window_cash / treasury. Throws `amount_invalid`, `key_reused`, `not_found`. */
export function topUpFloat(tx: Tx, input: MovedFloat, actor: Actor, clock: Clock) {
  return moveMoney(
    tx,
    { ...input, event: "float.topped_up", debit: "window_cash", credit: "treasury", key: input.requestKey },
    actor,
    clock,
  );
}

/**
 * Cash a window gives back: treasury / window_cash. More than the window has is refused by the database at commit
 * (`account_balances_window_cash_ck`; explainFault says `float_short`).
 */
export function returnFloat(tx: Tx, input: MovedFloat, actor: Actor, clock: Clock) {
  return moveMoney(
    tx,
    { ...input, event: "float.returned", debit: "treasury", credit: "window_cash", key: input.requestKey },
    actor,
    clock,
  );
}
