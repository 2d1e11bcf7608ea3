import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { AnswerStep, RawAnswers } from "~/forms/report";
import { STEP_FIELDS, listOf, textOf, type FieldName, type Values } from "~/forms/report-fields";
import { paths } from "~/paths";
import css from "./AnswerList.module.css";

/** Choices whose words are in the catalogue, by field. */
const CHOSEN = ["mode", "subjectKind", "ongoing", "amount", "people", "wantsReward"] as const;

/** Shown only when filled in: a page of “not given” helps nobody. */
const QUIET: readonly FieldName[] = [
  "uscc",
  "sites",
  "apps",
  "responsible",
  "phonesOrAccounts",
  "registered",
  "operating",
  "occurred",
  "amountExact",
  "peopleExact",
  "contactPhone",
  "contactEmail",
  "noConflict",
  "promisedYield",
];

type Row = { readonly field: FieldName; readonly label: string; readonly lines: readonly string[] };

/** Every answer with its way back. `names` gives the pack's words for what was chosen from it. */
export function AnswerList({
  steps,
  raw,
  names,
}: {
  steps: readonly AnswerStep[];
  raw: RawAnswers;
  names: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  return (
    <>
      {steps.map((step) => (
        <section key={step} className={css.part} aria-labelledby={`part-${step}`}>
          <div className={css.head}>
            <h2 id={`part-${step}`} className={css.title}>
              {t(`report.parts.${step}`)}
            </h2>
            <a href={paths.reportChange(step)} className={css.change}>
              {t("report.check.change")}
              <span className="visually-hidden">
                {t("report.check.changeWhat", { what: t(`report.parts.${step}`) })}
              </span>
            </a>
          </div>
          <dl className={css.list}>
            {rowsOf(t, step, raw[step] ?? {}, names).map(({ field, label, lines }) => (
              <div key={field} className={css.row}>
                <dt>{label}</dt>
                <dd>
                  {lines.length === 0 ? (
                    <span className={css.empty}>{t("report.check.empty")}</span>
                  ) : (
                    lines.map((line, at) => <p key={at}>{line}</p>)
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

function rowsOf(
  t: TFunction,
  step: AnswerStep,
  values: Values,
  names: Readonly<Record<string, string>>,
): Row[] {
  const fields: readonly FieldName[] = STEP_FIELDS[step];
  return (
    fields
      .map((field) => ({ field, label: t(`report.short.${field}`), lines: linesOf(t, field, values, names) }))
      .filter(({ field, lines }) => lines.length > 0 || !QUIET.includes(field))
      // “I know the exact amount” says nothing beside the amount itself.
      .filter(({ field }) => textOf(values, field) !== "exact")
  );
}

function linesOf(
  t: TFunction,
  field: FieldName,
  values: Values,
  names: Readonly<Record<string, string>>,
): string[] {
  if (field === "redLines") {
    return listOf(values, field).map((item) => names[item] ?? t("report.options.otherRedLine"));
  }
  const value = textOf(values, field).trim();
  if (value === "") return [];
  if (field === "truthful" || field === "noConflict") return [t("report.check.confirmed")];
  if (value === "online" && isPlace(field)) return [t("report.options.online")];
  if (value === "unknown" && isPlace(field)) return [t("report.options.unknownPlace")];
  const chosen = CHOSEN.find((name) => name === field);
  if (chosen !== undefined) return [t(`report.options.${chosen}.${value}` as "report.options.mode.named")];
  if (field === "sector" || isPlace(field)) return [names[value] ?? value];
  return value.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function isPlace(field: FieldName): boolean {
  return field === "operating" || field === "registered" || field === "occurred";
}
