import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { readPayeesInParts } from "~server/claims/payee-parts.server";
import { chinaDay, type Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { PayeeInParts } from "~server/secrecy/payee-shares";
import type { Actor } from "~server/staff-auth/actor";
import { DEFAULT_BANK_FORMAT, paysFromExample, type BankFormat } from "~/forms/bank-format";
import { mayExecuteOn } from "~/forms/execute-day";
import { readFormatOf } from "./read-payer.server";
import { batchNumber, lockBatch, readLines } from "./lock-batch.server";
import { payoutRefusal } from "./refusals.server";

export type BatchForFile = {
  readonly batch: string;
  readonly format: BankFormat;
  readonly lines: readonly {
    readonly id: string;
    readonly position: number;
    readonly amountFen: string;
    readonly payee: PayeeInParts;
  }[];
};

/**
 * All a released batch's own cashier needs to make its file: sealed parts of each payee, which meet in their browser
 * alone. That they were handed out is an event. `executeOn`: the day the file will ask for. `exampleAccount`: whether the
 * shipped example may stand for the office's account, which is a demonstration's alone. Throws `wrong_role`,
 * `not_your_batch`, `batch_moved`, `execute_day`, `payees_incomplete`, `format_missing`, `not_found`.
 */
export async function readPayees(
  db: Database,
  input: { readonly batchId: string; readonly executeOn: string; readonly exampleAccount: boolean },
  actor: Actor,
  clock: Clock,
): Promise<BatchForFile> {
  return withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(tx, actor, "cashier");
    const batch = await lockBatch(tx, input.batchId);
    if (batch.cashierId !== person.id) throw payoutRefusal("not_your_batch");
    if (batch.status !== "released") throw payoutRefusal("batch_moved");
    if (!mayExecuteOn(input.executeOn, chinaDay(clock.now()))) throw payoutRefusal("execute_day");
    const format = await readFormatOf(tx, batch);
    if (!input.exampleAccount && paysFromExample(format?.format ?? DEFAULT_BANK_FORMAT))
      throw payoutRefusal("format_missing");
    const lines = await readLines(tx, batch.id);
    const parts = await readPayeesInParts(tx, {
      batchId: batch.id,
      awardIds: lines.map(({ awardId }) => awardId),
    });
    const ready = lines.flatMap(({ id, awardId, position, amountFen }) => {
      const payee = parts.find((each) => each.awardId === awardId);
      return payee === undefined ? [] : [{ id, position, amountFen: amountFen.toString(), payee }];
    });
    if (ready.length !== lines.length) throw payoutRefusal("payees_incomplete");
    await recordEvent(
      tx,
      {
        action: "batch.payees_opened",
        subjectTable: "payout_batches",
        subjectId: batch.id,
        data: {
          ...{ batch: batchNumber(batch), count: lines.length },
          ...(format === null ? {} : { formatVersion: format.version }),
        },
        at: clock.now(),
      },
      actor,
    );
    return { batch: batchNumber(batch), format: format?.format ?? DEFAULT_BANK_FORMAT, lines: ready };
  });
}
