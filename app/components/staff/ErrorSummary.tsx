import { useTranslation } from "react-i18next";
import { fieldId, type ErrorKey, type FormState } from "./Field";
import { nameField } from "./name-field";
import { useToldRefusal } from "./use-told-refusal";
import styles from "./controls.module.css";

/** Faults of a form above it, focused when it appears, each a link to its field; or one refusal in its own words. */
export function ErrorSummary({
  form,
  state,
  refusal,
  title,
}: {
  form: string;
  state?: FormState | null;
  refusal?: string | null;
  title?: string;
}) {
  const { t } = useTranslation("staff");
  const faults = Object.entries(state?.errors ?? {});
  const shown = faults.length > 0 || Boolean(refusal);
  const box = useToldRefusal(shown, state ?? refusal);
  if (!shown) return null;
  return (
    <div ref={box} className={styles.summary} role="alert" tabIndex={-1}>
      <p className={styles.summaryTitle}>
        {title ?? (refusal ? t("error.refusedTitle") : t("forms.summary"))}
      </p>
      {refusal && <p>{refusal}</p>}
      {faults.length > 0 && (
        <ul>
          {faults.map(([name, key]) => {
            const label = nameField(form, name, t);
            return (
              <li key={name}>
                <a href={`#${fieldId(form, name)}`}>
                  {label !== null && `${label}：`}
                  {t(`forms.errors.${key as ErrorKey}`)}
                </a>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
