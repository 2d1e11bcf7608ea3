import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField } from "~/components/staff/Field";
import finance from "~/components/staff/finance/finance.module.css";
import { Notice } from "~/components/staff/Notice";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { holdForm } from "~/forms/approvals";
import { formatFen } from "~/forms/money";
import { formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { carryOut } from "~server/clocks/carry-out.server";
import { notFound } from "~server/errors.server";
import { readForm } from "~server/intake/read-form.server";
import { refusalSentence } from "~server/ledger/refusals.server";
import { holdAward, liftHold } from "~server/rewards/hold-award.server";
import { readAward } from "~server/rewards/read-award.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

const done = z.enum(["held", "lifted"]).nullable().catch(null);

export const meta = () => pageTitle(staffZh.approvals.hold.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const award = await answerRefusals(readAward(db, { awardId: idOf(params.awardId) }, actor, clock));
  const may = hasRole(actor, "finance_reviewer") || hasRole(actor, "finance_approver");
  const why = !may ? "wrong_role" : award.hold?.placedBy === actor.id ? "hold_own" : null;
  return {
    id: award.id,
    codeName: award.codeName,
    amountFen: award.amountFen,
    hold: award.hold,
    why: why === null ? null : refusalSentence(why),
    done: done.parse(new URL(request.url).searchParams.get("done")),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const awardId = idOf(params.awardId);
  const form = await readForm(request);
  const lifting = form.get("intent") === "lift";
  const outcome = await carryOut({ form, schema: holdForm, intent: "hold" }, async ({ reason }) => {
    await (lifting ? liftHold : holdAward)(db, { awardId, reason }, actor, clock);
    return `${paths.staff.holdAward(awardId)}?done=${lifting ? "lifted" : "held"}`;
  });
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

function idOf(text: string | undefined): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw refusalResponse(notFound());
  return id.data;
}

export const shouldRevalidate = () => true;

export default function HoldPage() {
  const award = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { hold } = award;
  return (
    <>
      <p>
        <Link to={paths.staff.award(award.id)}>{t("approvals.hold.back")}</Link>
      </p>
      <h1>{t("approvals.hold.title")}</h1>
      <p className={finance.subhead}>
        {award.codeName} · {formatFen(award.amountFen)}
      </p>
      {failed === null && award.done !== null && <Notice>{t(`approvals.hold.done.${award.done}`)}</Notice>}
      <section className={controls.card}>
        <p>
          {hold === null
            ? t("approvals.hold.none")
            : t("approvals.hold.now", {
                name: hold.placerName,
                at: formatInstant(hold.placedAt),
                reason: hold.reason,
              })}
        </p>
        <p className={controls.muted}>{t("approvals.hold.what")}</p>
        {award.why === null ? (
          <Form method="post" key={hold === null ? "place" : "lift"}>
            <ErrorSummary form="hold" state={failed?.state} refusal={failed?.refusal} />
            <input type="hidden" name="intent" value={hold === null ? "place" : "lift"} />
            <TextAreaField
              form="hold"
              name="reason"
              label={t("approvals.hold.reason")}
              hint={t("approvals.hold.reasonHint")}
              rows={3}
              state={failed?.state}
            />
            <SubmitButton>{t(hold === null ? "approvals.hold.place" : "approvals.hold.lift")}</SubmitButton>
          </Form>
        ) : (
          <p className={finance.why}>{t("finance.closed", { why: award.why })}</p>
        )}
      </section>
    </>
  );
}
