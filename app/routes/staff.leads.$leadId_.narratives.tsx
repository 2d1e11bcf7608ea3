import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { KeysNotice } from "~/components/staff/KeysNotice";
import { Narratives } from "~/components/staff/Narratives";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import lead from "~/components/staff/lead.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import {
  NARRATIVES_A_BATCH,
  NARRATIVES_A_PAGE,
  readNarrativesHead,
} from "~server/triage/list-narratives.server";

const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

export const meta = () => pageTitle(staffZh.narratives.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const head = await answerRefusals(
    readNarrativesHead(context.portal.db, { leadId: params.leadId ?? "" }, actorOf(context)),
  );
  const { id, number, name } = head.lead;
  const here = Math.max(0, Math.min(NARRATIVES_A_PAGE, head.tipCount - (page - 1) * NARRATIVES_A_PAGE));
  return {
    ...{ id, number, name, page, here },
    tipCount: head.tipCount,
    pages: Math.ceil(head.tipCount / NARRATIVES_A_PAGE),
    batches: Math.ceil(here / NARRATIVES_A_BATCH),
  };
}

export default function NarrativesPage() {
  const view = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <>
      <p className={lead.back}>
        <Link to={paths.staff.lead(view.id)}>{t("narratives.back", { number: view.number })}</Link>
      </p>
      <div className={controls.pageHead}>
        <h1>{t("narratives.heading", { name: view.name })}</h1>
        <p className={controls.muted}>{t("narratives.total", { count: view.tipCount })}</p>
      </div>
      <p className={controls.muted}>{t("narratives.lead")}</p>
      <KeysNotice />
      {view.here === 0 ? (
        <p className={controls.empty}>{t("narratives.none")}</p>
      ) : (
        <Narratives key={`${view.id} ${view.page}`} {...view} />
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => paths.staff.narratives(view.id, page)} />
    </>
  );
}
