import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField } from "~/components/staff/Field";
import { ClockMark } from "~/components/staff/LeadClocks";
import { Notice } from "~/components/staff/Notice";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/lead.module.css";
import { decideExtensionSchema, extensionSchema } from "~/forms/supervision";
import { formatDay } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { askExtension } from "~server/clocks/ask-extension.server";
import { carryOut, type FormFailure } from "~server/clocks/carry-out.server";
import { decideExtension } from "~server/clocks/decide-extension.server";
import { readClockPage, type ClockPage, type ClockView } from "~server/clocks/read-lead-clocks.server";
import { readForm } from "~server/intake/read-form.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { readLeadNumber } from "~server/triage/read-lead-number.server";

const query = z.object({ done: z.enum(["asked", "granted", "refused"]).nullable().catch(null) });

export const meta = () => pageTitle(staffZh.clocks.title);

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  const leadId = params.leadId ?? "";
  const page = await answerRefusals(readClockPage(db, { leadId, at: clock.now() }, actorOf(context)));
  return { leadId, ...query.parse(Object.fromEntries(new URL(request.url).searchParams)), ...page };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const leadId = params.leadId ?? "";
  await answerRefusals(readLeadNumber(db, leadId, actor));
  const form = await readForm(request);
  const at = clock.now();
  const here = paths.staff.clocks(leadId);
  const outcome =
    form.get("intent") === "decide"
      ? await carryOut(
          { form, schema: decideExtensionSchema, intent: "decide", of: ["extensionId"] },
          async (value) => {
            await decideExtension(db, { leadId, ...value, at }, actor);
            return `${here}?done=${value.outcome}`;
          },
        )
      : await carryOut(
          { form, schema: extensionSchema, intent: "extension", of: ["clockId"] },
          async (value) => {
            await askExtension(db, { leadId, ...value, at }, actor);
            return `${here}?done=asked`;
          },
        );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

export const shouldRevalidate = () => true;

export default function LeadClocksPage() {
  const page = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  return (
    <>
      <p className={styles.back}>
        <Link to={paths.staff.lead(page.leadId)}>
          {t("lead.number", { number: page.number })} · {page.name}
        </Link>
      </p>
      <h1>{t("clocks.title")}</h1>
      {failed === null && page.done !== null && <Notice>{t(`clocks.done.${page.done}`)}</Notice>}
      {page.clocks.length === 0 && <p className={controls.empty}>{t("clocks.none")}</p>}
      {page.clocks.map((clock) => (
        <OneClock key={clock.id} clock={clock} page={page} failed={failed} />
      ))}
    </>
  );
}

function OneClock({
  clock,
  page,
  failed,
}: {
  clock: ClockView;
  page: Pick<ClockPage, "pauses" | "extensions" | "extendable" | "decides">;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const pauses = page.pauses.filter(({ clockId }) => clockId === clock.id);
  return (
    <section className={controls.card} aria-labelledby={`clock-${clock.id}`}>
      <h2 id={`clock-${clock.id}`}>
        {t(`clocks.kinds.${clock.kind}`)} <ClockMark clock={clock} />
      </h2>
      <p>
        {clock.dueOn !== null && `${t("clocks.due", { day: formatDay(clock.dueOn) })}；`}
        {t(`clocks.limit.${clock.limitKind}`, { days: clock.limitDays })}
        {clock.extendedDays > 0 && t("clocks.extendedBy", { days: clock.extendedDays })}；
        {t("clocks.started", { day: formatDay(clock.startedOn) })}
      </p>
      <p className={controls.muted}>
        {clock.clause === null
          ? t("clocks.source.setting")
          : t("clocks.source.clause", { clause: clock.clause })}
      </p>
      {clock.provisional && <p className={controls.muted}>{t("clocks.provisional")}</p>}
      <h3>{t("clocks.pauses")}</h3>
      {pauses.length === 0 && <p className={controls.muted}>{t("clocks.pausesNone")}</p>}
      {pauses.length > 0 && (
        <ul>
          {pauses.map((pause) => (
            <li key={pause.id}>
              {t("clocks.pauseLine", {
                from: formatDay(pause.fromOn),
                cause: t(`clocks.causes.${pause.cause}`),
              })}
              {pause.reason !== null && `（${pause.reason}）`}
              {pause.person !== null && ` · ${t("clocks.pausedBy", { person: pause.person })}`}
              {pause.toOn !== null && ` · ${t("clocks.pauseEnded", { to: formatDay(pause.toOn) })}`}
              {pause.toOn === null &&
                pause.untilOn !== null &&
                ` · ${t("clocks.pauseOpen", { until: formatDay(pause.untilOn) })}`}
            </li>
          ))}
        </ul>
      )}
      <Extensions clock={clock} page={page} failed={failed} />
    </section>
  );
}

function Extensions({
  clock,
  page,
  failed,
}: {
  clock: ClockView;
  page: Pick<ClockPage, "extensions" | "extendable" | "decides">;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const extensions = page.extensions.filter(({ clockId }) => clockId === clock.id);
  const extendable = page.extendable.find(({ clockId }) => clockId === clock.id);
  const form = `extension-${clock.id}`;
  const asking = failed?.form === form ? failed : null;
  if (extensions.length === 0 && extendable === undefined && asking === null) return null;
  return (
    <>
      <h3>{t("clocks.extension.title")}</h3>
      <p className={controls.muted}>{t("clocks.extension.lead")}</p>
      {extensions.map((one) => {
        const deciding = failed?.form === `decide-${one.id}` ? failed : null;
        return (
          <div key={one.id}>
            <p>
              {one.outcome === null
                ? t("clocks.extension.waiting", { person: one.asker, days: one.days })
                : `${t(`clocks.extension.${one.outcome}`, { days: one.days })}（${t("clocks.extension.by", { asker: one.asker, decider: one.decider ?? "" })}）`}
            </p>
            <p className={controls.muted}>{one.reason}</p>
            <ErrorSummary form={`decide-${one.id}`} state={deciding?.state} refusal={deciding?.refusal} />
            {one.outcome === null && one.own && <p className={controls.muted}>{t("clocks.extension.own")}</p>}
            {one.outcome === null && !one.own && page.decides && (
              <Form method="post" className={controls.buttons}>
                <input type="hidden" name="intent" value="decide" />
                <input type="hidden" name="extensionId" value={one.id} />
                <SubmitButton name="outcome" value="granted">
                  {t("clocks.extension.grant")}
                </SubmitButton>
                <SubmitButton kind="plain" name="outcome" value="refused">
                  {t("clocks.extension.refuse")}
                </SubmitButton>
              </Form>
            )}
          </div>
        );
      })}
      {(extendable !== undefined || asking !== null) && (
        <details className={controls.disclosure} open={asking !== null || undefined}>
          <summary>{t("clocks.extension.ask", { days: extendable?.days ?? 0 })}</summary>
          <Form method="post">
            <ErrorSummary form={form} state={asking?.state} refusal={asking?.refusal} />
            <input type="hidden" name="intent" value="extension" />
            <input type="hidden" name="clockId" value={clock.id} />
            <TextAreaField
              form={form}
              name="reason"
              label={t("clocks.extension.reason")}
              hint={t("clocks.extension.reasonHint")}
              state={asking?.state}
            />
            <SubmitButton>{t("clocks.extension.submit")}</SubmitButton>
          </Form>
        </details>
      )}
    </>
  );
}
