import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { canonicalJson } from "~server/canonical-json";
import { chinaDay, chinaYear, stopClock, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { readWrongEntry } from "./adjust-budget.server";
import { judgeBounce } from "./bounce-payment.server";
import { judgeClawback, judgeRevocation, judgeWriteOff } from "./claw-back.server";
import { judgeMonth } from "./close-month.server";
import { planYearClosing } from "./close-year.server";
import { explainFault } from "./explain-fault.server";
import { findBudgetAccounts } from "./find-accounts.server";
import type { Asked } from "./ledger-requests";
import { judgeOpening } from "./open-budget.server";
import { countPayments, judgeOrder, lastDayOfOrder } from "./order-payment.server";
import { makeOrderReference } from "./order-reference";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";
import { judgeOrderEnd } from "./end-order.server";

export type LedgerRequest = typeof ledgerRequests.$inferSelect;

/** `id`: a uuid made with the form, so that a double click asks once. `reason`: 5 to 300 characters, no person's name. */
export type AskInput = Asked & { readonly id: string; readonly reason: string };

/**
 * One of finance asks for an act on money that takes two: nothing is posted yet. The caller has had the person's
 * passkey confirm it. Throws `wrong_role`, `needs_passkey`, `reason_required`, `request_open`, `decider_apart`,
 * `date_invalid`, `amount_invalid`, what the act itself is refused for, `not_found`.
 */
export async function askRequest(
  db: Database,
  input: AskInput,
  actor: Actor,
  running: Clock,
): Promise<{ requestId: string; isNew: boolean }> {
  const clock = stopClock(running);
  return explainFault(() =>
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(
          tx,
          actor,
          "finance_preparer",
          "finance_reviewer",
          "finance_approver",
        );
        const length = [...input.reason].length;
        if (length < 5 || length > 300) throw refusal("reason_required");
        const [same] = await tx
          .select({ id: ledgerRequests.id })
          .from(ledgerRequests)
          .where(and(eq(ledgerRequests.id, input.id), eq(ledgerRequests.requestedBy, person.id)));
        if (same !== undefined) return { requestId: same.id, isNew: false };
        // Whose budget it is, the request will say: the asker's agency.
        const asked = input.kind === "open" ? { ...input, agency: person.agencyId } : input;
        await judgeAsked(tx, asked, clock);
        const row = rowOf(input, person, clock.now());
        // An order to pay is for the next payment alone, and for so long.
        if (input.kind === "pay")
          row.data = {
            reference: makeOrderReference(chinaYear(clock.now())),
            earlier: await countPayments(tx, input.awardId),
            until: await lastDayOfOrder(tx, chinaDay(clock.now())),
          };
        await tx.insert(ledgerRequests).values(row);
        await recordEvent(
          tx,
          {
            action: "ledger.requested",
            subjectTable: "ledger_requests",
            subjectId: input.id,
            data: { kind: input.kind, digest: digestRequest(row) },
            at: clock.now(),
          },
          actor,
        );
        return { requestId: input.id, isNew: true };
      }),
    ),
  );
}

/** The act itself, as far as it can be judged before somebody agrees. Judged again by whoever carries it out. */
export async function judgeAsked(tx: Tx, asked: Asked, clock: Clock): Promise<void> {
  const today = chinaDay(clock.now());
  switch (asked.kind) {
    case "open":
      if (asked.amountFen <= 0n) throw refusal("amount_invalid");
      if (asked.eventOn > today) throw refusal("date_invalid");
      // An older request does not say whose it is; opening it judges.
      if (asked.agency !== undefined) await judgeOpening(tx, { ...asked, agencyId: asked.agency });
      return;
    case "adjust":
      if (asked.amountFen === 0n) throw refusal("amount_invalid");
      if (asked.eventOn > today) throw refusal("date_invalid");
      await findBudgetAccounts(tx, asked.budgetId);
      if (asked.corrects !== undefined) await readWrongEntry(tx, { ...asked, corrects: asked.corrects });
      return;
    case "revoke":
      await judgeRevocation(tx, asked.awardId);
      return;
    case "clawback":
      await judgeClawback(tx, asked);
      return;
    case "write_off":
      await judgeWriteOff(tx, asked);
      return;
    case "close_month":
      await judgeMonth(tx, asked.month, clock);
      return;
    case "close_year": {
      const plan = await planYearClosing(tx, asked, clock);
      if (plan.refused !== null) throw refusal(plan.refused);
      return;
    }
    case "pay":
      await judgeOrder(tx, asked.awardId, today);
      return;
    case "end_order":
      await judgeOrderEnd(tx, asked);
      return;
    case "bounce":
      await judgeBounce(tx, asked, clock);
  }
}

