import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField, TextField } from "~/components/staff/Field";
import { Notice } from "~/components/staff/Notice";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/deadlines/deadlines.module.css";
import { holidayListSchema } from "~/forms/holiday-list";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { addCalendarList } from "~server/clocks/add-calendar-list.server";
import { carryOut } from "~server/clocks/carry-out.server";
import { joinDays } from "~server/clocks/join-days";
import { listCalendarYears } from "~server/clocks/list-calendar-years.server";
import { readForm } from "~server/intake/read-form.server";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";

const query = z.object({ moved: z.coerce.number().int().min(0).max(10_000_000).nullable().catch(null) });

export const meta = () => pageTitle(staffZh.calendar.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const params = new URL(request.url).searchParams;
  return {
    moved: params.has("moved") ? query.parse({ moved: params.get("moved") }).moved : null,
    adds: hasRole(actor, "administrator") && actor.method === "passkey",
    ...(await listCalendarYears(db, clock.now(), actor)),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const form = await readForm(request);
  const outcome = await carryOut({ form, schema: holidayListSchema, intent: "holidays" }, async (value) => {
    const { moved } = await addCalendarList(context.portal, value, actor);
    return `${paths.staff.calendar()}?moved=${moved}`;
  });
  if (outcome.ok) throw redirect(outcome.to);
  return data(outcome.failed, { status: outcome.status });
}

export const shouldRevalidate = () => true;

export default function CalendarPage() {
  const { years, missing, moved, adds } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>() ?? null;
  const { t } = useTranslation("staff");
  const days = (all: readonly string[]) =>
    all.length === 0
      ? t("calendar.none")
      : joinDays(all)
          .map(([from, to]) =>
            from === to ? formatDay(from) : t("calendar.range", { from: formatDay(from), to: formatDay(to) }),
          )
          .join(t("separator"));
  return (
    <>
      <h1>{t("calendar.title")}</h1>
      <p className={controls.muted}>{t("calendar.lead")}</p>
      {failed === null && moved !== null && <Notice>{t("calendar.done", { moved })}</Notice>}
      {missing.length > 0 && (
        <div className={styles.list}>
          {missing.map((year) => (
            <p key={year} className={controls.empty}>
              {t("calendar.provisional", { year })}
            </p>
          ))}
        </div>
      )}
      {years.map((list) => (
        <section key={list.year} className={controls.card} aria-labelledby={`year-${list.year}`}>
          <h2 id={`year-${list.year}`}>{t("calendar.year", { year: list.year })}</h2>
          <p className={controls.muted}>
            {list.document} ·{" "}
            {list.entered === null
              ? t("calendar.shipped")
              : t("calendar.entered", {
                  person: list.entered.person,
                  at: formatInstant(list.entered.at),
                })}
          </p>
          <p className={styles.days}>
            {t("calendar.off")}：{days(list.off)}
          </p>
          <p className={styles.days}>
            {t("calendar.work")}：{days(list.work)}
          </p>
        </section>
      ))}
      {adds && (
        <section className={controls.card} aria-labelledby="add-title">
          <h2 id="add-title">{t("calendar.add")}</h2>
          <p className={controls.muted}>{t("calendar.correction")}</p>
          <Form method="post" key={years.map(({ entered }) => entered?.at.getTime() ?? 0).join()}>
            <ErrorSummary form="holidays" state={failed?.state} refusal={failed?.refusal} />
            <TextField
              form="holidays"
              name="year"
              label={t("calendar.addYear")}
              inputMode="numeric"
              maxLength={4}
              value={missing[0] === undefined ? "" : String(missing[0])}
              state={failed?.state}
            />
            <TextField
              form="holidays"
              name="document"
              label={t("calendar.addDocument")}
              hint={t("calendar.addDocumentHint")}
              maxLength={100}
              state={failed?.state}
            />
            <TextAreaField
              form="holidays"
              name="off"
              label={t("calendar.addOff")}
              hint={t("calendar.addOffHint")}
              rows={7}
              state={failed?.state}
            />
            <TextAreaField
              form="holidays"
              name="work"
              label={t("calendar.addWork")}
              hint={t("calendar.addWorkHint")}
              rows={4}
              state={failed?.state}
            />
            <SubmitButton>{t("calendar.submit")}</SubmitButton>
          </Form>
        </section>
      )}
    </>
  );
}
