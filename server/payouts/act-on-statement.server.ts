import { z } from "zod";
import { parseYuanToFen } from "~/forms/money";
import { agreeAsideSchema, asideSchema, bankLineSchema, matchSchema, reconcileSchema } from "~/forms/payout";
import { paths } from "~/paths";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { matchSuspense, moveToSuspense, retryLine } from "./handle-line.server";
import { reconcileMonth } from "./reconcile-month.server";
import { agreeAside, proposeAside, withdrawAside } from "./set-line-aside.server";

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
    .enum(["retry", "suspense", "match", "propose", "agree", "withdraw", "reconcile"])
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
      return carryOut({ form, schema: bankLineSchema, intent, of }, async (value) => {
        await moveToSuspense(db, value, actor, clock);
        return to(intent);
      });
    case "propose":
      return carryOut({ form, schema: asideSchema, intent, of }, async (value) => {
        await proposeAside(db, value, actor, clock);
        return to("proposed");
      });
    case "withdraw":
      return carryOut({ form, schema: agreeAsideSchema, intent, of }, async (value) => {
        await withdrawAside(db, value, actor, clock);
        return to("withdrawn");
      });
    case "agree":
      return carryOut({ form, schema: agreeAsideSchema, intent, of }, async (value) => {
        await agreeAside(db, value, actor, clock);
        return to(value.what);
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
