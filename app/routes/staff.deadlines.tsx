import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { LateBodies } from "~/components/staff/deadlines/LateBodies";
import { LateLeads } from "~/components/staff/deadlines/LateLeads";
import { SupervisionList } from "~/components/staff/deadlines/SupervisionList";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { answerSchema, superviseSchema } from "~/forms/supervision";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { answerSupervision } from "~server/clocks/answer-supervision.server";
import { carryOut } from "~server/clocks/carry-out.server";
import { issueSupervision } from "~server/clocks/issue-supervision.server";
import { LATE_A_PAGE, SUPERVISIONS_A_PAGE, listLate } from "~server/clocks/list-late.server";
import { readForm } from "~server/intake/read-form.server";
import { nameAgencyAmong } from "~server/packs/list-options";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const page = z.coerce.number().int().min(1).max(100_000).catch(1);
const query = z.object({
  agency: z
    .string()
    .regex(/^[a-z0-9.-]{1,100}$/)
    .nullable()
    .catch(null),
  page,
  issued: page,
  done: z.enum(["issued", "answered"]).nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.deadlines.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock, packs } = context.portal;
  const plans = packs.all().map(({ pack }) => pack);
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const at = clock.now();
  const found = await answerRefusals(
    listLate(db, { agencyId: asked.agency, page: asked.page, issuedPage: asked.issued, at }, actor),
  );
  return {
    asked: { ...asked, agencyName: asked.agency === null ? null : nameAgencyAmong(plans, asked.agency) },
    office: hasRole(actor, "triage_officer", "auditor"),
    issues: hasRole(actor, "triage_officer"),
    answers: hasRole(actor, "agency_officer") ? actor.agencyId : null,
    today: chinaDay(at),
    latePages: Math.ceil(found.count / LATE_A_PAGE),
    issuedPages: Math.ceil(found.issuedCount / SUPERVISIONS_A_PAGE),
    ...found,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock, packs } = context.portal;
  const form = await readForm(request);
  const at = clock.now();
  const here = paths.staff.deadlines();
  const outcome =
    form.get("intent") === "answer"
      ? await carryOut(
          { form, schema: answerSchema, intent: "answer", of: ["supervisionId"] },
          async (value) => {
            await answerSupervision(db, { ...value, at }, actor);
            return `${here}?done=answered`;
          },
        )
      : await carryOut(
          { form, schema: superviseSchema, intent: "supervise", of: ["leadId", "agencyId", "clock"] },
          async (value) => {
            // Of the plan whose body it is.
            const own = packs.of(value.agencyId.split(".")[0] ?? "");
            const answerDays = own.pack.limits.escalation.answer;
            await issueSupervision(db, { ...value, answerDays, at }, actor);
            return `${here}?done=issued`;
          },
        );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

export const shouldRevalidate = () => true;

export default function Deadlines() {
  const view = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { asked } = view;
  const href = (page: number, issued: number) => {
    const search = new URLSearchParams(asked.agency === null ? {} : { agency: asked.agency });
    if (page > 1) search.set("page", String(page));
    if (issued > 1) search.set("issued", String(issued));
    return `${paths.staff.deadlines()}?${search.toString()}`;
  };
  return (
    <>
      <div className={controls.pageHead}>
        <h1>{t("deadlines.title")}</h1>
        <p className={controls.muted}>{t("deadlines.counts", { late: view.count })}</p>
      </div>
      <p className={controls.muted}>{t(view.office ? "deadlines.lead" : "deadlines.leadAgency")}</p>
      {failed === null && asked.done !== null && <Notice>{t(`deadlines.done.${asked.done}`)}</Notice>}
      {view.office && <LateBodies bodies={view.bodies} />}
      <h2>
        {asked.agencyName === null
          ? t("deadlines.leads")
          : t("deadlines.leadsOf", { agency: asked.agencyName })}
      </h2>
      {asked.agency !== null && (
        <p>
          <Link to={paths.staff.deadlines()}>{t("deadlines.allBodies")}</Link>
        </p>
      )}
      <LateLeads late={view.late} issues={view.issues} failed={failed} />
      <Pager page={asked.page} pages={view.latePages} href={(page) => href(page, asked.issued)} />
      <h2>{t("deadlines.supervisions")}</h2>
      <SupervisionList
        issued={view.issued}
        today={view.today}
        office={view.issues}
        answers={view.answers}
        none={t(view.office ? "deadlines.supervisionsNone" : "deadlines.supervisionsNoneAgency")}
        failed={failed}
      />
      <Pager page={asked.issued} pages={view.issuedPages} href={(issued) => href(asked.page, issued)} />
    </>
  );
}
