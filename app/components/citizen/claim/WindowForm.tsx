import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { chooseLanguage } from "~/i18n/choose-language";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { ClaimPage } from "~server/claims/act-on-claim.server";
import actions from "../Actions.module.css";
import { ErrorSummary } from "../ErrorSummary";
import { Choices, HeadingRank, Question } from "../Fields";
import { Notice } from "../Notice";
import prose from "../Prose.module.css";
import css from "./claim.module.css";
import { Amount, Refusal } from "./parts";

/** Cash at a window against a code: where, what to bring, and who comes. */
export function WindowForm({
  token,
  awardId,
  amountFen,
  claim,
  windows,
  days,
  claimant,
  errors,
  refused,
}: Extract<ClaimPage, { page: "window" }>) {
  const { t } = useTranslation();
  const again = claim.way === "window";
  const error = errors.claimant === undefined ? undefined : t("claim.errors.claimantMissing");
  const over = claim.cashMostFen !== null && amountFen > claim.cashMostFen;
  const who = [
    { value: "self", label: t("claim.claimants.self") },
    ...(claim.byProxy
      ? [{ value: "proxy", label: t("claim.claimants.proxy"), help: t("claim.claimants.proxyHelp") }]
      : []),
    ...(claim.byHeir
      ? [{ value: "heir", label: t("claim.claimants.heir"), help: t("claim.claimants.heirHelp") }]
      : []),
  ];
  return (
    <div className={prose.prose}>
      <ErrorSummary items={error === undefined ? [] : [{ field: "claimant", text: error }]} />
      <h1>{t(again ? "claim.window.renewTitle" : "claim.window.title")}</h1>
      <Amount fen={amountFen} />
      <Refusal code={refused} />
      {over ? null : <p>{t(again ? "claim.window.renewLead" : "claim.window.lead")}</p>}
      {claim.cashMostFen === null ? null : (
        <Notice kind={over ? "warning" : "plain"}>
          <p>{t("claim.window.limit", { amount: formatFen(claim.cashMostFen) })}</p>
          {over ? <p>{t("claim.window.over")}</p> : null}
        </Notice>
      )}
      {over ? null : <WhereToGo windows={windows} />}
      <form method="post" action={paths.status()} id="question" noValidate autoComplete="off">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="award" value={awardId} />
        <input type="hidden" name="view" value="claim-window" />
        {over || windows.length === 0 ? null : (
          <>
            {who.length === 1 ? (
              <input type="hidden" name="claimant" value="self" />
            ) : (
              <HeadingRank.Provider value="h3">
                <Question name="claimant" label={t("claim.who")} error={error}>
                  <Choices name="claimant" type="radio" chosen={[claimant]} items={who} />
                </Question>
              </HeadingRank.Provider>
            )}
            <p>{t("claim.window.onlyOnce", { days })}</p>
          </>
        )}
        <div className={actions.row}>
          {over || windows.length === 0 ? (
            <button type="submit" name="intent" value="claim-transfer" className={actions.primary}>
              {t("claim.toTransfer")}
            </button>
          ) : (
            <button type="submit" name="intent" value="claim-window-save" className={actions.primary}>
              {t(again ? "claim.window.renew" : "claim.window.show")}
            </button>
          )}
          <button type="submit" name="intent" value="keep" className={actions.link}>
            {t("claim.back")}
          </button>
        </div>
      </form>
    </div>
  );
}

/** The windows, and what to bring: the code alone. */
function WhereToGo({ windows }: { windows: Extract<ClaimPage, { page: "window" }>["windows"] }) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  return (
    <>
      <h2>{t("claim.window.where")}</h2>
      {windows.length === 0 ? (
        <p>{t("claim.window.none")}</p>
      ) : (
        <>
          <ul className={css.windows}>
            {windows.map((window) => (
              <li key={window.id}>
                <p>
                  <strong>{window.name[language]}</strong>
                </p>
                <p>{window.address[language]}</p>
                <p className={css.small}>
                  {t("claim.window.hours")} {window.hours[language]}
                </p>
              </li>
            ))}
          </ul>
          <h2>{t("claim.window.bring")}</h2>
          <p>{t("claim.window.bringCode")}</p>
          <p>{t("claim.window.bringNothing")}</p>
        </>
      )}
    </>
  );
}
