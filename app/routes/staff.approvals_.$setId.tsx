import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { ChosenRows } from "~/components/staff/finance/ChosenRows";
import { SignChosen } from "~/components/staff/finance/SignChosen";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { carryOut } from "~server/clocks/carry-out.server";
import { readForm } from "~server/intake/read-form.server";
import { readChosen } from "~server/rewards/read-chosen.server";
import { leaveChosen } from "~server/rewards/sign-chosen.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const leaveForm = z.object({ ordinal: z.coerce.number().int().min(1).max(50) });

export const meta = () => pageTitle(staffZh.approvals.set.title);

export async function loader({ params, context }: LoaderFunctionArgs) {
  return answerRefusals(readChosen(context.portal.db, { setId: params.setId ?? "" }, actorOf(context)));
}

/** Leaves one voucher unsigned; signing itself goes through the JSON endpoint, a passkey's touch a voucher. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const setId = params.setId ?? "";
  const form = await readForm(request);
  const outcome = await carryOut({ form, schema: leaveForm, intent: "leave" }, async ({ ordinal }) => {
    await leaveChosen(context.portal.db, { setId, ordinal }, actor);
    return paths.staff.approvalSet(setId);
  });
  if (outcome.ok) throw redirect(outcome.to);
  return data(
    { refusal: outcome.failed.refusal ?? staffZh.forms.errors.version },
    { status: outcome.status },
  );
}

export const shouldRevalidate = () => true;

export default function ChosenPage() {
  const { setId, rows } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const { t } = useTranslation("staff");
  const open = rows.filter(({ result }) => result === null);
  const signed = rows.filter(({ result }) => result === "signed").length;
  return (
    <>
      <p>
        <Link to={paths.staff.approvals()}>{t("approvals.set.back")}</Link>
      </p>
      <h1>{t("approvals.set.title")}</h1>
      <p className={controls.muted}>{t("approvals.set.lead", { count: rows.length })}</p>
      <ErrorSummary form="leave" refusal={failed?.refusal} />
      {open.length === 0 ? (
        <Notice>{t("approvals.set.done", { signed, skipped: rows.length - signed })}</Notice>
      ) : (
        <SignChosen setId={setId} open={open} begun={open.length < rows.length} />
      )}
      <ChosenRows rows={rows} />
    </>
  );
}
