import { randomUUID } from "node:crypto";
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { BudgetOutlook } from "~/components/staff/finance/BudgetOutlook";
import { BudgetForms } from "~/components/staff/finance/BudgetForms";
import { FundCard } from "~/components/staff/finance/FundCard";
import { JournalTable } from "~/components/staff/finance/JournalTable";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { actOnBudget } from "~server/ledger/act-on-budget.server";
import { listWarnings } from "~server/ledger/list-warnings.server";
import { readContingent } from "~server/ledger/read-contingent.server";
import { listTransactions } from "~server/ledger/list-transactions.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { whyClosed } from "~server/ledger/why-closed.server";
import { localScheme } from "~server/rewards/local-scheme";
import { nameAgencyById } from "~server/packs/list-options";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const ROWS_A_PAGE = 20;

const query = z.object({
  before: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional()
    .catch(undefined),
  done: z.enum(["received", "same"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.finance.budget.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock, pack } = context.portal;
  const asked = query.parse({ done: null, ...Object.fromEntries(new URL(request.url).searchParams) });
  const [funds, journal, contingent] = await answerRefusals(
    Promise.all([
      readBalances(db, actor),
      listTransactions(
        db,
        { limit: ROWS_A_PAGE, ...(asked.before === undefined ? {} : { before: BigInt(asked.before) }) },
        actor,
      ),
      readContingent(db, { schemeId: localScheme(pack.pack) }, actor, clock),
    ]),
  );
  const availableFen = funds
    .flatMap(({ budgets }) => budgets)
    .reduce((sum, budget) => sum + budget.availableFen, 0n);
  return {
    dry: await listWarnings(db, funds, actor),
    contingent: {
      ...contingent,
      availableFen,
      restFen: availableFen - contingent.likelyFen - contingent.verifying.likelyFen,
    },
    funds: funds.map((fund) => ({
      ...fund,
      agencyName: nameAgencyById(pack.pack, fund.agencyId, chinaDay(clock.now())),
    })),
    journal: journal.rows,
    older: journal.next === null ? null : journal.next.toString(),
    paged: asked.before !== undefined,
    done: asked.done,
    closed: whyClosed(actor, "finance_approver"),
    forms: {
      today: chinaDay(clock.now()),
      requestKey: randomUUID(),
    },
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const outcome = await actOnBudget(context.portal, { form: await readForm(request) }, actor);
  if (!outcome.ok) return data(outcome.failed, { status: outcome.status });
  throw redirect(`${paths.staff.budget()}?done=${outcome.done}`);
}

export default function BudgetPage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("finance.budget.title")}</h1>
      {failed === null && view.done !== null && <Notice>{t(`finance.budget.done.${view.done}`)}</Notice>}
      <BudgetOutlook dry={view.dry} contingent={view.contingent} />
      {view.funds.length === 0 && (
        <p className={`${controls.empty} ${controls.spaced}`}>{t("finance.budget.empty")}</p>
      )}
      {view.funds.map((fund) => (
        <FundCard key={`${fund.fundId} ${fund.currency}`} fund={fund} />
      ))}
      <section className={controls.card} aria-labelledby="act-title">
        <h2 id="act-title">{t("finance.budget.act")}</h2>
        {view.closed !== null ? (
          <p className={finance.why}>{t("finance.closed", { why: view.closed })}</p>
        ) : (
          <BudgetForms
            failed={failed}
            view={{
              ...view.forms,
              funds: view.funds.map((fund) => ({ value: fund.fundId, label: fund.source })),
            }}
          />
        )}
      </section>
      <section aria-labelledby="journal-title">
        <h2 id="journal-title">{t("finance.budget.journal")}</h2>
        {view.journal.length === 0 ? (
          <p className={controls.empty}>{t("finance.budget.journalEmpty")}</p>
        ) : (
          <JournalTable rows={view.journal} />
        )}
        {(view.older !== null || view.paged) && (
          <nav className={controls.pager} aria-label={t("pager.label")}>
            {view.paged && (
              <Link to={`${paths.staff.budget()}#journal-title`}>{t("finance.budget.newest")}</Link>
            )}
            {view.older !== null && (
              <Link to={`${paths.staff.budget()}?before=${view.older}#journal-title`}>
                {t("finance.budget.older")}
              </Link>
            )}
          </nav>
        )}
      </section>
    </>
  );
}
