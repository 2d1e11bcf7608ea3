import { useTranslation } from "react-i18next";
import { sayError } from "~/components/report/step-props";
import controls from "~/components/staff/controls.module.css";
import { useToldRefusal } from "~/components/staff/use-told-refusal";
import type { FieldErrors, FieldName } from "~/forms/report-fields";
import { paths } from "~/paths";

export type DeskRefusal = "failed" | "signedOut" | "stale";

/** What keeps the report from being taken down, above the form and in focus; each fault leads to its field. */
export function DeskSummary({
  errors,
  receivedError,
  refusal,
}: {
  errors: FieldErrors;
  receivedError: string | undefined;
  refusal: DeskRefusal | null;
}) {
  const { t } = useTranslation("staff");
  const report = useTranslation().t;
  const faults: { field: string; text: string }[] = [
    ...(receivedError === undefined ? [] : [{ field: "receivedOn", text: receivedError }]),
    ...(Object.keys(errors) as FieldName[]).map((field) => ({
      field,
      text: `${report(`report.fields.${field}.label`)}：${sayError(report, errors, field) ?? ""}`,
    })),
  ];
  const shown = faults.length > 0 || refusal !== null;
  const box = useToldRefusal(shown, refusal ?? errors);
  if (!shown) return null;
  return (
    <div ref={box} className={controls.summary} role="alert" tabIndex={-1}>
      <p className={controls.summaryTitle}>{t(refusal === null ? "desk.summary" : `desk.${refusal}`)}</p>
      {refusal === "signedOut" && (
        <p>
          <a href={paths.staff.signIn()} target="_blank" rel="noopener">
            {t("desk.signIn")}
          </a>
        </p>
      )}
      {faults.length > 0 && (
        <ul>
          {faults.map(({ field, text }) => (
            <li key={field}>
              <a href={`#${field}`}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
