import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { awards, rewardPools } from "~db/schema/rewards";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { noteNews } from "~server/notifications/note-news.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { CarriedOut } from "./adjust-budget.server";
import { findBudgetAccounts, type BudgetAccounts } from "./find-accounts.server";
import type { LedgerEvent } from "./ledger-events";
import type { Asked } from "./ledger-requests";
import { lockAward, type LockedAward } from "./lock-award.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/** An award may be revoked until it is paid; what was paid is claimed back. Throws `not_revocable`, `not_found`. */
export async function judgeRevocation(tx: Tx, awardId: string): Promise<LockedAward> {
  const award = await lockAward(tx, awardId);
  if (!["approved", "accepted", "posted"].includes(award.status)) throw refusal("not_revocable");
  return award;
}

/**
 * Revokes an award by what two agreed to: before it is booked its promise is released (available / encumbered), after
 * that the booking is undone in both books (available / spent, payable / expense).
 */
export async function revokeAward(
  tx: Tx,
  asked: Extract<Asked, { kind: "revoke" }>,
  of: CarriedOut,
): Promise<void> {
  const award = await judgeRevocation(tx, asked.awardId);
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  const booked = award.status === "posted";
  const today = chinaDay(of.clock.now());
  await postForAward(tx, award, budget, of, {
    event: booked ? "award.posting_revoked" : "award.revoked",
    eventOn: today,
    amountFen: award.amountFen,
    entries: booked
      ? [
          ["available", "spent"],
          ["payable", "expense"],
        ]
      : [["available", "encumbered"]],
  });
  await tx.update(awards).set({ status: "revoked" }).where(eq(awards.id, award.id));
  await noteNews(tx, { tipIds: [award.tipId] }, today);
}

/** What was ordered back of an award, and what of it came back or was written off, in 分. */
export async function readClawback(
  tx: Tx,
  awardId: string,
): Promise<{ orderedFen: bigint; settledFen: bigint }> {
  const { rows } = await tx.execute<{ ordered: string; settled: string }>(
    sql`select coalesce(sum(e.amount_fen) filter (where t.event = 'clawback.ordered'), 0)::text as ordered,
               coalesce(sum(e.amount_fen) filter (where t.event <> 'clawback.ordered'), 0)::text as settled
          from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
          join accounts d on d.id = e.debit_account_id join accounts c on c.id = e.credit_account_id
         where t.award_id = ${awardId} and t.event like 'clawback.%' and 'recoverable' in (d.kind, c.kind)`,
  );
  return { orderedFen: BigInt(rows[0]?.ordered ?? 0), settledFen: BigInt(rows[0]?.settled ?? 0) };
}

const grounds = z.object({ clawback: z.object({ grounds: z.array(z.string()) }) });

/** The grounds the award's own scheme version names for claw-back. */
export async function readClawbackGrounds(tx: Tx, poolId: string): Promise<readonly string[]> {
  const [scheme] = await tx
    .select({ content: schemes.content })
    .from(rewardPools)
    .innerJoin(
      schemes,
      and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
    )
    .where(eq(rewardPools.id, poolId));
  const parsed = grounds.safeParse(scheme?.content);
  return parsed.success ? parsed.data.clawback.grounds : [];
}

/**
 * Whether so much of a paid award may be ordered back, on a ground its scheme names; part or whole, several times up
 * to what was paid. Throws `award_moved`, `clawback_grounds`, `clawback_amount`, `not_found`.
 */
export async function judgeClawback(
  tx: Tx,
  asked: Extract<Asked, { kind: "clawback" }>,
): Promise<LockedAward> {
  const award = await lockAward(tx, asked.awardId);
  if (award.status !== "paid") throw refusal("not_paid");
  const named = await readClawbackGrounds(tx, award.poolId);
  if (!named.includes(asked.ground)) throw refusal("clawback_grounds");
  const { orderedFen } = await readClawback(tx, award.id);
  if (asked.amountFen <= 0n || orderedFen + asked.amountFen > award.amountFen) {
    throw refusal("clawback_amount");
  }
  return award;
}

/** Orders a payment back by what two agreed to: recoverable / expense. */
export async function orderClawback(
  tx: Tx,
  asked: Extract<Asked, { kind: "clawback" }>,
  of: CarriedOut,
): Promise<void> {
  const award = await judgeClawback(tx, asked);
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  await postForAward(tx, award, budget, of, {
    event: "clawback.ordered",
    eventOn: chinaDay(of.clock.now()),
    amountFen: asked.amountFen,
    entries: [["recoverable", "expense"]],
    told: { ground: asked.ground },
  });
}

/** Whether so much is still to be recovered of an award. Throws `clawback_settled`, `clawback_amount`, `not_found`. */
export async function judgeWriteOff(
  tx: Tx,
  asked: { readonly awardId: string; readonly amountFen: bigint },
): Promise<LockedAward> {
  const award = await lockAward(tx, asked.awardId);
  const { orderedFen, settledFen } = await readClawback(tx, award.id);
  if (orderedFen === settledFen) throw refusal("clawback_settled");
  if (asked.amountFen <= 0n || settledFen + asked.amountFen > orderedFen) throw refusal("clawback_amount");
  return award;
}

/** Gives up what cannot be recovered, by what two agreed to: expense / recoverable. */
export async function writeOff(
  tx: Tx,
  asked: Extract<Asked, { kind: "write_off" }>,
  of: CarriedOut,
): Promise<void> {
  const award = await judgeWriteOff(tx, asked);
  const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
  await postForAward(tx, award, budget, of, {
    event: "clawback.written_off",
    eventOn: chinaDay(of.clock.now()),
    amountFen: asked.amountFen,
    entries: [["expense", "recoverable"]],
  });
}

/** Posts an award's own event with its line in the trail. `key` beside a request is the caller's own. */
export async function postForAward(
  tx: Tx,
  award: LockedAward,
  budget: BudgetAccounts,
  of: { readonly requestId?: string; readonly person: StaffActor; readonly clock: Clock },
  posting: {
    readonly event: LedgerEvent;
    readonly eventOn: string;
    readonly amountFen: bigint;
    readonly entries: readonly (readonly [
      debit: Parameters<BudgetAccounts["account"]>[0],
      credit: Parameters<BudgetAccounts["account"]>[0],
    ])[];
    readonly key?: string;
    readonly told?: Readonly<Record<string, string>>;
  },
): Promise<{ transactionId: string; isNew: boolean }> {
  const posted = await postTransaction(tx, {
    event: posting.event,
    eventOn: posting.eventOn,
    fundId: budget.fundId,
    idempotencyKey: `${posting.event}:${posting.key ?? of.requestId ?? award.id}`,
    awardId: award.id,
    actorId: of.person.id,
    ...(of.requestId === undefined ? {} : { requestId: of.requestId }),
    entries: posting.entries.map(([debit, credit]) => ({
      debit: budget.account(debit),
      credit: budget.account(credit),
      amountFen: posting.amountFen,
    })),
  });
  if (posted.isNew) {
    await recordEvent(
      tx,
      {
        action: posting.event,
        subjectTable: "awards",
        subjectId: award.id,
        leadId: award.leadId,
        data: {
          ...posting.told,
          transaction: posted.id,
          amountFen: posting.amountFen.toString(),
          eventOn: posting.eventOn,
          ...(of.requestId === undefined ? {} : { request: of.requestId }),
        },
        at: of.clock.now(),
      },
      of.person,
    );
  }
  return { transactionId: posted.id, isNew: posted.isNew };
}
