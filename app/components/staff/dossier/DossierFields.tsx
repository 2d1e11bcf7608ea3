import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField, TextField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { formatInstant } from "~/i18n/format-date";
import type { DossierFailure } from "~server/dossiers/act-on-dossier.server";
import type { DossierField } from "~server/dossiers/field-names";
import type { FieldVersion } from "~server/dossiers/read-dossier.server";
import styles from "./dossier.module.css";

type Shown = { readonly field: DossierField; readonly latest: FieldVersion | null; base: number };

/** The fields of 一户一档 with where each is from; whoever may write opens a form below each. */
export function DossierFields({
  fields,
  history,
  mayWrite,
  failed,
}: {
  fields: readonly Shown[];
  history: readonly FieldVersion[];
  mayWrite: boolean;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="fields-title">
      <h2 id="fields-title">{t("dossiers.fieldsTitle")}</h2>
      <dl className={styles.fields}>
        {fields.map(({ field, latest, base }) => (
          <div key={field} id={`field-${field}`}>
            <dt>{t(`dossiers.fields.${field}`)}</dt>
            <dd>
              {latest === null || latest.value === "" ? (
                <span className={controls.muted}>{t("dossiers.fieldEmpty")}</span>
              ) : (
                latest.value
              )}
            </dd>
            {latest !== null && (
              <dd>
                <p className={styles.meta}>{fieldMeta(latest, t)}</p>
              </dd>
            )}
            {mayWrite && (
              <dd>
                <FieldForm
                  key={`${field}-${base}-${latest?.version ?? 0}`}
                  field={field}
                  latest={latest}
                  base={base}
                  failed={failed?.intent === "field" && failed.of === field ? failed : null}
                />
              </dd>
            )}
          </div>
        ))}
      </dl>
      {history.length > 0 && (
        <details className={controls.disclosure}>
          <summary>{t("dossiers.historyTitle")}</summary>
          <dl className={styles.fields}>
            {history.map((one) => (
              <div key={`${one.field}-${one.version}-${one.officeOnly ? "office" : "all"}`}>
                <dt>
                  {t("dossiers.historyLine", {
                    field: t(`dossiers.fields.${one.field}`),
                    version: one.version,
                  })}
                </dt>
                <dd>{one.value === "" ? t("dossiers.historyCleared") : one.value}</dd>
                <dd>
                  <p className={styles.meta}>{fieldMeta(one, t)}</p>
                </dd>
              </div>
            ))}
          </dl>
          <p className={controls.muted}>{t("dossiers.historyShown", { count: history.length })}</p>
        </details>
      )}
    </section>
  );
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

function fieldMeta({ version, by, at, source }: FieldVersion, t: StaffText): string {
  return t("dossiers.fieldMeta", { version, by, source, at: formatInstant(at) });
}

function FieldForm({
  field,
  latest,
  base,
  failed,
}: {
  field: DossierField;
  latest: FieldVersion | null;
  /** The version to go on from. */
  base: number;
  failed: DossierFailure | null;
}) {
  const { t } = useTranslation("staff");
  const form = `field-${field}`;
  const state = failed?.state ?? { values: { value: latest?.value ?? "" }, errors: {} };
  const name = t(`dossiers.fields.${field}`);
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary aria-label={t("dossiers.editOf", { field: name })}>{t("dossiers.edit")}</summary>
      <Form method="post" action={`#field-${field}`}>
        <ErrorSummary form={form} state={failed?.state} refusal={failed?.refusal} />
        <input type="hidden" name="intent" value="field" />
        <input type="hidden" name="field" value={field} />
        <input type="hidden" name="version" value={base} />
        <TextAreaField
          form={form}
          name="value"
          label={t("dossiers.value")}
          hint={latest === null ? undefined : t("dossiers.valueHint")}
          state={state}
        />
        <TextField
          form={form}
          name="source"
          label={t("dossiers.source")}
          hint={t("dossiers.sourceHint")}
          state={failed?.state}
          maxLength={200}
        />
        <SubmitButton label={t("dossiers.editOf", { field: name })}>{t("dossiers.save")}</SubmitButton>
      </Form>
    </details>
  );
}
