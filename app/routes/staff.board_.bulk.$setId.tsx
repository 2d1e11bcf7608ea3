import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { BulkForm } from "~/components/staff/BulkForm";
import { BulkRows } from "~/components/staff/BulkRows";
import { Notice } from "~/components/staff/Notice";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import { assignSchema, bulkSchema } from "~/forms/board-acts";
import { parseForm, formValues } from "~/forms/parse-form";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { agencyOptionsOf } from "~server/packs/list-options";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { actOnSet, readSet, type BulkAct } from "~server/triage/act-on-set.server";
import { resumeSet } from "~server/triage/resume-set.server";
import type { Stage } from "~server/triage/stages";

export const meta = () => pageTitle(staffZh.bulk.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { clock, db, packs } = context.portal;
  const set = await answerRefusals(readSet(db, params.setId ?? "", actorOf(context)));
  // A set may hold leads of several packs.
  const before = new URL(request.url).searchParams.get("before");
  return {
    ...set,
    before: /^\d{1,3}$/.test(before ?? "") ? Number(before) : null,
    agencies: agencyOptionsOf(packs.all(), chinaDay(clock.now())),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { clock } = context.portal;
  const setId = params.setId ?? "";
  const form = await readForm(request);
  if (form.get("intent") === "resume") {
    const resumed = await catchRefusal(resumeSet(context.portal, { setId, at: clock.now() }, actor));
    if (resumed.ok) throw redirect(`${paths.staff.bulk(setId)}?before=${String(resumed.value.before)}`);
    const { status, publicMessage } = resumed.refusal;
    return data({ state: { values: {}, errors: {} }, refusal: publicMessage }, { status });
  }
  const parsed = parseForm(bulkSchema, form);
  if (!parsed.ok) {
    return data({ state: { values: parsed.values, errors: parsed.errors }, refusal: null }, { status: 400 });
  }
  const { act, assignee, to, ...words } = parsed.value;
  const asked: BulkAct =
    act === "assign"
      ? { kind: "assign", to: assignSchema.parse({ assignee }).assignee }
      : { kind: "move", to: to as Stage, ...words };
  const done = await catchRefusal(actOnSet(context.portal, { setId, act: asked, at: clock.now() }, actor));
  if (!done.ok) {
    const { status, publicMessage } = done.refusal;
    return data({ state: { values: formValues(form), errors: {} }, refusal: publicMessage }, { status });
  }
  throw redirect(paths.staff.bulk(setId));
}

export const shouldRevalidate = () => true;

export default function BulkPage() {
  const set = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const done = set.rows.filter(({ result }) => result === "done").length;
  const pending = set.rows.filter(({ result }) => result === null).length;
  const skipped = set.rows.filter(({ result }) => result !== null && result !== "done").length;
  return (
    <>
      <h1>{t("bulk.title")}</h1>
      <p>
        <Link to={paths.staff.board()}>{t("lead.back")}</Link>
      </p>
      {set.act !== null && <Notice>{t("bulk.outcome", { done, skipped })}</Notice>}
      {set.before !== null && <Notice>{t("bulk.resumed", { count: set.before })}</Notice>}
      {set.act !== null && pending > 0 && (
        <Form method="post">
          <p className={controls.muted}>{t("bulk.cutOff", { count: pending })}</p>
          <input type="hidden" name="intent" value="resume" />
          <SubmitButton>{t("bulk.resume", { count: pending })}</SubmitButton>
        </Form>
      )}
      {set.gone > 0 && <p className={controls.muted}>{t("bulk.gone", { count: set.gone })}</p>}
      {set.act === null && <BulkForm set={set} agencies={set.agencies} failed={failed} />}
      {failed !== null && set.act !== null && failed.refusal !== null && (
        <p className={controls.muted}>{failed.refusal}</p>
      )}
      <BulkRows rows={set.rows} acted={set.act !== null} />
    </>
  );
}
