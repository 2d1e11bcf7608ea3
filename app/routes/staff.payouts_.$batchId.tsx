import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField } from "~/components/staff/Field";
import { Notice } from "~/components/staff/Notice";
import { pageTitle } from "~/components/staff/page-title";
import { BatchLines } from "~/components/staff/payouts/BatchLines";
import { BatchFacts } from "~/components/staff/payouts/BatchFacts";
import { PayerWarning } from "~/components/staff/payouts/PayerWarning";
import { HandPayees, MakeFile, ReleaseBatch } from "~/components/staff/payouts/BatchWork";
import { SendBatch } from "~/components/staff/payouts/SendBatch";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { readForm } from "~server/intake/read-form.server";
import { actOnBatch } from "~server/payouts/act-on-batch.server";
import { readBatch } from "~server/payouts/read-batch.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  done: z.enum(["frozen", "sent", "cancelled", "unknown", "said", "agreed"]).optional().catch(undefined),
});

export const meta = () => pageTitle(staffZh.payouts.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { db, clock, env } = context.portal;
  const batch = await answerRefusals(readBatch(db, params.batchId ?? "", actorOf(context)));
  const { done } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  return { batch, done: done ?? null, today: chinaDay(clock.now()), demo: env.demo };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const form = await readForm(request);
  const outcome = await actOnBatch(context.portal, params.batchId ?? "", form, actorOf(context));
  if (!outcome.ok) return data(outcome.failed, { status: outcome.status });
  throw redirect(outcome.to);
}

/** A refusal too reloads the page: what it shows must be of now. */
export const shouldRevalidate = () => true;

export default function BatchPage() {
  const { batch, done, today, demo } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const { may } = batch;
  const cancel = failed?.form === "batch-cancel" ? failed : null;
  return (
    <>
      <h1>
        {t("payouts.batch", { number: batch.number })} · {t(`payouts.states.${batch.status}`)}
      </h1>
      {failed === null && done !== null && <Notice>{t(`payouts.done.${done}`)}</Notice>}
      <PayerWarning batch={batch} demo={demo} />
      <BatchFacts batch={batch} />
      <p>
        <Link to={paths.staff.payoutList(batch.id)} reloadDocument>
          {t("payouts.print")}
        </Link>
      </p>
      {may.release !== null && <ReleaseBatch batchId={batch.id} why={may.release.why} />}
      {may.hand && batch.handed < batch.lines.length && <HandPayees batchId={batch.id} />}
      {may.file && (demo || batch.examplePayer === null) && <MakeFile batchId={batch.id} today={today} />}
      {may.file && batch.files.length > 0 && <SendBatch files={batch.files} failed={failed} />}
      <h2 className={controls.spacedTop}>{t("payouts.linesTitle")}</h2>
      <BatchLines batch={batch} failed={failed} />
      {may.cancel && (
        <details className={controls.disclosure} open={cancel !== null || undefined}>
          <summary>{t("payouts.cancel.title")}</summary>
          <Form method="post" noValidate preventScrollReset>
            <ErrorSummary form="batch-cancel" state={cancel?.state} refusal={cancel?.refusal} />
            <p className={controls.muted}>{t("payouts.cancel.hint")}</p>
            <input type="hidden" name="intent" value="cancel" />
            <TextAreaField
              form="batch-cancel"
              state={cancel?.state ?? null}
              name="reason"
              label={t("payouts.cancel.reason")}
            />
            <SubmitButton kind="danger">{t("payouts.cancel.button")}</SubmitButton>
          </Form>
        </details>
      )}
    </>
  );
}
