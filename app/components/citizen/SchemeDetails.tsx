import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import type { SchemeDetail } from "~server/rewards/detail-scheme.server";
import { MixedText } from "./MixedText";
import prose from "./Prose.module.css";

type Said = { readonly text: string; readonly clause: string };

/**
 * The rules of a scheme that the short text leaves out: stages, classes, who approves, how it is claimed,
 * and what people carry out. A scheme shown for comparison tells none of this portal's own steps.
 */
export function SchemeDetails({ details, local }: { details: SchemeDetail; local: boolean }) {
  const { t } = useTranslation();
  const { claim } = details;
  const anonymousYes = local ? "rewards.scheme.anonymousYes" : "rewards.scheme.anonymousAllowed";
  const byPeople = [
    ...details.byPeople,
    ...(details.taxable === null ? [] : [{ text: t("rewards.scheme.taxed"), clause: details.taxable }]),
  ];
  const sections: [string, Said[]][] = [
    [
      t("rewards.scheme.components"),
      details.components.map(({ text, clause, counts }) => ({
        text: counts ? text : `${text}（${t("rewards.scheme.notCounted")}）`,
        clause,
      })),
    ],
    [t("rewards.scheme.stages"), details.stages],
    [t("rewards.scheme.classes"), details.classes],
    [t("rewards.scheme.more"), details.more],
    [
      t("rewards.scheme.ladder"),
      // Said from the scheme's own field: a rung's title is the document's words, which may or may not tell it.
      details.ladder.flatMap(({ text, clause, consult }) => [
        { text, clause },
        ...(consult ? [{ text: t("rewards.scheme.consult"), clause }] : []),
      ]),
    ],
    [
      t("rewards.scheme.claim"),
      [
        {
          text:
            claim.window === null
              ? t("rewards.scheme.noWindow")
              : t("rewards.scheme.window", {
                  count: claim.window.count,
                  unit: t(`rewards.scheme.units.${claim.window.unit}`),
                }),
          clause: claim.clause,
        },
        {
          text: t(claim.anonymous ? anonymousYes : "rewards.scheme.anonymousNo"),
          clause: claim.clause,
        },
        ...claim.more,
      ],
    ],
  ];
  return (
    <>
      {sections
        .filter(([, rules]) => rules.length > 0)
        .map(([title, rules]) => (
          <section key={title}>
            <h3>{title}</h3>
            <Rules rules={rules} />
          </section>
        ))}
      <section>
        <h3>{t("rewards.scheme.byPeople")}</h3>
        <p>{t("rewards.scheme.byPeopleLead")}</p>
        <Rules rules={byPeople} />
      </section>
      <section>
        <h3>{t("rewards.scheme.readings")}</h3>
        <p>{t("rewards.scheme.readingsLead")}</p>
        <ul>
          {[t("rewards.scheme.notBack"), ...details.readings].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Rules({ rules }: { rules: readonly Said[] }) {
  const { i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  return (
    <ul>
      {rules.map(({ text, clause }, at) => (
        <li key={`${String(at)}:${text}`}>
          <MixedText text={text} />{" "}
          <span className={prose.source}>
            <MixedText text={clauseText(clause, language)} />
          </span>
        </li>
      ))}
    </ul>
  );
}
