import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { formatMoney } from "~/forms/format-money";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import type { Calculation as Computed } from "~server/rewards/calculate.server";
import css from "./AwardCard.module.css";
import { MixedText } from "./MixedText";

/** An award with every step and its clause, as the engine worked it out. `heading` names it, `children` state its case. */
export function Calculation({
  id,
  heading,
  result,
  children,
}: {
  id: string;
  heading: string;
  result: Computed;
  children?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  const { award, currency, steps, flags } = result;
  const say = (value: string) => {
    const { amount, exact } = formatMoney(value, currency);
    return exact ? amount : t("status.award.about", { amount });
  };
  return (
    <section className={css.card} aria-labelledby={id}>
      <h3 id={id} className={css.title}>
        {heading}
      </h3>
      {children}
      <p className={css.amount}>{award === "0" ? t("rewards.result.none") : say(award)}</p>
      {flags.map((flag) => (
        <p key={flag} className={css.line}>
          {t(`rewards.result.flags.${flag}`)}
        </p>
      ))}
      <h4 className={css.step}>{t("rewards.result.steps")}</h4>
      <ol className={css.steps}>
        {steps.map((step) => (
          <li key={step.step}>
            <p className={css.step}>
              {t(`status.award.steps.${step.step}`)}
              {step.title === null ? null : (
                <>
                  {" · "}
                  <MixedText text={step.title[language]} />
                </>
              )}
            </p>
            <p className={css.sum}>
              {step.in === step.out ? (
                t("rewards.result.same", { amount: say(step.out) })
              ) : (
                <>
                  <span className="visually-hidden">{t("status.award.from")} </span>
                  {say(step.in)}
                  <span aria-hidden="true"> → </span>
                  <span className="visually-hidden"> {t("status.award.to")} </span>
                  <strong>{say(step.out)}</strong>
                </>
              )}
            </p>
            <p className={css.clause}>
              <MixedText
                text={
                  step.title === null
                    ? t("status.award.noRule")
                    : t("status.award.clauseIs", { clause: clauseText(step.clause, language) })
                }
              />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
