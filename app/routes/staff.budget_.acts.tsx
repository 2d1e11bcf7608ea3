import { randomUUID } from "node:crypto";
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { AskForm } from "~/components/staff/finance/AskForm";
import { offeredActs } from "~/components/staff/finance/offered-acts";
import { ReceiveBack } from "~/components/staff/finance/ReceiveBack";
import { YearPreview } from "~/components/staff/finance/YearPreview";
import { LedgerRequests } from "~/components/staff/finance/LedgerRequests";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay, chinaYear } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { actOnRequests } from "~server/ledger/act-on-requests.server";
import { listRequests, previewYear } from "~server/ledger/list-requests.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { whyClosed } from "~server/ledger/why-closed.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
  award: z.uuid().optional().catch(undefined),
  /** The year whose closing to work out first, and whether what is free goes on. */
  close: z.uuid().optional().catch(undefined),
  carry: z.enum(["yes", "no"]).catch("yes"),
  done: z.enum(["asked", "agreed", "refused", "withdrawn", "received", "same"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.ledgerActs.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse({
    done: null,
    page: 1,
    carry: "yes",
    ...Object.fromEntries(new URL(request.url).searchParams),
  });
  const [list, funds, plan] = await answerRefusals(
    Promise.all([
      listRequests(
        db,
        { page: asked.page, clock, ...(asked.award === undefined ? {} : { awardId: asked.award }) },
        actor,
      ),
      readBalances(db, actor),
      asked.close === undefined
        ? null
        : previewYear(db, { budgetId: asked.close, carry: asked.carry === "yes", clock }, actor),
    ]),
  );
  return {
    rows: list.rows.map((row) => ({
      ...row,
      planRefused: row.plan === null || row.plan.refused === null ? null : refusalSentence(row.plan.refused),
    })),
    closing: { budgetId: asked.close ?? "", carry: asked.carry },
    plan,
    planRefused: plan === null || plan.refused === null ? null : refusalSentence(plan.refused),
    more: list.more,
    page: asked.page,
    months: list.months,
    award: list.award,
    done: asked.done,
    ownId: actor.id,
    closed: whyClosed(actor, "finance_preparer", "finance_reviewer", "finance_approver"),
    mayReceive: hasRole(actor, "finance_approver") && actor.method === "passkey",
    mayAgree: hasRole(actor, "finance_approver") && actor.method === "passkey",
    requestId: randomUUID(),
    requestKey: randomUUID(),
    today: chinaDay(clock.now()),
    year: chinaYear(clock.now()),
    budgets: funds.flatMap(({ source, budgets }) =>
      budgets.map(({ budgetId, fiscalYear }) => ({ budgetId, source, fiscalYear })),
    ),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await actOnRequests(context.portal, { form }, actor);
  if (!outcome.ok) return data(outcome, { status: outcome.status });
  // Back to the same award's acts, where it was one's.
  const award = z.uuid().safeParse(form.get("awardId") ?? form.get("about"));
  const about = award.success ? `&award=${award.data}` : "";
  throw redirect(`${paths.staff.budgetActs()}?done=${outcome.done}${about}`);
}

export default function LedgerActs() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const owedFen = (view.award?.clawback.orderedFen ?? 0n) - (view.award?.clawback.settledFen ?? 0n);
  const orders = view.rows.filter(({ order }) => order?.state === "stands" || order?.state === "over");
  const { offered, waiting } = offeredActs(view.award, view.rows);
  const listUrl = (page: number) =>
    `${paths.staff.budgetActs()}?page=${page}${view.award === null ? "" : `&award=${view.award.id}`}`;
  const askView = {
    ...view,
    nextMonth: view.months.next,
    openOrderId: orders[0]?.id ?? null,
    budgets: view.budgets.map(({ budgetId, source, fiscalYear }) => ({
      value: budgetId,
      label: t("finance.award.budgetName", { source, year: fiscalYear }),
    })),
  };
  return (
    <>
      <h1>{t("ledgerActs.title")}</h1>
      <p>{t("ledgerActs.lead")}</p>
      {view.award !== null && (
        <p>
          <Link to={paths.staff.award(view.award.id)}>
            {t("ledgerActs.backToAward", { codeName: view.award.codeName })}
          </Link>{" "}
          · <Link to={paths.staff.budgetActs()}>{t("ledgerActs.all")}</Link>
        </p>
      )}
      {failed === null && view.done !== null && <Notice>{t(`ledgerActs.done.${view.done}`)}</Notice>}
      <LedgerRequests
        about={view.award?.id ?? null}
        rows={view.rows}
        first={view.page === 1}
        ownId={view.ownId}
        mayAgree={view.mayAgree}
        mayAnswer={view.closed === null}
        failed={failed}
      />
      {(view.more || view.page > 1) && (
        <nav className={controls.pager} aria-label={t("pager.label")}>
          {view.page > 1 && <Link to={listUrl(1)}>{t("finance.budget.newest")}</Link>}
          {view.more && <Link to={listUrl(view.page + 1)}>{t("finance.budget.older")}</Link>}
        </nav>
      )}
      <section className={controls.card} aria-labelledby="ask-title">
        <h2 id="ask-title">{t("ledgerActs.ask")}</h2>
        {view.award === null && (
          <p className={controls.muted}>
            {view.months.last === null
              ? t("ledgerActs.months.none")
              : t("ledgerActs.months.last", { month: formatDay(view.months.last) })}
          </p>
        )}
        {view.award !== null && view.award.clawback.orderedFen > 0n && (
          <p>
            {t("ledgerActs.clawedBack", {
              ordered: formatFen(view.award.clawback.orderedFen),
              owed: formatFen(owedFen),
            })}
          </p>
        )}
        {view.award?.held === true && <p className={controls.muted}>{t("ledgerActs.held")}</p>}
        {view.closed !== null ? (
          <p className={finance.why}>{t("finance.closed", { why: view.closed })}</p>
        ) : offered.length + waiting.length === 0 ? (
          <p className={controls.empty}>
            {t(view.award?.onLine === true ? "ledgerActs.noneOnLine" : "ledgerActs.noneForAward")}
          </p>
        ) : (
          <>
            {waiting.length > 0 && (
              <p className={controls.muted}>
                {t("ledgerActs.waitsAlready", {
                  kinds: waiting.map((kind) => t(`ledgerActs.kinds.${kind}`)).join(t("separator")),
                })}
              </p>
            )}
            <div className={finance.forms}>
              {/* What was typed is gone with what was asked for: a request more on top, and the forms are new. */}
              {offered.map((kind) => (
                <AskForm
                  key={`${kind} ${view.rows[0]?.id ?? ""}`}
                  kind={kind}
                  view={askView}
                  failed={failed}
                />
              ))}
            </div>
          </>
        )}
      </section>
      {view.award === null && (
        <YearPreview
          budgets={askView.budgets}
          closing={view.closing}
          plan={view.plan}
          refused={view.planRefused}
        />
      )}
      {view.award !== null && owedFen > 0n && (
        <ReceiveBack
          award={view.award}
          owedFen={owedFen}
          may={view.mayReceive}
          today={view.today}
          requestKey={view.requestKey}
          failed={failed}
        />
      )}
      <p>
        <Link to={paths.staff.budget()}>{t("finance.budget.title")}</Link>
      </p>
    </>
  );
}
