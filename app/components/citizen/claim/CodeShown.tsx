import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { ClaimPage } from "~server/claims/act-on-claim.server";
import actions from "../Actions.module.css";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Fields";
import prose from "../Prose.module.css";
import css from "./claim.module.css";

/** The code, this once; its end is typed again before the page is left, as with the receipt. */
export function CodeShown({
  token,
  awardId,
  code,
  sealedCode,
  days,
  ending,
  wrong,
  lastLook,
}: Extract<ClaimPage, { page: "code" }>) {
  const { t } = useTranslation();
  const error = wrong ? t("claim.shown.wrong") : undefined;
  return (
    <div className={prose.prose}>
      <ErrorSummary items={error === undefined ? [] : [{ field: "ending", text: error }]} />
      <h1>{t("claim.shown.title")}</h1>
      <p>{t("claim.shown.lead")}</p>
      <section className={css.box} aria-label={t("claim.shown.label")}>
        <p className={css.label}>{t("claim.shown.label")}</p>
        <p className={css.code} translate="no" lang="en">
          {code.split("-").map((group, at) => (
            <span key={at}>{`${group} `}</span>
          ))}
        </p>
      </section>
      <p>{t("claim.shown.expires", { days })}</p>
      <p>{t("claim.shown.carry")}</p>
      <form
        method="post"
        action={paths.status()}
        id="question"
        noValidate
        autoComplete="off"
        className="no-print"
      >
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="award" value={awardId} />
        <input type="hidden" name="sealedCode" value={sealedCode} />
        <input type="hidden" name="view" value="claim-code-shown" />
        {lastLook ? (
          <>
            <p>{t("claim.shown.lastLook")}</p>
            <input type="hidden" name="seen" value="yes" />
            <div className={actions.row}>
              <button type="submit" name="intent" value="claim-code-check" className={actions.primary}>
                {t("claim.shown.leave")}
              </button>
            </div>
          </>
        ) : (
          <>
            <h2>{t("claim.shown.retype")}</h2>
            <TextField
              name="ending"
              label={t("claim.shown.ending")}
              hint={t("claim.shown.endingHint")}
              error={error}
              value={ending}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              wide={false}
            />
            <div className={actions.row}>
              <button type="submit" name="intent" value="claim-code-check" className={actions.primary}>
                {t("claim.shown.confirm")}
              </button>
              <button type="submit" name="intent" value="claim-code-bypass" className={actions.link}>
                {t("claim.shown.bypass")}
              </button>
            </div>
          </>
        )}
      </form>
    </div>
  );
}