const openData = z.object({
  source: z.string(),
  slug: z.string(),
  fiscalYear: z.number(),
  agency: z.string().optional(),
});
const adjustData = z.object({ corrects: z.uuid().optional() });
const clawbackData = z.object({ ground: z.string() });
const bounceData = z.object({ payout: z.uuid() });
const endData = z.object({ order: z.uuid() });
const yearData = z.object({ carry: z.boolean() });

/** A stored request as what was asked for. */
export function askedOf(row: LedgerRequest): Asked {
  const kind = row.kind as Asked["kind"];
  switch (kind) {
    case "open":
      return {
        kind,
        ...openData.parse(row.data),
        amountFen: row.amountFen ?? 0n,
        eventOn: row.eventOn ?? "",
      };
    case "adjust":
      return {
        kind,
        budgetId: row.budgetId ?? "",
        amountFen: row.amountFen ?? 0n,
        eventOn: row.eventOn ?? "",
        ...adjustData.parse(row.data),
      };
    case "revoke":
      return { kind, awardId: row.awardId ?? "" };
    case "clawback":
      return {
        kind,
        awardId: row.awardId ?? "",
        amountFen: row.amountFen ?? 0n,
        ...clawbackData.parse(row.data),
      };
    case "write_off":
      return { kind, awardId: row.awardId ?? "", amountFen: row.amountFen ?? 0n };
    case "close_month":
      return { kind, month: row.month ?? "" };
    case "close_year":
      return { kind, budgetId: row.budgetId ?? "", ...yearData.parse(row.data) };
    case "pay":
      return { kind, awardId: row.awardId ?? "" };
    case "end_order":
      return { kind, awardId: row.awardId ?? "", orderId: endData.parse(row.data).order };
    case "bounce": {
      const { payout } = bounceData.parse(row.data);
      return { kind, awardId: row.awardId ?? "", payoutId: payout, eventOn: row.eventOn ?? "" };
    }
    default:
      throw notFound();
  }
}

type Row = Omit<
  LedgerRequest,
  "outcome" | "decidedBy" | "decidedAt" | "answer" | "endedBy" | "endedAt" | "endedWhy"
>;

function rowOf(input: AskInput, person: StaffActor, requestedAt: Date): Row {
  const base = {
    id: input.id,
    kind: input.kind,
    reason: input.reason,
    requestedBy: person.id,
    requestedAt,
    budgetId: null,
    awardId: null,
    month: null,
    amountFen: null,
    eventOn: null,
    data: {},
  };
  switch (input.kind) {
    case "open": {
      const { source, slug, fiscalYear } = input;
      return {
        ...base,
        amountFen: input.amountFen,
        eventOn: input.eventOn,
        data: { source, slug, fiscalYear, agency: person.agencyId },
      };
    }
    case "adjust":
      return {
        ...base,
        budgetId: input.budgetId,
        amountFen: input.amountFen,
        eventOn: input.eventOn,
        data: input.corrects === undefined ? {} : { corrects: input.corrects },
      };
    case "revoke":
    case "pay":
      return { ...base, awardId: input.awardId };
    case "end_order":
      return { ...base, awardId: input.awardId, data: { order: input.orderId } };
    case "bounce":
      return {
        ...base,
        awardId: input.awardId,
        eventOn: input.eventOn,
        data: { payout: input.payoutId },
      };
    case "clawback":
      return { ...base, awardId: input.awardId, amountFen: input.amountFen, data: { ground: input.ground } };
    case "write_off":
      return { ...base, awardId: input.awardId, amountFen: input.amountFen };
    case "close_month":
      return { ...base, month: input.month };
    case "close_year":
      return { ...base, budgetId: input.budgetId, data: { carry: input.carry } };
  }
}

/** SHA-256, hex, of everything a request says: what the second person's passkey agrees to. */
export function digestRequest(
  row: Pick<
    LedgerRequest,
    | "id"
    | "kind"
    | "budgetId"
    | "awardId"
    | "month"
    | "amountFen"
    | "eventOn"
    | "data"
    | "reason"
    | "requestedBy"
  >,
): string {
  const { id, kind, budgetId, awardId, month, eventOn, data, reason, requestedBy } = row;
  const amountFen = row.amountFen?.toString() ?? null;
  const said = canonicalJson({
    ...{ id, kind, budgetId, awardId, month, amountFen, eventOn, data, reason, requestedBy },
  });
  return createHash("sha256").update(said, "utf8").digest("hex");
}
