import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { TipStatus } from "~server/intake/read-status.server";
import actions from "./Actions.module.css";
import css from "./AwardCard.module.css";

type Award = TipStatus["awards"][number];

/** A step's amount is 分, whole or an exact fraction; a fraction is shown to the 分 below, and says so. */
function sayAmount(t: TFunction, value: string): string {
  const [whole = "0", parts] = value.split("/");
  if (parts === undefined) return formatFen(whole);
  return t("status.award.about", { amount: formatFen(BigInt(whole) / BigInt(parts)) });
}

/** One award: how much, how each step came to it and under which rule, and the button that accepts it. */
export function AwardCard({ award, token }: { award: Award; token: string }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const title = `award-${award.id}`;
  return (
    <section className={css.card} aria-labelledby={title}>
      <h2 id={title} className={css.title}>
        {t("status.award.title")}
      </h2>
      <p className={css.amount}>{formatFen(award.amountFen)}</p>
      {award.poolAmountFen === award.amountFen ? null : (
        <p className={css.line}>{t("status.award.share", { pool: formatFen(award.poolAmountFen) })}</p>
      )}
      <p className={css.line}>{t(`status.award.${award.status}`)}</p>
      {award.acceptedOn === null ? null : (
        <p className={css.line}>
          {t("status.award.acceptedOn", { date: formatDay(award.acceptedOn, locale) })}
        </p>
      )}
      {award.paidOn === null ? null : (
        <p className={css.line}>{t("status.award.paidOn", { date: formatDay(award.paidOn, locale) })}</p>
      )}
      {award.steps.length === 0 ? null : (
        <>
          <h3>{t("status.award.how")}</h3>
          <Steps steps={award.steps.filter(tells)} />
          <details className={css.quiet}>
            <summary>{t("status.award.quiet")}</summary>
            <Steps steps={award.steps.filter((step, at) => !tells(step, at))} />
          </details>
        </>
      )}
      {award.flags.includes("editable_default") ? (
        <p className={css.clause}>{t("status.award.editable")}</p>
      ) : null}
      {award.status === "approved" ? (
        <form method="post" action={paths.status()} className="no-print">
          <input type="hidden" name="token" value={token} />
          <input type="hidden" name="award" value={award.id} />
          <div className={actions.row}>
            <button type="submit" name="intent" value="accept" className={actions.primary}>
              {t("status.award.accept")}
            </button>
          </div>
          <p className={css.clause}>{t("status.award.acceptHint")}</p>
        </form>
      ) : null}
    </section>
  );
}

/** The base, and every step that changed the amount; the others are one click away. */
function tells(step: Award["steps"][number], at: number): boolean {
  return at === 0 || step.in !== step.out;
}

function Steps({ steps }: { steps: Award["steps"] }) {
  const { t } = useTranslation();
  return (
    <ol className={css.steps}>
      {steps.map((step) => (
        <li key={step.step}>
          <p className={css.step}>{t(`status.award.steps.${step.step}`)}</p>
          <p className={css.sum}>
            {step.in === step.out ? (
              sayAmount(t, step.out)
            ) : (
              <>
                <span className="visually-hidden">{t("status.award.from")} </span>
                {sayAmount(t, step.in)}
                <span aria-hidden="true"> → </span>
                <span className="visually-hidden"> {t("status.award.to")} </span>
                <strong>{sayAmount(t, step.out)}</strong>
              </>
            )}
          </p>
          <p className={css.clause}>{t("status.award.clauseIs", { clause: step.clause })}</p>
        </li>
      ))}
    </ol>
  );
}
