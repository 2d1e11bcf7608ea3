import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { HandoverList } from "~/components/staff/HandoverList";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/handover.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { WAITING_A_PAGE, listWaitingLeads } from "~server/secrecy/list-waiting-leads.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

export const meta = () => pageTitle(staffZh.handover.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { db, clock } = context.portal;
  const listed = await answerRefusals(listWaitingLeads(db, { page, at: clock.now() }, actorOf(context)));
  return { ...listed, page, pages: Math.ceil(listed.total / WAITING_A_PAGE) };
}

export default function Handover() {
  const { leads, total, keyless, page, pages } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("handover.title")}</h1>
      <p className={controls.muted}>{t("handover.lead")}</p>
      <KeysNotice />
      <HandoverList key={page} leads={leads} total={total} />
      <Pager page={page} pages={pages} href={(at) => `${paths.staff.handover()}?page=${at}`} />
      {keyless.length > 0 && (
        <section className={`${controls.card} ${controls.spacedTop}`} aria-labelledby="keyless-title">
          <h2 id="keyless-title">{t("handover.keylessTitle")}</h2>
          <ul className={styles.keyless}>
            {keyless.map((body) => (
              <li key={body.agencyId}>{t("handover.keylessRow", { name: body.name, count: body.leads })}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
