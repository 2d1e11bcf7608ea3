import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { StateTabs } from "~/components/staff/finance/StateTabs";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { BankLineTable } from "~/components/staff/payouts/BankLineTable";
import { MonthCard } from "~/components/staff/payouts/MonthCard";
import { StatementList } from "~/components/staff/payouts/StatementList";
import { UploadStatement } from "~/components/staff/payouts/UploadStatement";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { whyClosed } from "~server/ledger/why-closed.server";
import { actOnStatement } from "~server/payouts/act-on-statement.server";
import { LINES_A_PAGE, LINE_LISTS, listBankLines } from "~server/payouts/list-bank-lines.server";
import { readMonth } from "~server/payouts/reconcile-month.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  list: z.enum(LINE_LISTS).catch("named"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  fund: z.uuid().optional().catch(undefined),
  month: z.string().max(30).trim().optional().catch(undefined),
  done: z
    .enum(["suspense", "proposed", "withdrawn", "dismissed", "matched", "retried", "reconciled"])
    .optional()
    .catch(undefined),
});

/** A month as it is written on statements; null for what is none. */
function monthOf(typed: string | undefined): string | null {
  return typed !== undefined && /^20\d{2}-(0[1-9]|1[0-2])$/.test(typed) ? typed : null;
}

export const meta = () => pageTitle(staffZh.payouts.statements.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const listed = await answerRefusals(listBankLines(db, asked, actor));
  const today = chinaDay(clock.now());
  const month = monthOf(asked.month) ?? today.slice(0, 7);
  const fund = listed.funds.find(({ id }) => id === asked.fund) ?? listed.funds[0] ?? null;
  const view = fund === null ? null : await answerRefusals(readMonth(db, { fundId: fund.id, month }, actor));
  return {
    ...listed,
    list: asked.list,
    page: asked.page,
    pages: Math.ceil(listed.counts[asked.list] / LINES_A_PAGE),
    lists: LINE_LISTS,
    done: asked.done ?? null,
    today,
    month,
    monthTyped: !asked.month || asked.month === month ? null : asked.month,
    fundId: fund?.id ?? "",
    closed: whyClosed(actor, "cashier"),
    mayAgree: whyClosed(actor, "finance_reviewer", "finance_approver") === null,
    ownId: actor.id,
    mayReconcile: whyClosed(actor, "finance_preparer", "finance_reviewer") === null,
    books: view,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const form = await readForm(request);
  const outcome = await actOnStatement(
    context.portal,
    { form, fundId: asked.fund ?? "", month: monthOf(asked.month) ?? "", list: asked.list },
    actor,
  );
  if (!outcome.ok) return data(outcome.failed, { status: outcome.status });
  throw redirect(outcome.to);
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function ReconciliationPage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const href = (list: string, page = 1) =>
    `${paths.staff.reconciliation()}?${new URLSearchParams({
      list,
      fund: view.fundId,
      month: view.month,
      ...(page > 1 ? { page: String(page) } : {}),
    }).toString()}`;
  const to = href(view.list, view.page);
  return (
    <>
      <h1>{t("payouts.statements.title")}</h1>
      <p className={controls.muted}>{t("payouts.statements.hint")}</p>
      {failed === null && view.done !== null && <Notice>{t(`payouts.done.${view.done}`)}</Notice>}
      <UploadStatement funds={view.funds} format={view.format} closed={view.closed} today={view.today} />
      <StateTabs
        label={t("payouts.tabs")}
        tabs={view.lists.map((id) => ({ id, label: t(`payouts.lists.${id}`), count: view.counts[id] }))}
        current={view.list}
        href={href}
      />
      {view.rows.length === 0 ? (
        <p className={controls.empty}>{t(`payouts.listEmpty.${view.list}`)}</p>
      ) : (
        <BankLineTable
          list={view.list}
          rows={view.rows}
          to={to}
          failed={failed}
          open={view.closed === null}
          mayAgree={view.mayAgree}
          ownId={view.ownId}
        />
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => href(view.list, page)} />
      <MonthCard view={view} to={to} failed={failed} />
      <StatementList statements={view.statements} />
    </>
  );
}
