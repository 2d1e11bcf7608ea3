import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { BookDownloads } from "~/components/staff/finance/BookDownloads";
import { VoucherTable } from "~/components/staff/finance/VoucherTable";
import finance from "~/components/staff/finance/finance.module.css";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { parseMonth } from "~server/books/month";
import { readMonth } from "~server/books/read-month.server";
import { chinaDay } from "~server/clock";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  month: z.string().catch("").default(""),
  from: z.coerce.number().int().min(1).max(100_000_000).catch(1).default(1),
});

export const meta = () => pageTitle(staffZh.books.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const today = chinaDay(clock.now()).slice(0, 7);
  const month = parseMonth(asked.month) ?? parseMonth(today);
  if (month === null) throw new Response(null, { status: 404 });
  const view = await answerRefusals(readMonth(db, { month, from: asked.from }, actorOf(context)));
  return { month, from: asked.from, ...view };
}

/** 账簿与凭证: a month's vouchers, its documents to print, and the whole ledger for other people's tools. */
export default function Books() {
  const { month, from, count, waiting, rows, next, parts } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("books.title")}</h1>
      <p>{t("books.intro")}</p>
      <form method="get" className={finance.monthForm}>
        <label htmlFor="month">{t("books.month")}</label>
        <input
          id="month"
          name="month"
          type="month"
          className={controls.input}
          defaultValue={month.text}
          required
          min="2001-01"
          max="2199-12"
        />
        <button type="submit" className={controls.button} data-kind="plain">
          {t("books.show")}
        </button>
      </form>
      <h2>{t("books.monthName", { year: month.year, month: month.month })}</h2>
      <BookDownloads month={month.text} parts={parts} />
      <h2 className={finance.apart}>{t("books.vouchers")}</h2>
      {waiting > 0 && <p>{t("books.waiting", { count: waiting })}</p>}
      {count === 0 ? (
        <p className={controls.empty}>{t("books.empty")}</p>
      ) : (
        <>
          <p className={controls.muted}>{t("books.vouchersCount", { count })}</p>
          <VoucherTable rows={rows} month={month.text} />
          <nav className={controls.pager} aria-label={t("pager.label")}>
            {from > 1 && <Link to={paths.staff.books({ month: month.text })}>{t("pager.previous")}</Link>}
            {next !== null && (
              <Link to={paths.staff.books({ month: month.text, from: String(next) })}>{t("pager.next")}</Link>
            )}
          </nav>
        </>
      )}
    </>
  );
}
