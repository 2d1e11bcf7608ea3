import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { StateTabs } from "~/components/staff/finance/StateTabs";
import finance from "~/components/staff/finance/finance.module.css";
import { Pager } from "~/components/staff/Pager";
import { NewBatch } from "~/components/staff/payouts/NewBatch";
import { pageTitle } from "~/components/staff/page-title";
import payouts from "~/components/staff/payouts/payouts.module.css";
import controls from "~/components/staff/controls.module.css";
import { formatFen } from "~/forms/money";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { actOnPayouts } from "~server/payouts/act-on-batch.server";
import {
  BATCHES_A_PAGE,
  BATCH_STATES,
  listBatches,
  listCandidates,
} from "~server/payouts/list-batches.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  state: z.enum(BATCH_STATES).catch("frozen"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});

export const meta = () => pageTitle(staffZh.payouts.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { rows, counts, open } = await answerRefusals(listBatches(db, asked, actor));
  return {
    ...asked,
    rows,
    counts,
    open,
    tabs: BATCH_STATES,
    pages: Math.ceil(counts[asked.state] / BATCHES_A_PAGE),
    candidates: actor.method === "demo" ? null : await listCandidates(db, actor),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const outcome = await actOnPayouts(context.portal, await readForm(request), actorOf(context));
  if (!outcome.ok) return data(outcome.failed, { status: outcome.status });
  throw redirect(outcome.to);
}

/** A refusal too reloads the page: which awards may be taken must be of now. */
export const shouldRevalidate = () => true;

export default function PayoutsPage() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const href = (state: string, page = 1) =>
    `${paths.staff.payouts()}?state=${state}${page > 1 ? `&page=${page}` : ""}`;
  return (
    <>
      <h1>{t("payouts.title")}</h1>
      <p className={controls.muted}>{t("payouts.hint")}</p>
      {view.open.length > 0 && (
        <p className={payouts.warning}>
          {t("payouts.unknownLines", { count: view.open.reduce((sum, { unknown }) => sum + unknown, 0) })}
          {view.open.map(({ id, number, unknown }, at) => (
            <span key={id}>
              {at > 0 && t("separator")}
              <Link to={paths.staff.payoutBatch(id)}>{number}</Link>
              {t("payouts.unknownIn", { count: unknown })}
            </span>
          ))}
        </p>
      )}
      <StateTabs
        label={t("payouts.tabs")}
        tabs={view.tabs.map((id) => ({ id, label: t(`payouts.states.${id}`), count: view.counts[id] }))}
        current={view.state}
        href={href}
      />
      {view.rows.length === 0 ? (
        <p className={controls.empty}>{t(`payouts.empty.${view.state}`)}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={`${controls.table} ${finance.table} ${finance.stacked}`}>
            <caption className="visually-hidden">{t(`payouts.states.${view.state}`)}</caption>
            <thead>
              <tr>
                <th scope="col">{t("payouts.number")}</th>
                <th scope="col">{t("payouts.facts.source")}</th>
                <th scope="col">{t("payouts.count")}</th>
                <th scope="col" className={finance.amount}>
                  {t("payouts.total")}
                </th>
                <th scope="col">{t("payouts.preparedAt")}</th>
              </tr>
            </thead>
            <tbody>
              {view.rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row" className={finance.code}>
                    <Link to={paths.staff.payoutBatch(row.id)}>{row.number}</Link>
                  </th>
                  <td data-label={t("payouts.facts.source")}>{row.source}</td>
                  <td data-label={t("payouts.count")}>
                    {row.lines}
                    {row.unknown > 0 && ` ${t("payouts.unknownOf", { count: row.unknown })}`}
                  </td>
                  <td className={finance.amount} data-label={t("payouts.total")}>
                    {formatFen(row.totalFen)}
                  </td>
                  <td data-label={t("payouts.preparedAt")}>{formatInstant(row.preparedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => href(view.state, page)} />
      <NewBatch candidates={view.candidates} failed={failed} />
    </>
  );
}
