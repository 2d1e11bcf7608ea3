import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { TipStatus } from "~server/intake/read-status.server";
import actions from "../Actions.module.css";
import { Notice } from "../Notice";
import css from "./claim.module.css";

type Award = TipStatus["awards"][number];

/** Up to when an award may be accepted and, once it is, how it is received and what may still be changed. */
export function ClaimCard({ award, token }: { award: Award; token: string }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const { claim } = award;
  if (claim === null) return null;
  const day = (on: string) => formatDay(on, locale);
  if (!claim.open) {
    return (
      <div className={css.claim}>
        {claim.lastDay === null ? null : (
          <p>
            <strong>
              {t(claim.extended ? "claim.lastDayExtended" : "claim.lastDay", { date: day(claim.lastDay) })}
            </strong>
          </p>
        )}
        <p className={css.small}>{t("claim.afterAccept")}</p>
      </div>
    );
  }
  const { way } = claim;
  return (
    <div className={`${css.claim} no-print`}>
      <h3>{t("claim.title")}</h3>
      {way === null ? (
        <p>{t("claim.chooseNow")}</p>
      ) : (
        <p>{t(`claim.way.${way}`, { date: claim.chosenOn === null ? "" : day(claim.chosenOn) })}</p>
      )}
      {way === "window" ? (
        <>
          <p>
            {claim.code === null
              ? t("claim.noCode")
              : t("claim.code", { number: claim.code.number, date: day(claim.code.endsOn) })}
          </p>
          <p>{t(`claim.whenToCome.${award.status === "posted" ? "posted" : "accepted"}`)}</p>
        </>
      ) : null}
      {claim.accountGone ? (
        <Notice kind="warning">
          <p>{t("claim.accountGone")}</p>
        </Notice>
      ) : null}
      {claim.claimant === "heir" ? <p>{t("claim.heirWaits")}</p> : null}
      <form method="post" action={paths.status()}>
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="award" value={award.id} />
        <div className={actions.row}>
          {claim.mayUseCode ? (
            <button
              type="submit"
              name="intent"
              value="claim-window"
              className={way === null ? actions.primary : actions.secondary}
            >
              {t(way === null ? "claim.toWindow" : way === "window" ? "claim.newCode" : "claim.changeWindow")}
            </button>
          ) : null}
          <button
            type="submit"
            name="intent"
            value="claim-transfer"
            className={
              claim.accountGone || (way === null && !claim.mayUseCode) ? actions.primary : actions.secondary
            }
          >
            {t(
              way === null
                ? "claim.toTransfer"
                : way === "transfer"
                  ? "claim.againTransfer"
                  : "claim.changeTransfer",
            )}
          </button>
        </div>
      </form>
    </div>
  );
}
