import { randomUUID } from "node:crypto";
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { AskForm } from "~/components/staff/finance/AskForm";
import { LedgerRequests } from "~/components/staff/finance/LedgerRequests";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay, chinaYear } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { actOnRequests } from "~server/ledger/act-on-requests.server";
import type { RequestKind } from "~server/ledger/ledger-requests";
import { listRequests } from "~server/ledger/list-requests.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { whyClosed } from "~server/ledger/why-closed.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
  award: z.uuid().optional().catch(undefined),
  done: z.enum(["asked", "agreed", "refused", "withdrawn"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.ledgerActs.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse({
    done: null,
    page: 1,
    ...Object.fromEntries(new URL(request.url).searchParams),
  });
  const [list, funds] = await answerRefusals(
    Promise.all([
      listRequests(
        db,
        { page: asked.page, clock, ...(asked.award === undefined ? {} : { awardId: asked.award }) },
        actor,
      ),
      readBalances(db, actor),
    ]),
  );
  return {
    rows: list.rows.map((row) => ({
      ...row,
      planRefused: row.plan === null || row.plan.refused === null ? null : refusalSentence(row.plan.refused),
    })),
    more: list.more,
    page: asked.page,
    months: list.months,
    award: list.award,
    done: asked.done,
    ownId: actor.id,
    closed: whyClosed(actor, "finance_preparer", "finance_reviewer", "finance_approver"),
    mayAgree: hasRole(actor, "finance_approver") && actor.method === "passkey",
    requestId: randomUUID(),
    today: chinaDay(clock.now()),
    year: chinaYear(clock.now()),
    budgets: funds.flatMap(({ source, budgets }) =>
      budgets.map(({ budgetId, fiscalYear }) => ({ budgetId, source, fiscalYear })),
    ),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await actOnRequests(context.portal, { form: await readForm(request) }, actor);
  if (!outcome.ok) return data(outcome, { status: outcome.status });
  throw redirect(`${paths.staff.budgetActs()}?done=${outcome.done}`);
}

export default function LedgerActs() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const kinds: readonly RequestKind[] =
    view.award === null
      ? ["adjust", "open", "close_month", "close_year"]
      : view.award.status === "paid"
        ? ["clawback", "write_off"]
        : ["revoke"];
  const askView = {
    ...view,
    nextMonth: view.months.next,
    budgets: view.budgets.map(({ budgetId, source, fiscalYear }) => ({
      value: budgetId,
      label: t("finance.award.budgetName", { source, year: fiscalYear }),
    })),
  };
  return (
    <>
      <h1>{t("ledgerActs.title")}</h1>
      <p>{t("ledgerActs.lead")}</p>
      {failed === null && view.done !== null && <Notice>{t(`ledgerActs.done.${view.done}`)}</Notice>}
      <section aria-labelledby="requests-title">
        <h2 id="requests-title">{t("ledgerActs.waiting")}</h2>
        <LedgerRequests
          rows={view.rows}
          ownId={view.ownId}
          mayAgree={view.mayAgree}
          mayAnswer={view.closed === null}
          failed={failed}
        />
        {(view.more || view.page > 1) && (
          <nav className={controls.pager} aria-label={t("pager.label")}>
            {view.page > 1 && <Link to={paths.staff.budgetActs()}>{t("finance.budget.newest")}</Link>}
            {view.more && (
              <Link to={`${paths.staff.budgetActs()}?page=${view.page + 1}`}>
                {t("finance.budget.older")}
              </Link>
            )}
          </nav>
        )}
      </section>
      <section className={controls.card} aria-labelledby="ask-title">
        <h2 id="ask-title">{t("ledgerActs.ask")}</h2>
        <p className={controls.muted}>
          {view.months.last === null
            ? t("ledgerActs.months.none")
            : t("ledgerActs.months.last", { month: view.months.last })}
        </p>
        {view.closed !== null ? (
          <p className={finance.why}>{t("finance.closed", { why: view.closed })}</p>
        ) : (
          <div className={finance.forms}>
            {kinds.map((kind) => (
              <AskForm key={kind} kind={kind} view={askView} failed={failed} />
            ))}
          </div>
        )}
      </section>
      <p>
        <Link to={paths.staff.budget()}>{t("finance.budget.title")}</Link>
      </p>
    </>
  );
}
