import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { ObjectionCard } from "~/components/staff/finance/ObjectionCard";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { keptSchema } from "~/forms/objection";
import { formValues, parseForm } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { answerObjection } from "~server/rewards/answer-objection.server";
import { listObjections, OBJECTIONS_A_PAGE } from "~server/rewards/list-objections.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  state: z.enum(["open", "done"]).catch("open"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  answered: z.literal("yes").optional().catch(undefined),
});

export const meta = () => pageTitle(staffZh.assessment.objections.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { state, page, answered } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const { db, clock } = context.portal;
  const { rows, total } = await answerRefusals(
    listObjections(db, { open: state === "open", page }, actor, clock),
  );
  return {
    ...{ rows, state, page, pages: Math.ceil(total / OBJECTIONS_A_PAGE), answered: answered === "yes" },
    mayAnswer: (["finance_preparer", "finance_reviewer", "finance_approver"] as const).some((role) =>
      hasRole(actor, role),
    ),
    mayAssess: hasRole(actor, "finance_preparer"),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const parsed = parseForm(keptSchema, form);
  const state = { values: formValues(form), errors: parsed.ok ? {} : parsed.errors };
  if (!parsed.ok) return data({ state, refusal: null }, { status: 400 });
  const { db, clock } = context.portal;
  const done = await catchRefusal(answerObjection(db, parsed.value, actor, clock));
  if (!done.ok) return data({ state, refusal: done.refusal.publicMessage }, { status: done.refusal.status });
  throw redirect(`${paths.staff.objections()}?answered=yes`);
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function ObjectionsPage() {
  const view = useLoaderData<typeof loader>();
  const answered = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const form = `objection-${String(answered?.state.values.objectionId ?? "")}`;
  const url = (state: string, page = 1) =>
    `${paths.staff.objections()}?state=${state}${page > 1 ? `&page=${String(page)}` : ""}`;
  const other = view.state === "open" ? "done" : "open";
  return (
    <>
      <p>
        <Link to={paths.staff.rewards()}>{t("assessment.objections.back")}</Link>
      </p>
      <h1>{t("assessment.objections.title")}</h1>
      <p className={controls.muted}>{t("assessment.objections.intro")}</p>
      <ErrorSummary form={form} state={answered?.state} refusal={answered?.refusal} />
      {view.answered && answered === undefined && <Notice>{t("assessment.objections.kept")}</Notice>}
      <p>
        <strong>{t(`assessment.objections.${view.state}`)}</strong> ·{" "}
        <Link to={url(other)}>{t(`assessment.objections.${other}`)}</Link>
      </p>
      {view.rows.length === 0 && (
        <p className={controls.empty}>
          {t(view.state === "open" ? "assessment.objections.empty" : "assessment.objections.answeredEmpty")}
        </p>
      )}
      {view.rows.map((row) => (
        <ObjectionCard
          key={row.id}
          row={row}
          state={answered?.state.values.objectionId === row.id ? answered.state : null}
          mayAnswer={view.mayAnswer && !row.own}
          mayAssess={view.mayAssess}
        />
      ))}
      <Pager page={view.page} pages={view.pages} href={(page) => url(view.state, page)} />
    </>
  );
}
