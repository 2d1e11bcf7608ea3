import type { LoaderFunctionArgs } from "@remix-run/node";
import { Form, Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { EventDetails, actionName, eventActor, eventSentence } from "~/components/staff/EventSentence";
import { SelectField, TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { CheckpointNotice } from "~/components/staff/CheckpointNotice";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { queryText } from "~/forms/query-text";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { listEvents } from "~server/audit/list-events.server";
import { readCheckpointTrouble } from "~server/audit/write-checkpoints.server";
import { EVENT_ACTIONS, presentEvent } from "~server/audit/present-event";
import { nameAgencyAmong } from "~server/packs/list-options";
import { hasRole } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";

const query = z.object({
  action: queryText(60),
  person: queryText(60),
  lead: z.coerce.number().int().positive().optional().catch(undefined),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt)
    .optional()
    .catch(undefined),
});

export const meta = () => pageTitle(staffZh.audit.title);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs } = context.portal;
  const plans = packs.all().map(({ pack }) => pack);
  const { before, ...asked } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const found = await answerRefusals(
    listEvents(
      db,
      { filters: { action: asked.action, person: asked.person, leadNumber: asked.lead }, before },
      actor,
    ),
  );
  const seesAll = hasRole(actor, "auditor");
  return {
    trouble: await readCheckpointTrouble(context.portal),
    asked: { action: asked.action, person: asked.person, lead: asked.lead?.toString() ?? "" },
    seesAll,
    older: found.older?.toString() ?? null,
    newest: before === undefined,
    events: found.events.map((event) => ({
      ...presentEvent(event, (id) => nameAgencyAmong(plans, id)),
      leadId: event.aboutLeadId,
      leadNumber: event.leadNumber,
      // What people do to themselves (signing in) needs no second name.
      about: event.subjectId === event.actorId ? null : event.about,
    })),
  };
}

export default function Audit() {
  const { trouble, asked, seesAll, older, newest, events } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  const filtered = Object.values(asked).some((value) => value !== "");
  const actions = EVENT_ACTIONS.filter((action) => seesAll || action.startsWith("staff."));
  const at = (before: string) =>
    `${paths.staff.audit()}?${new URLSearchParams({ ...asked, before }).toString()}`;
  return (
    <>
      <h1>{t("audit.title")}</h1>
      <p className={controls.muted}>{t(seesAll ? "audit.lead" : "audit.leadAdministrator")}</p>
      <CheckpointNotice trouble={trouble} />
      <Form
        method="get"
        className={controls.filters}
        aria-label={t("audit.filters")}
        key={JSON.stringify(asked)}
      >
        <SelectField
          form="audit"
          name="action"
          label={t("audit.action")}
          options={actions.map((action) => ({ value: action, label: actionName(action, t) }))}
          empty={t("audit.anyAction")}
          value={asked.action}
        />
        <TextField form="audit" name="person" label={t("audit.person")} value={asked.person} maxLength={60} />
        {seesAll && (
          <TextField
            form="audit"
            name="lead"
            label={t("audit.leadNumber")}
            value={asked.lead}
            inputMode="numeric"
            maxLength={12}
          />
        )}
        <div className={controls.filterEnd}>
          <SubmitButton kind="plain">{t("audit.apply")}</SubmitButton>
          {filtered && <Link to={paths.staff.audit()}>{t("audit.clear")}</Link>}
        </div>
      </Form>
      {events.length === 0 ? (
        <p className={controls.empty}>{t(filtered ? "audit.empty" : "audit.emptyAll")}</p>
      ) : (
        <div className={controls.tableWrap} role="region" aria-label={t("audit.title")} tabIndex={0}>
          <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("audit.seq")}</th>
                <th scope="col">{t("audit.when")}</th>
                <th scope="col">{t("audit.who")}</th>
                <th scope="col">{t("audit.what")}</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id}>
                  <td data-label={t("audit.seq")}>{event.seq}</td>
                  <td className={controls.nowrap} data-label={t("audit.when")}>
                    {event.at === null ? formatDay(event.day) : formatInstant(event.at)}
                  </td>
                  <td data-label={t("audit.who")}>{eventActor(event, t)}</td>
                  <td>
                    {eventSentence(event, t)}
                    {event.about !== null && `：${event.about}`}{" "}
                    {event.leadId !== null && event.leadNumber !== null && (
                      <Link to={paths.staff.lead(event.leadId)}>
                        {t("audit.onLead", { number: event.leadNumber })}
                      </Link>
                    )}
                    <EventDetails details={event.details} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={controls.pager}>
        {!newest && (
          <Link to={`${paths.staff.audit()}?${new URLSearchParams(asked).toString()}`}>
            {t("audit.newest")}
          </Link>
        )}
        {older !== null && <Link to={at(older)}>{t("audit.older")}</Link>}
      </p>
    </>
  );
}
