import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { explainFault } from "./explain-fault.server";
import type { LedgerEvent } from "./ledger-events";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

export type EnteredMoney = {
  /** 分, above zero. */
  readonly amountFen: bigint;
  /** The day it happened (`YYYY-MM-DD` in China), not later than today. */
  readonly eventOn: string;
  /** Made with the form, so that a double click or a retry is one posting. Lower-case letters, digits, hyphens. */
  readonly requestKey: string;
};

/** Where an entry goes: the event, its two accounts, and whose history tells of it. */
export type EntryPlace = {
  readonly event: LedgerEvent;
  readonly fundId: string;
  readonly debit: string;
  readonly credit: string;
  readonly subjectTable: "budgets" | "funds";
  readonly subjectId: string;
};

/**
 * Enters one amount the approver vouches for: one posting of one line, once per request key, with its event and
 * number. `findPlace` runs inside the transaction, after who asks and what is entered were checked. Throws
 * `wrong_role`, `needs_passkey`, `amount_invalid`, `date_invalid`, `key_reused`, and what `findPlace` throws.
 */
export async function enterMoney(
  db: Database,
  input: EnteredMoney,
  actor: Actor,
  clock: Clock,
  findPlace: (tx: Tx) => Promise<EntryPlace>,
): Promise<{ transactionId: string; isNew: boolean }> {
  const done = await explainFault(() =>
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "finance_approver");
        if (input.amountFen <= 0n) throw refusal("amount_invalid");
        if (input.eventOn > chinaDay(clock.now())) throw refusal("date_invalid");
        const place = await findPlace(tx);
        const posted = await postTransaction(tx, {
          event: place.event,
          eventOn: input.eventOn,
          fundId: place.fundId,
          idempotencyKey: `${place.event}:${input.requestKey}`,
          actorId: person.id,
          entries: [{ debit: place.debit, credit: place.credit, amountFen: input.amountFen }],
        });
        if (posted.isNew) {
          await recordEvent(
            tx,
            {
              action: place.event,
              subjectTable: place.subjectTable,
              subjectId: place.subjectId,
              data: { transaction: posted.id, amountFen: input.amountFen.toString(), eventOn: input.eventOn },
              at: clock.now(),
            },
            actor,
          );
        }
        return { transactionId: posted.id, isNew: posted.isNew };
      }),
    ),
  );
  await numberAfterCommit(db);
  return done;
}
