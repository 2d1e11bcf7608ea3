import { useTranslation } from "react-i18next";
import { fieldId, type ErrorKey, type FormState } from "~/components/staff/Field";
import controls from "~/components/staff/controls.module.css";
import { BANK_FIELDS } from "~/forms/bank-format";
import { COLUMN_ROWS } from "~/forms/bank-format-form";
import { textOf } from "~/forms/parse-form";
import styles from "./formats.module.css";

/** A row for every column the bank's file may have: what stands in it, and its header. */
export function FormatColumns({ state }: { state: FormState }) {
  const { t } = useTranslation("staff");
  const error = state.errors["field1"];
  const value = (name: string) => textOf(state.values, name);
  return (
    <fieldset
      className={styles.columns}
      aria-describedby={error === undefined ? "columns-hint" : "columns-hint columns-error"}
    >
      <legend>{t("bankFormat.columnsTitle")}</legend>
      <p id="columns-hint" className={controls.hint}>
        {t("bankFormat.columnsHint")}
      </p>
      {error !== undefined && (
        <p id="columns-error" className={controls.error}>
          <span className="visually-hidden">{t("forms.errorPrefix")}</span>
          {t(`forms.errors.${error as ErrorKey}`)}
        </p>
      )}
      <ol className={styles.rows}>
        {Array.from({ length: COLUMN_ROWS }, (_, at) => at + 1).map((row) => (
          <li key={row} className={styles.row}>
            <span className={styles.number} aria-hidden="true">
              {row}
            </span>
            <select
              id={fieldId("format", `field${row}`)}
              name={`field${row}`}
              className={controls.input}
              aria-label={t("bankFormat.field", { row })}
              defaultValue={value(`field${row}`)}
            >
              <option value="">{t("bankFormat.notUsed")}</option>
              {BANK_FIELDS.map((field) => (
                <option key={field} value={field}>
                  {t(`bankFormat.fields.${field}`)}
                </option>
              ))}
            </select>
            <input
              type="text"
              name={`header${row}`}
              className={controls.input}
              maxLength={40}
              aria-label={t("bankFormat.header", { row })}
              placeholder={t("bankFormat.columnHeader")}
              autoComplete="off"
              defaultValue={value(`header${row}`)}
            />
            <input
              type="text"
              name={`fixed${row}`}
              className={controls.input}
              maxLength={60}
              aria-label={t("bankFormat.fixed", { row })}
              placeholder={t("bankFormat.columnFixed")}
              autoComplete="off"
              defaultValue={value(`fixed${row}`)}
            />
          </li>
        ))}
      </ol>
    </fieldset>
  );
}
