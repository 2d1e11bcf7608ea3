import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SelectField, TextAreaField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { handSchema } from "~/forms/pack-proposal";
import { formValues, parseForm } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { handLead } from "~server/triage/hand-lead.server";
import { presentHanding } from "~server/triage/present-handing";
import { readLeadHead } from "~server/triage/read-lead-number.server";

export const meta = () => pageTitle(staffZh.routing.hand.title);

export async function loader({ params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs } = context.portal;
  const lead = await answerRefusals(readLeadHead(db, params.leadId ?? "", actor));
  const { id, number, name, version } = lead;
  return { id, number, name, version, handing: presentHanding(packs.all(), lead, actor) };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, pack, clock } = context.portal;
  const leadId = params.leadId ?? "";
  await answerRefusals(readLeadHead(db, leadId, actor));
  const form = await readForm(request);
  const asked = parseForm(handSchema, form);
  if (!asked.ok) {
    return data({ state: { values: asked.values, errors: asked.errors }, refusal: null }, { status: 400 });
  }
  const done = await catchRefusal(handLead(db, pack, { leadId, ...asked.value, at: clock.now() }, actor));
  if (done.ok) throw redirect(`${paths.staff.lead(leadId)}?done=handed`);
  return data(
    { state: { values: formValues(form), errors: {} }, refusal: done.refusal.publicMessage },
    { status: done.refusal.status },
  );
}

/** A refusal too reloads the page: the version its form sends must be of now. */
export const shouldRevalidate = () => true;

export default function HandLead() {
  const { id, number, name, version, handing } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <h1>{t("routing.hand.pageTitle", { number })}</h1>
      <p className={controls.muted}>{name}</p>
      {handing === null ? (
        <p className={controls.empty}>{t("routing.hand.none")}</p>
      ) : (
        <Form method="post" className={controls.card}>
          <ErrorSummary form="hand" state={failed?.state} refusal={failed?.refusal} />
          <p>{t("routing.hand.own", { title: handing.own })}</p>
          <p className={controls.hint}>{t("routing.hand.intro")}</p>
          <input type="hidden" name="version" value={version} />
          <SelectField
            form="hand"
            name="toPackId"
            label={t("routing.hand.to")}
            options={handing.targets.map(({ packId, title, direction }) => ({
              value: packId,
              label: t(`routing.hand.directions.${direction}`, { title }),
            }))}
            empty={t("lead.choose")}
            state={failed?.state}
          />
          <TextAreaField
            form="hand"
            name="reason"
            label={t("routing.hand.reason")}
            rows={3}
            state={failed?.state}
          />
          <SubmitButton>{t("routing.hand.button")}</SubmitButton>
        </Form>
      )}
      <p>
        <Link to={paths.staff.lead(id)}>{t("routing.hand.back")}</Link>
      </p>
    </>
  );
}
