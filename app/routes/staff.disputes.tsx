import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { daysUntil } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { DISPUTES_A_PAGE, listDisputes } from "~server/disputes/list-disputes.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

export const meta = () => pageTitle(staffZh.disputes.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(listDisputes(db, { page }, actor));
  const today = chinaDay(clock.now());
  return {
    page,
    count: found.count,
    pages: Math.ceil(found.count / DISPUTES_A_PAGE),
    disputes: found.disputes.map(({ openedAt, endedAt, ...one }) => ({
      ...one,
      cause: one.cause as keyof typeof staffZh.disputes.causes,
      status: one.status as keyof typeof staffZh.disputes.statuses,
      days: daysUntil(chinaDay(openedAt), endedAt === null ? today : chinaDay(endedAt)),
    })),
  };
}

export default function Disputes() {
  const { page, count, pages, disputes } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("disputes.title")}</h1>
        <p className={controls.muted}>{t("disputes.count", { count })}</p>
      </div>
      <p className={controls.muted}>{t("disputes.lead")}</p>
      {disputes.length === 0 ? (
        <p className={controls.empty}>{t("disputes.empty")}</p>
      ) : (
        <div className={controls.tableWrap} role="region" aria-label={t("disputes.title")} tabIndex={0}>
          <table className={controls.table}>
            <thead>
              <tr>
                <th scope="col">{t("disputes.number")}</th>
                <th scope="col">{t("disputes.cause")}</th>
                <th scope="col">{t("disputes.parties")}</th>
                <th scope="col">{t("disputes.status")}</th>
              </tr>
            </thead>
            <tbody>
              {disputes.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    <Link to={paths.staff.dispute(one.leadId, one.status === "open" ? null : one.id)}>
                      {t("lead.number", { number: one.leadNumber })}
                    </Link>
                    <br />
                    {one.subjectName}
                  </th>
                  <td>{t(`disputes.causes.${one.cause}`)}</td>
                  <td>
                    {one.parties.join(t("separator")) || t("none")}
                    <br />
                    <span className={controls.muted}>
                      {t("disputes.heard", { heard: one.heard, parties: one.parties.length })}
                    </span>
                  </td>
                  <td>
                    <span
                      className={controls.tag}
                      data-tone={
                        one.status === "open" ? "waiting" : one.status === "decided" ? "done" : undefined
                      }
                    >
                      {t(`disputes.statuses.${one.status}`)}
                    </span>
                    <br />
                    {one.days === 0
                      ? t(one.status === "open" ? "disputes.openToday" : "disputes.lastedToday")
                      : t(one.status === "open" ? "disputes.openFor" : "disputes.lasted", { days: one.days })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} pages={pages} href={(at) => paths.staff.disputes(at)} />
    </>
  );
}
