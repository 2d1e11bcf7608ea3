import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import type { SchemeDescription, SchemeRule } from "~server/rewards/describe-scheme.server";
import { MixedText } from "./MixedText";
import { Notice } from "./Notice";
import prose from "./Prose.module.css";

/** A reward scheme in plain words: when, how much, who not, how to receive it. */
export function SchemeText({ scheme }: { scheme: SchemeDescription }) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  return (
    <>
      <h2>{t("information.rewards.scheme")}</h2>
      {scheme.editableDefault ? (
        <Notice kind="warning" title={scheme.title}>
          <p>{t("information.rewards.editable")}</p>
          <p>
            <MixedText text={clauseText(scheme.source, language)} />
          </p>
        </Notice>
      ) : null}
      {scheme.gates.length === 0 ? null : (
        <>
          <h3>{t("information.rewards.gates")}</h3>
          <Rules rules={scheme.gates} />
        </>
      )}
      {scheme.grades.length === 0 ? null : (
        <>
          <h3>{t("information.rewards.grades")}</h3>
          <p>{t("information.rewards.gradesLead")}</p>
          <ul>
            {scheme.grades.map(({ title, criteria }) => (
              <li key={title}>
                <strong>{title}</strong> {criteria}
              </li>
            ))}
          </ul>
        </>
      )}
      {scheme.branches.map((branch) => (
        <Fragment key={branch.title}>
          <h3>{t("information.rewards.base", { name: branch.title })}</h3>
          <p>
            <MixedText text={branch.text} />
          </p>
          <Rules rules={[...branch.rates, ...branch.floors]} />
        </Fragment>
      ))}
      <h3>{t("information.rewards.caps")}</h3>
      <Rules rules={[...scheme.caps, scheme.rounding]} />
      <h3>{t("information.rewards.split")}</h3>
      <Rules rules={[scheme.split]} />
      <h2>{t("information.rewards.who")}</h2>
      <ul>
        {scheme.exclusions.map((who) => (
          <li key={who}>{who}</li>
        ))}
      </ul>
      <h2>{t("information.rewards.how")}</h2>
      <ol>
        <li>{t("information.rewards.howPoints.see")}</li>
        <li>{t("information.rewards.howPoints.accept")}</li>
        {scheme.untaxed === null ? null : (
          <li>
            <MixedText text={t("information.rewards.howPoints.tax", { clause: scheme.untaxed })} />
          </li>
        )}
      </ol>
    </>
  );
}

function Rules({ rules }: { rules: readonly SchemeRule[] }) {
  const { i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  return (
    <ul>
      {rules.map(({ text, clause }) => (
        <li key={text}>
          <MixedText text={text} />{" "}
          {clause === null ? null : (
            <span className={prose.source}>
              <MixedText text={clauseText(clause, language)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
