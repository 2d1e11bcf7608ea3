import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { CheckField, TextField, fieldId, type ErrorKey, type FormState } from "~/components/staff/Field";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import type { LoadedListView } from "~server/watch/list-watch.server";

/** Loading a registration list; a plain form. */
export function LoadList({
  today,
  failed,
}: {
  today: string;
  failed: (FormState & { readonly refusal: string | null }) | null;
}) {
  const { t } = useTranslation("staff");
  const id = fieldId("list", "file");
  const fault = failed?.errors.file;
  return (
    <section className={controls.card} aria-labelledby="load-title">
      <h2 id="load-title">{t("watch.loadTitle")}</h2>
      <ErrorSummary form="list" state={failed} refusal={failed?.refusal} />
      <Form method="post" encType="multipart/form-data">
        <p className={controls.hint}>{t("watch.loadHint")}</p>
        <TextField
          form="list"
          name="listedOn"
          label={t("watch.listedOn")}
          hint={t("watch.listedOnHint")}
          value={today}
          state={failed}
          maxLength={20}
        />
        <CheckField form="list" name="isWhole" label={t("watch.isWhole")} state={failed} />
        <div className={controls.field} data-invalid={fault === undefined ? undefined : "true"}>
          <label htmlFor={id}>{t("watch.file")}</label>
          {fault !== undefined && (
            <p id={`${id}-error`} className={controls.error}>
              {t(`forms.errors.${fault as ErrorKey}`)}
            </p>
          )}
          <input
            type="file"
            id={id}
            name="file"
            accept=".csv,.txt,text/csv,text/plain"
            aria-describedby={fault === undefined ? undefined : `${id}-error`}
          />
        </div>
        <SubmitButton>{t("watch.load")}</SubmitButton>
      </Form>
    </section>
  );
}

/** What came of the lists loaded last, with the rows that could not be read. */
export function LoadedLists({ lists }: { lists: readonly LoadedListView[] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="lists-title">
      <h2 id="lists-title">{t("watch.listsTitle")}</h2>
      {lists.length === 0 && <p className={controls.muted}>{t("watch.noLists")}</p>}
      {lists.map((list) => (
        <div key={list.id} className={controls.spacedTop}>
          <p>
            <strong>{t("watch.list", { day: formatDay(list.listedOn) })}</strong>{" "}
            <span className={controls.tag}>{t(list.isWhole ? "watch.whole" : "watch.part")}</span>
          </p>
          <p>
            {t("watch.counts", {
              ...{ rows: list.rows, matched: list.matched, added: list.added },
              ...{ changed: list.changed, gone: list.gone, bad: list.bad },
            })}
            {list.isWhole && list.faults.some(({ fault }) => fault !== "twice") && t("watch.goneUnsure")}
          </p>
          <p className={controls.hint}>
            {t("watch.loadedAt", { at: formatInstant(list.loadedAt), version: list.packVersion })}
          </p>
          {list.faults.length > 0 && (
            <details className={controls.disclosure}>
              <summary>{t("watch.faultsTitle", { count: list.faults.length })}</summary>
              <ul>
                {list.faults.map(({ row, fault }) => (
                  <li key={row}>{t("watch.fault", { row, what: t(`watch.faults.${fault}`) })}</li>
                ))}
              </ul>
            </details>
          )}
        </div>
      ))}
    </section>
  );
}
