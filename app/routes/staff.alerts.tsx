import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextField } from "~/components/staff/Field";
import { Notice } from "~/components/staff/Notice";
import { Pager } from "~/components/staff/Pager";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/deadlines/deadlines.module.css";
import { formatFen } from "~/forms/money";
import { acknowledgeSchema } from "~/forms/supervision";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { acknowledgeAlert } from "~server/clocks/acknowledge-alert.server";
import { carryOut, type FormFailure } from "~server/clocks/carry-out.server";
import {
  ALERTS_A_PAGE,
  listAlerts,
  type AlertFigure,
  type AlertView,
} from "~server/clocks/list-alerts.server";
import { readForm } from "~server/intake/read-form.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  state: z.enum(["open", "acknowledged"]).catch("open"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  done: z.literal("acknowledged").nullable().catch(null),
});

export const meta = () => pageTitle(staffZh.alerts.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, pack } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const acknowledged = asked.state === "acknowledged";
  const found = await answerRefusals(
    listAlerts(db, { acknowledged, page: asked.page, pack: pack.pack }, actor),
  );
  const { growth, surge } = pack.pack.limits;
  return {
    asked,
    mayAcknowledge: hasRole(actor, "triage_officer"),
    pages: Math.ceil(found.count / ALERTS_A_PAGE),
    growth: { floor: growth.floor, factor: growth.factor },
    surge: { floor: surge.floor, factor: surge.factor, days: surge.trailingDays },
    ...found,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const form = await readForm(request);
  const outcome = await carryOut(
    { form, schema: acknowledgeSchema, intent: "alert", of: ["alertId"] },
    async (value) => {
      await acknowledgeAlert(db, { ...value, at: clock.now() }, actor);
      return `${paths.staff.alerts()}?done=acknowledged`;
    },
  );
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

export const shouldRevalidate = () => true;

export default function Alerts() {
  const { asked, alerts, pages, mayAcknowledge, growth, surge } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const open = asked.state === "open";
  return (
    <>
      <h1>{t("alerts.title")}</h1>
      <p className={controls.muted}>{t("alerts.lead")}</p>
      <p className={controls.muted}>{t("alerts.growth", growth)}</p>
      <p className={controls.muted}>{t("alerts.thresholds", surge)}</p>
      <p>
        <Link to={open ? `${paths.staff.alerts()}?state=acknowledged` : paths.staff.alerts()}>
          {t(open ? "alerts.showAll" : "alerts.showOpen")}
        </Link>
      </p>
      {failed === null && asked.done !== null && <Notice>{t("alerts.done")}</Notice>}
      {alerts.length === 0 ? (
        <p className={controls.empty}>{t(`alerts.none.${asked.state}`)}</p>
      ) : (
        <ul className={styles.list}>
          {alerts.map((alert) => (
            <OneAlert key={alert.id} alert={alert} mayAcknowledge={mayAcknowledge} failed={failed} />
          ))}
        </ul>
      )}
      <Pager
        page={asked.page}
        pages={pages}
        href={(page) => `${paths.staff.alerts()}?state=${asked.state}&page=${page}`}
      />
    </>
  );
}

function OneAlert({
  alert,
  mayAcknowledge,
  failed,
}: {
  alert: AlertView;
  mayAcknowledge: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const form = `alert-${alert.id}`;
  const own = failed?.form === form ? failed : null;
  const what = alert.lead === null ? alert.place : t("lead.number", { number: alert.lead.number });
  return (
    <li className={controls.card}>
      <p className={styles.head}>
        <span>
          <span className={controls.tag} data-tone={alert.kind.startsWith("major") ? "major" : "waiting"}>
            {t(`alerts.kinds.${alert.kind}`)}
          </span>{" "}
          {alert.lead === null ? (
            alert.place
          ) : (
            <Link to={paths.staff.lead(alert.lead.id)}>
              {t("lead.number", { number: alert.lead.number })} · {alert.lead.name}
            </Link>
          )}
        </span>
        <span className={controls.muted}>{t("alerts.raisedOn", { day: formatDay(alert.raisedOn) })}</span>
      </p>
      <p>
        <Figure figure={alert.figure} />
        {alert.clause !== null && (
          <span className={controls.muted}> · {t("alerts.clause", { clause: alert.clause })}</span>
        )}
      </p>
      {alert.kind === "major_office" && <p className={controls.hint}>{t("alerts.officeHint")}</p>}
      {alert.acknowledged !== null && (
        <p className={controls.muted}>
          {t("alerts.acknowledged", {
            person: alert.acknowledged.person,
            at: formatInstant(alert.acknowledged.at),
          })}
          {alert.acknowledged.note !== null && `：${alert.acknowledged.note}`}
        </p>
      )}
      {mayAcknowledge && (alert.acknowledged === null || own !== null) && (
        <Form method="post">
          <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
          <input type="hidden" name="alertId" value={alert.id} />
          <TextField form={form} name="note" label={t("alerts.note")} maxLength={300} state={own?.state} />
          <SubmitButton kind="plain" label={t("alerts.acknowledgeOf", { what })}>
            {t("alerts.acknowledge")}
          </SubmitButton>
        </Form>
      )}
    </li>
  );
}

function Figure({ figure }: { figure: AlertFigure }) {
  const { t } = useTranslation("staff");
  const value = figure.kind === "amount" ? formatFen(BigInt(figure.value || "0")) : figure.value;
  return <>{t(`alerts.figure.${figure.kind}`, { value, before: figure.before ?? "" })}</>;
}
