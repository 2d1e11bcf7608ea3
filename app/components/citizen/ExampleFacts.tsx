import { useTranslation } from "react-i18next";
import { formatMoney } from "~/forms/format-money";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import type { ExampleCase } from "~server/rewards/compute-examples";
import type { Currency } from "~server/rewards/scheme-parts";
import css from "./AwardCard.module.css";
import { MixedText } from "./MixedText";

/** The case an example is worked out for: who reported, what was found, and what the assessor chose. */
export function ExampleFacts({ stated, currency }: { stated: ExampleCase; currency: Currency }) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  const money = (amount: string) => formatMoney(amount, currency).amount;
  const { grade, stage, caseClass, chosen, already } = stated;
  const facts: [string, string][] = [
    [t("rewards.calculator.kind"), t(`rewards.calculator.kinds.${stated.kind}`)],
    ...[["grade", grade] as const, ["stage", stage] as const, ["caseClass", caseClass] as const].flatMap(
      ([key, title]): [string, string][] =>
        title === null ? [] : [[t(`rewards.calculator.${key}`), title[language]]],
    ),
    ...stated.bases.map(({ key, amount }): [string, string] => [t(`rewards.bases.${key}`), money(amount)]),
    ...(stated.withoutBase
      ? [[t("rewards.scheme.exampleBase"), t("rewards.scheme.exampleNoBase")] as [string, string]]
      : []),
    ...(chosen === null
      ? []
      : [
          "amount" in chosen
            ? ([t("rewards.calculator.chosen.amount.label"), money(chosen.amount)] as [string, string])
            : ([t("rewards.calculator.chosen.rate.label"), `${chosen.percent}%`] as [string, string]),
        ]),
    ...(already === null ? [] : [[t("rewards.scheme.exampleAlready"), money(already)] as [string, string]]),
  ];
  return (
    <ul className={css.line}>
      {facts.map(([name, value]) => (
        <li key={name}>
          <MixedText text={t("rewards.scheme.exampleFact", { name, value })} />
        </li>
      ))}
    </ul>
  );
}
