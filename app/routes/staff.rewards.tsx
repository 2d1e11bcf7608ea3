import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { AwardTable } from "~/components/staff/finance/AwardTable";
import { StateTabs } from "~/components/staff/finance/StateTabs";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { countAwards } from "~server/rewards/count-awards.server";
import { listAwards } from "~server/rewards/list-awards.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const STATES = [
  "drafted",
  "prepared",
  "reviewed",
  "approved",
  "accepted",
  "posted",
  "paid",
  "rejected",
] as const;
const ENDED = ["superseded", "revoked", "lapsed"] as const;
const TABS = [...STATES, "ended", "all"] as const;
type TabId = (typeof TABS)[number];

const ROWS_A_PAGE = 25;

const query = z.object({
  state: z.enum(TABS).optional().catch(undefined),
  order: z.enum(["newest", "largest"]).catch("newest"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  lead: z.uuid().optional().catch(undefined),
  assessed: z.coerce.number().int().positive().optional().catch(undefined),
  made: z.coerce.number().int().min(0).catch(0),
});

export const meta = () => pageTitle(staffZh.finance.list.title);

/** The queue a person's own step is in. */
function ownQueue(actor: StaffActor): TabId {
  if (hasRole(actor, "finance_preparer")) return "drafted";
  if (hasRole(actor, "finance_reviewer")) return "prepared";
  return hasRole(actor, "finance_approver") ? "reviewed" : "all";
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const state = asked.state ?? (asked.lead === undefined ? ownQueue(actor) : "all");
  const statuses = state === "all" ? undefined : state === "ended" ? ENDED : [state];
  const lead = asked.lead === undefined ? {} : { leadId: asked.lead };
  const [counts, { rows }] = await answerRefusals(
    Promise.all([
      countAwards(db, lead, actor),
      listAwards(
        db,
        {
          ...lead,
          ...(statuses === undefined ? {} : { statuses }),
          order: asked.order,
          page: asked.page,
          limit: ROWS_A_PAGE,
        },
        actor,
      ),
    ]),
  );
  const countOf = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0);
  const tabs = TABS.map((id) => ({
    id,
    count: countOf(id === "all" ? [...counts.keys()] : id === "ended" ? ENDED : [id]),
  }));
  return {
    rows,
    state,
    tabs,
    order: asked.order,
    page: asked.page,
    pages: Math.ceil((tabs.find(({ id }) => id === state)?.count ?? 0) / ROWS_A_PAGE),
    lead: asked.lead ?? null,
    leadNumber: asked.lead === undefined ? null : (rows[0]?.leadNumber ?? null),
    assessed: asked.assessed === undefined ? null : { number: asked.assessed, count: asked.made },
    mayAssess: hasRole(actor, "finance_preparer"),
  };
}

type View = { state: string; order: string; lead: string | null };

function listUrl({ state, order, lead }: View, page = 1): string {
  const params = new URLSearchParams({ state });
  if (order !== "newest") params.set("order", order);
  if (lead !== null) params.set("lead", lead);
  if (page > 1) params.set("page", String(page));
  return `${paths.staff.rewards()}?${params.toString()}`;
}

export default function RewardsPage() {
  const view = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const labelOf = (id: TabId) =>
    id === "all" || id === "ended" ? t(`finance.list.${id}`) : t(`finance.statuses.${id}`);
  const other = view.order === "newest" ? "largest" : "newest";
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("finance.list.title")}</h1>
        {view.mayAssess && (
          <p>
            <Link to={paths.staff.assess()}>{t("finance.list.assess")}</Link>
          </p>
        )}
      </div>
      <p>
        <Link to={paths.staff.objections()}>{t("assessment.objections.title")}</Link>
      </p>
      {view.assessed && (
        <Notice>
          {t(
            view.assessed.count === 0 ? "finance.list.assessedNothing" : "finance.list.assessed",
            view.assessed,
          )}
        </Notice>
      )}
      <StateTabs
        label={t("finance.list.tabs")}
        tabs={view.tabs.map((tab) => ({ ...tab, label: labelOf(tab.id) }))}
        current={view.state}
        href={(state) => listUrl({ ...view, state })}
      />
      {view.lead !== null && (
        <p>
          {view.leadNumber !== null && `${t("finance.list.lead", { number: view.leadNumber })} · `}
          <Link to={listUrl({ ...view, lead: null })}>{t("finance.list.clearLead")}</Link>
        </p>
      )}
      {view.rows.length === 0 ? (
        <p className={controls.empty}>{t(`finance.list.empty.${view.state}`)}</p>
      ) : (
        <>
          <div className={finance.tools}>
            <p className={controls.muted}>{t("finance.list.page", { count: view.rows.length })}</p>
            <p>
              {t("finance.list.order")}
              <strong>{t(`finance.list.${view.order}`)}</strong> ·{" "}
              <Link to={listUrl({ ...view, order: other })}>{t(`finance.list.${other}`)}</Link>
            </p>
          </div>
          <AwardTable rows={view.rows} title={labelOf(view.state)} />
        </>
      )}
      <Pager page={view.page} pages={view.pages} href={(page) => listUrl(view, page)} />
    </>
  );
}
