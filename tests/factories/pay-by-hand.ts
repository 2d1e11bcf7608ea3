import type { Database } from "~db/client.server";
import { DomainError } from "~server/errors.server";
import type { Clock } from "~server/clock";
import { recordPayment, type RecordPaymentInput } from "~server/ledger/record-payment.server";
import type { Actor } from "~server/staff-auth/actor";
import { actByTwo } from "./by-two";
import { makeStaff } from "./make-staff";

/** Two of finance order that a booked award is paid by hand, outside any batch. Answers the request. */
export async function orderPayment(db: Database, awardId: string, clock: Clock): Promise<string> {
  const asker = await makeStaff(db, ["finance_preparer"]);
  const agreer = await makeStaff(db, ["finance_approver"]);
  return actByTwo(db, { kind: "pay", awardId }, { asker, agreer, clock });
}

/** A payment outside any batch as three do it: ordered by two, where it can be, and recorded by the cashier. */
export async function payByHand(db: Database, input: RecordPaymentInput, actor: Actor, clock: Clock) {
  try {
    await orderPayment(db, input.awardId, clock);
  } catch (error) {
    // What cannot be ordered is refused to the cashier too, in the words of their own act.
    if (!(error instanceof DomainError)) throw error;
  }
  return recordPayment(db, input, actor, clock);
}
