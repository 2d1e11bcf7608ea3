import { z } from "zod";
import { parseYuanToFen } from "~/forms/money";
import { bankLineSchema, matchSchema, reconcileSchema } from "~/forms/payout";
import { paths } from "~/paths";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { decideNamed, matchSuspense, retryLine } from "./handle-line.server";
import { reconcileMonth } from "./reconcile-month.server";

/** Carries out one posted form of the reconciliation page. `search` is kept, so that the same list comes back. */
export async function actOnStatement(
  { db, clock }: Portal,
  asked: { readonly form: FormData; readonly fundId: string; readonly month: string; readonly list: string },
  actor: StaffActor,
): Promise<FormOutcome> {
  const { form, fundId, month, list } = asked;
  const to = (done: string) =>
    `${paths.staff.reconciliation()}?${new URLSearchParams({ list, fund: fundId, month, done }).toString()}`;
  const intent = z
    .enum(["retry", "suspense", "dismissed", "match", "reconcile"])
    .catch("retry")
    .parse(form.get("intent"));
  const of = ["bankLineId"];
  switch (intent) {
    case "retry":
      return carryOut({ form, schema: bankLineSchema, intent, of }, async (value) => {
        await retryLine(db, value, actor, clock);
        return to("retried");
      });
    case "suspense":
    case "dismissed":
      return carryOut({ form, schema: bankLineSchema, intent, of }, async (value) => {
        await decideNamed(db, { ...value, what: intent }, actor, clock);
        return to(intent);
      });
    case "match":
      return carryOut({ form, schema: matchSchema, intent, of }, async (value) => {
        await matchSuspense(db, value, actor, clock);
        return to("matched");
      });
    case "reconcile":
      return carryOut({ form, schema: reconcileSchema, intent }, async ({ bankAmount, explanation }) => {
        if (fundId === "" || month === "") throw notFound();
        const negative = bankAmount.startsWith("-");
        const fen = parseYuanToFen(bankAmount.replace(/^-/, ""));
        if (fen === null) throw refusal("amount_invalid");
        const bankFen = negative ? -fen : fen;
        await reconcileMonth(db, { fundId, month, bankFen, explanation }, actor, clock);
        return to("reconciled");
      });
  }
}
