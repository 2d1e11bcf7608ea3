import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { useToldRefusal } from "~/components/staff/use-told-refusal";
import { DESK_CHANNELS } from "~/forms/desk";
import type { ImportAnswer } from "~server/exchange/receive-import.server";

type Refused = Extract<ImportAnswer, { kind: "refused" }>;

/** Choosing the file; a plain form. A browser gives no file back, so a refused one is chosen again. */
export function ImportForm({
  limits,
  refused,
}: {
  limits: { readonly rows: number; readonly megabytes: number };
  refused: Refused | null;
}) {
  const { t } = useTranslation("staff");
  const summary = useToldRefusal(refused !== null, refused);
  return (
    <section className={controls.card} aria-labelledby="import-file-title">
      <h2 id="import-file-title">{t("import.fileTitle")}</h2>
      {refused !== null && (
        <div className={controls.summary} role="alert" tabIndex={-1} ref={summary} data-error-summary="">
          <p className={controls.summaryTitle}>{t("import.refused")}</p>
          <p>
            <a href="#import-file">{t(`import.refusals.${refused.refusal}`, { column: refused.column })}</a>
          </p>
          <p>{t("import.fix")}</p>
        </div>
      )}
      <Form method="post" encType="multipart/form-data">
        <SelectField
          form="import"
          name="channel"
          label={t("import.channel")}
          hint={t("import.channelHint")}
          empty={t("import.inFile")}
          value={refused?.values.channel ?? ""}
          options={DESK_CHANNELS.map((value) => ({ value, label: t(`lead.channels.${value}`) }))}
        />
        <TextField
          form="import"
          name="source"
          label={t("import.sourceLabel")}
          hint={t("import.sourceHint")}
          value={refused?.values.source ?? ""}
          maxLength={60}
        />
        <div className={controls.field}>
          <label htmlFor="import-file">{t("import.file")}</label>
          <p className={controls.hint} id="import-file-hint">
            {t("import.fileHint", limits)}
          </p>
          <input
            type="file"
            id="import-file"
            name="file"
            accept=".csv,.txt,.json,.ndjson,.jsonl,text/csv,text/plain,application/json"
            aria-describedby="import-file-hint"
          />
        </div>
        <p className={controls.hint}>{t("import.note")}</p>
        <SubmitButton>{t("import.submit")}</SubmitButton>
      </Form>
    </section>
  );
}
