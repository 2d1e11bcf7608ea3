import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import type { EventView } from "~server/audit/present-event";
import type { HolderView } from "~server/triage/present-lead.server";
import { EventDetails, eventActor, eventSentence } from "./EventSentence";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

export function LeadHolders({ holders }: { holders: readonly HolderView[] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="holders-title">
      <h2 id="holders-title">{t("lead.holders")}</h2>
      {holders.length === 0 && <p className={controls.muted}>{t("lead.holdersNone")}</p>}
      {holders.length > 0 && (
        <dl className={styles.pairs}>
          {holders.map(({ agencyId, name, relation, since, after }) => (
            <div key={agencyId}>
              <dt>{t(`relations.${relation as "lead"}`)}</dt>
              <dd>
                {name}{" "}
                <span className={controls.muted}>
                  {t("lead.since", { day: formatInstant(since).split(" ")[0] ?? "" })}
                </span>
                {after !== null && <> {t("lead.succeeds", { body: after.name, clause: after.clause })}</>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** How far a lead's events are counted (server/triage/read-lead). */
const EVENTS_COUNTED = 1000;

export function LeadHistory({ events, count }: { events: readonly EventView[]; count: number }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="history-title">
      <h2 id="history-title">{t("lead.history")}</h2>
      {events.length === 0 && <p className={controls.muted}>{t("dossiers.timelineNone")}</p>}
      <ol className={styles.history}>
        {events.map((event) => (
          <li key={event.id}>
            <p>{eventSentence(event, t)}</p>
            <p className={styles.historyMeta}>
              {event.at === null ? formatDay(event.day) : formatInstant(event.at)} · {eventActor(event, t)}
            </p>
            <EventDetails details={event.details} />
          </li>
        ))}
      </ol>
      {count > events.length && (
        <p className={controls.muted}>
          {count > EVENTS_COUNTED
            ? t("lead.historyManyMore", { shown: events.length, count: EVENTS_COUNTED })
            : t("lead.historyMore", { shown: events.length, count })}
        </p>
      )}
    </section>
  );
}
