import { useTranslation } from "react-i18next";
import type { TFunction } from "i18next";
import { formatMoney } from "~/forms/format-money";
import { formatPercent } from "~/forms/format-percent";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type {
  Calculation as Computed,
  CalculatorError,
  CalculatorFields,
} from "~server/rewards/calculate.server";
import type { Currency } from "~server/rewards/scheme-parts";
import actions from "./Actions.module.css";
import { Calculation } from "./Calculation";
import { Choices, Question, SelectField, TextField } from "./Fields";
import { Notice } from "./Notice";
import prose from "./Prose.module.css";

export type CalculatorView = {
  readonly schemeId: string;
  readonly local: boolean;
  readonly title: string;
  readonly currency: Currency;
  readonly editableDefault: boolean;
  readonly fields: CalculatorFields;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: readonly CalculatorError[];
  readonly result: Computed | null;
  readonly own: readonly { readonly value: string; readonly label: string }[];
  readonly others: readonly { readonly value: string; readonly label: string }[];
};

/** The words for what is wrong with a field; what a choice must lie between in the currency's own units. */
export function sayCalculatorError(
  t: TFunction,
  { kind, range }: CalculatorError,
  currency: Currency,
): string {
  if (range === undefined) return t(`rewards.errors.${kind}`);
  const say = (value: string) =>
    kind === "chosenRate" ? formatPercent(value) : formatMoney(value, currency).amount;
  const words = t(`rewards.range.${range.open ? "open" : "closed"}`, {
    from: say(range.from),
    to: say(range.to),
  });
  return t(`rewards.errors.${kind}`, { range: words });
}

/** The same engine that decides, for anybody: a form that is asked again by its address, with amounts alone in it. */
export function Calculator({ view }: { view: CalculatorView }) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  const { fields, values, errors, currency } = view;
  const errorOf = (field: string) => {
    const found = errors.find((each) => each.field === field);
    return found && sayCalculatorError(t, found, currency);
  };
  const choices = (items: readonly { readonly id: string; readonly title: Record<string, string> }[]) => [
    { label: "", options: items.map(({ id, title }) => ({ value: id, label: title[language] ?? id })) },
  ];
  return (
    <section id="calculator" aria-labelledby="calculator-title" className={prose.prose}>
      <h2 id="calculator-title">{t("rewards.calculator.title")}</h2>
      <p>{t("rewards.calculator.lead")}</p>
      <p className={prose.source}>{t("rewards.calculator.privacy")}</p>
      <form method="get" action={`${paths.rewards()}#calculator`}>
        <SelectField
          name="scheme"
          label={t("rewards.calculator.scheme")}
          value={view.schemeId}
          empty={t("rewards.calculator.choose")}
          groups={[
            ...(view.own.length === 0 ? [] : [{ label: t("rewards.calculator.own"), options: view.own }]),
            { label: t("rewards.calculator.others"), options: view.others },
          ]}
        />
        <div className={actions.row}>
          <button type="submit" className={actions.secondary}>
            {t("rewards.calculator.change")}
          </button>
        </div>
      </form>
      <form method="get" action={`${paths.rewards()}#result`} noValidate autoComplete="off">
        <input type="hidden" name="scheme" value={view.schemeId} />
        <h3>{view.title}</h3>
        {view.local ? null : <p className={prose.source}>{t("rewards.calculator.comparison")}</p>}
        {view.editableDefault ? (
          <Notice kind="warning">
            <p>{t("rewards.result.flags.editable_default")}</p>
          </Notice>
        ) : null}
        {fields.grades.length === 0 ? null : (
          <Question name="grade" label={t("rewards.calculator.grade")} error={errorOf("grade")}>
            <Choices
              name="grade"
              type="radio"
              chosen={[values.grade ?? ""]}
              items={fields.grades.map(({ grade, title }) => ({
                value: String(grade),
                label: title[language],
              }))}
            />
          </Question>
        )}
        {fields.stages.length === 0 ? null : (
          <SelectField
            name="stage"
            label={t("rewards.calculator.stage")}
            value={values.stage ?? ""}
            error={errorOf("stage")}
            empty={t("rewards.calculator.choose")}
            groups={choices(fields.stages)}
          />
        )}
        {fields.caseClasses.length === 0 ? null : (
          <SelectField
            name="class"
            label={t("rewards.calculator.caseClass")}
            value={values.class ?? ""}
            error={errorOf("class")}
            empty={t("rewards.calculator.noClass")}
            groups={choices(fields.caseClasses)}
          />
        )}
        {fields.bases.map((key) => (
          <TextField
            key={key}
            name={key}
            label={t(`rewards.bases.${key}`)}
            hint={
              currency === "CNY"
                ? t("rewards.calculator.amountHint")
                : t("rewards.calculator.foreignHint", {
                    currency: formatMoney("0", currency).amount[0] === "₩" ? "₩" : currency,
                  })
            }
            error={errorOf(key)}
            value={values[key] ?? ""}
            inputMode="text"
          />
        ))}
        {fields.ranges === null ? null : (
          <TextField
            name="chosen"
            label={t(`rewards.calculator.chosen.${fields.ranges}.label`)}
            hint={t(`rewards.calculator.chosen.${fields.ranges}.hint`)}
            error={errorOf("chosen")}
            value={values.chosen ?? ""}
          />
        )}
        <Question name="kind" label={t("rewards.calculator.kind")}>
          <Choices
            name="kind"
            type="radio"
            chosen={[values.kind ?? "named"]}
            items={(["named", "anonymous", "insider"] as const).map((kind) => ({
              value: kind,
              label: t(`rewards.calculator.kinds.${kind}`),
            }))}
          />
        </Question>
        <div className={actions.row}>
          <button type="submit" name="go" value="1" className={actions.primary}>
            {t("rewards.calculator.submit")}
          </button>
        </div>
      </form>
      <div id="result" aria-live="polite">
        {view.result === null ? null : (
          <Calculation id="result-title" heading={t("rewards.result.title")} result={view.result} />
        )}
      </div>
    </section>
  );
}
