import { and, desc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { budgets, funds } from "~db/schema/ledger";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { isHeld } from "~server/rewards/find-hold.server";
import type { Actor } from "~server/staff-auth/actor";
import { askedOf, digestRequest } from "./ask-request.server";
import { isOfLine } from "./bounce-payment.server";
import { readClawback, readClawbackGrounds } from "./claw-back.server";
import { readMonths } from "./close-month.server";
import { planYearClosing, type YearPlan } from "./close-year.server";
import type { Asked } from "./ledger-requests";
import { isOnLine, orderData } from "./order-payment.server";
import { requireMoneyReader } from "./require-finance-role.server";

export const REQUESTS_A_PAGE = 20;

export type RequestRow = {
  readonly id: string;
  readonly asked: Asked;
  readonly digest: string;
  readonly reason: string;
  /** Of a budget to be opened: whose it will be. */
  readonly agency: string | null;
  readonly budget: { readonly source: string; readonly year: number } | null;
  readonly award: { readonly id: string; readonly codeName: string; readonly amountFen: bigint } | null;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: Date;
  readonly outcome: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly answer: string | null;
  /** Of an order to pay that was agreed to: its last day, and whether it stands, was carried out, is over or taken back. */
  readonly order: {
    readonly until: string;
    /** What the cashier gives the bank with the payment. */
    readonly reference: string | null;
    readonly state: "stands" | "spent" | "over" | "ended";
    readonly endedBy: string | null;
    readonly endedAt: Date | null;
    readonly endedWhy: string | null;
  } | null;
  /** Of a waiting year closing: what it would do now. */
  readonly plan: YearPlan | null;
};

/**
 * Acts by two (of one award where it is named), those that wait first, newest first; a page at a time. Throws `not_found`
 * for who may not see money, and where there is no such award.
 */
export async function listRequests(
  db: Database,
  input: { readonly page: number; readonly clock: Clock; readonly awardId?: string },
  actor: Actor,
) {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const asker = alias(staff, "asker");
    const decider = alias(staff, "decider");
    const ender = alias(staff, "ender");
    const rows = await tx
      .select({
        request: ledgerRequests,
        agency: agencies.name,
        source: funds.source,
        year: budgets.fiscalYear,
        codeName: awards.codeName,
        awardFen: awards.amountFen,
        by: asker.displayName,
        decidedBy: decider.displayName,
        endedBy: ender.displayName,
        payments: sql<string>`(select count(*) from ${payouts} where ${payouts.awardId} = ${ledgerRequests.awardId})::text`,
      })
      .from(ledgerRequests)
      .innerJoin(asker, eq(asker.id, ledgerRequests.requestedBy))
      .leftJoin(decider, eq(decider.id, ledgerRequests.decidedBy))
      .leftJoin(ender, eq(ender.id, ledgerRequests.endedBy))
      .leftJoin(budgets, eq(budgets.id, ledgerRequests.budgetId))
      .leftJoin(funds, eq(funds.id, budgets.fundId))
      .leftJoin(awards, eq(awards.id, ledgerRequests.awardId))
      .leftJoin(agencies, eq(agencies.id, sql`${ledgerRequests.data} ->> 'agency'`))
      .where(input.awardId === undefined ? undefined : eq(ledgerRequests.awardId, input.awardId))
      .orderBy(
        sql`${ledgerRequests.outcome} is not null`,
        desc(ledgerRequests.requestedAt),
        desc(ledgerRequests.id),
      )
      .limit(REQUESTS_A_PAGE + 1)
      .offset((input.page - 1) * REQUESTS_A_PAGE);
    const list: RequestRow[] = [];
    for (const row of rows.slice(0, REQUESTS_A_PAGE)) {
      const asked = askedOf(row.request);
      const waits = row.request.outcome === null && asked.kind === "close_year";
      list.push({
        id: row.request.id,
        asked,
        digest: digestRequest(row.request),
        reason: row.request.reason,
        agency: row.agency,
        budget: row.source === null ? null : { source: row.source, year: row.year ?? 0 },
        award:
          row.codeName === null
            ? null
            : { id: row.request.awardId ?? "", codeName: row.codeName, amountFen: row.awardFen ?? 0n },
        by: { id: row.request.requestedBy, name: row.by },
        at: row.request.requestedAt,
        outcome: row.request.outcome,
        decidedBy: row.decidedBy,
        decidedAt: row.request.decidedAt,
        answer: row.request.answer,
        order: orderOf(row.request, row.endedBy, row.payments, chinaDay(input.clock.now())),
        plan: waits ? await planYearClosing(tx, asked, input.clock) : null,
      });
    }
    const [award] =
      input.awardId === undefined
        ? []
        : await tx
            .select({
              id: awards.id,
              codeName: awards.codeName,
              amountFen: awards.amountFen,
              status: awards.status,
              poolId: awards.poolId,
            })
            .from(awards)
            .where(eq(awards.id, input.awardId));
    if (input.awardId !== undefined && award === undefined) throw notFound();
    return {
      rows: list,
      more: rows.length > REQUESTS_A_PAGE,
      months: await readMonths(tx),
      award:
        award === undefined
          ? null
          : {
              ...award,
              grounds: [...(await readClawbackGrounds(tx, award.poolId))],
              clawback: await readClawback(tx, award.id),
              byHand: await readPaidByHand(tx, award.id),
              onLine: award.status === "posted" && (await isOnLine(tx, award.id)),
              held: await isHeld(tx, award.id),
            },
    };
  });
}

/** The live payment of an award that was made by hand: what two may say of it is that it came back. */
async function readPaidByHand(tx: Tx, awardId: string) {
  const [live] = await tx
    .select({
      payoutId: payouts.id,
      kind: payouts.kind,
      paidOn: payouts.paidOn,
      reference: payouts.reference,
    })
    .from(payouts)
    .where(and(eq(payouts.awardId, awardId), eq(payouts.status, "live")));
  if (live?.kind !== "transfer" || (await isOfLine(tx, awardId, live.reference))) return null;
  return live;
}

function orderOf(
  request: typeof ledgerRequests.$inferSelect,
  endedBy: string | null,
  payments: string,
  today: string,
): RequestRow["order"] {
  if (request.kind !== "pay" || request.outcome !== "agreed") return null;
  const { earlier, until, reference = null } = orderData.parse(request.data);
  const { endedAt, endedWhy } = request;
  const spent = String(earlier) !== payments;
  const state = endedAt !== null ? "ended" : spent ? "spent" : until < today ? "over" : "stands";
  return { until, reference, state, endedBy, endedAt, endedWhy };
}

/** What closing a budget's year would do now, before anybody asks for it. Throws `not_found`. */
export async function previewYear(
  db: Database,
  input: { readonly budgetId: string; readonly carry: boolean; readonly clock: Clock },
  actor: Actor,
): Promise<YearPlan> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    return planYearClosing(tx, input, input.clock);
  });
}
