import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import type { LeadLink, WatchEntry } from "~server/watch/list-watch.server";
import { WATCH_STATUSES } from "~server/watch/watch-status";
import styles from "./watch.module.css";

/** A watched company: what it was found by, what the register says, what triage decided. */
export function WatchEntryCard({
  entry,
  works,
  failed,
}: {
  entry: WatchEntry;
  works: boolean;
  failed: (FormState & { readonly refusal: string | null }) | null;
}) {
  const { t } = useTranslation("staff");
  const facts = [
    ["uscc", entry.uscc],
    ["address", entry.address],
    ["representative", entry.representative],
    ["registeredOn", entry.registeredOn === null ? null : formatDay(entry.registeredOn)],
    ["state", entry.state],
  ] as const;
  return (
    <article className={controls.card} aria-labelledby={`entry-${entry.id}`}>
      <div className={styles.head}>
        <h2 id={`entry-${entry.id}`}>{entry.name}</h2>
        <span className={controls.tag} data-tone={entry.status === "to_look" ? "waiting" : "stage"}>
          {t(`watch.statuses.${entry.status}`)}
        </span>
        {entry.goneOn !== null && (
          <span className={controls.tag}>{t("watch.gone", { day: formatDay(entry.goneOn) })}</span>
        )}
      </div>
      <p>
        {entry.inName.length > 0 && t("watch.inName", { words: entry.inName.join("、") })}
        {entry.inName.length > 0 && entry.inScope.length > 0 && "　"}
        {entry.inScope.length > 0 && t("watch.inScope", { words: entry.inScope.join("、") })}
      </p>
      <dl className={styles.facts}>
        {facts.map(([label, value]) =>
          value === null ? null : (
            <div key={label}>
              <dt>{t(`watch.${label}`)}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {entry.scope !== null && (
        <details className={styles.scope}>
          <summary>{t("watch.scope")}</summary>
          <p>{entry.scope}</p>
        </details>
      )}
      {entry.dossier !== null && (
        <p>
          {t("watch.dossier", { name: entry.dossier.name })} <LeadNumber lead={entry.dossier.lead} />
        </p>
      )}
      {entry.status === "lead_opened" && (
        <p>{entry.lead === null ? t("watch.hiddenLead") : <LeadNumber lead={entry.lead} />}</p>
      )}
      {entry.reason !== null && <p>{entry.reason}</p>}
      {entry.decidedAt !== null && (
        <p className={controls.hint}>
          {t("watch.decided", { name: entry.decidedBy ?? "", at: formatInstant(entry.decidedAt) })}
        </p>
      )}
      {works && <Decide entry={entry} failed={failed} />}
    </article>
  );
}

function LeadNumber({ lead }: { lead: LeadLink | null }) {
  const { t } = useTranslation("staff");
  if (lead === null) return null;
  return <Link to={paths.staff.lead(lead.id)}>{t("watch.leadLink", { number: lead.number })}</Link>;
}

function Decide({
  entry,
  failed,
}: {
  entry: WatchEntry;
  failed: (FormState & { readonly refusal: string | null }) | null;
}) {
  const { t } = useTranslation("staff");
  const form = `watch-${entry.id}`;
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary aria-label={`${t("watch.decideTitle")} ${entry.name}`}>{t("watch.decideTitle")}</summary>
      <ErrorSummary form={form} state={failed} refusal={failed?.refusal} />
      <Form method="post">
        <input type="hidden" name="entryId" value={entry.id} />
        <input type="hidden" name="version" value={entry.version} />
        <div className={controls.pairOfFields}>
          <SelectField
            form={form}
            name="status"
            label={t("watch.decision")}
            empty={t("watch.choose")}
            options={WATCH_STATUSES.filter((one) => one !== entry.status).map((value) => ({
              value,
              label: t(`watch.statuses.${value}`),
            }))}
            state={failed}
          />
          <TextField
            form={form}
            name="leadNumber"
            label={t("watch.leadNumber")}
            hint={t("watch.leadNumberHint")}
            inputMode="numeric"
            maxLength={9}
            state={failed}
          />
        </div>
        <TextAreaField
          form={form}
          name="reason"
          label={t("watch.reason")}
          hint={t("watch.reasonHint")}
          state={failed}
        />
        <SubmitButton kind="plain">{t("watch.save")}</SubmitButton>
      </Form>
    </details>
  );
}
