import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { formatShare } from "~/forms/format-share";
import { formatFen } from "~/forms/money";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { TipStatus } from "~server/intake/read-status.server";
import actions from "./Actions.module.css";
import css from "./AwardCard.module.css";
import { ClaimCard } from "./claim/ClaimCard";
import { MixedText } from "./MixedText";

type Award = TipStatus["awards"][number];
type Step = Award["steps"][number];

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
  const steps = ownSteps(award);
  return (
    <section className={css.card} aria-labelledby={title}>
      <h2 id={title} className={css.title}>
        {t("status.award.title")}
      </h2>
      <p className={css.amount}>{formatFen(award.amountFen)}</p>
      {award.poolAmountFen === award.amountFen ? null : (
        <p className={css.line}>{t("status.award.share", { pool: formatFen(award.poolAmountFen) })}</p>
      )}
      <p className={css.line}>{t(`status.award.${award.bounced ? "bounced" : award.status}`)}</p>
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
          <Steps award={award} steps={steps.filter(tells)} />
          <details className={css.quiet}>
            <summary>{t("status.award.quiet")}</summary>
            <Steps award={award} steps={steps.filter((step, at) => !tells(step, at))} />
          </details>
        </>
      )}
      {award.flags.includes("editable_default") ? (
        <p className={css.clause}>{t("status.award.editable")}</p>
      ) : null}
      <ClaimCard award={award} token={token} />
      {award.status === "approved" && award.objections.every(({ outcome }) => outcome !== null) ? (
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

/** The computation is the whole case's; where others share it, the last step ends at what this informant gets. */
function ownSteps(award: Award): Step[] {
  return award.steps.map((step) =>
    step.step === "split" ? { ...step, out: award.amountFen.toString() } : step,
  );
}

/** The base, and every step that changed the amount; the others are one click away. */
function tells(step: Step, at: number): boolean {
  return at === 0 || step.in !== step.out;
}

function Steps({ award, steps }: { award: Award; steps: readonly Step[] }) {
  const { t, i18n } = useTranslation();
  const language = chooseLanguage(i18n.language as Locale);
  return (
    <ol className={css.steps}>
      {steps.map((step) => (
        <li key={step.step}>
          <p className={css.step}>{t(`status.award.steps.${step.step}`)}</p>
          {step.step === "split" && step.in !== step.out ? <p>{sayShare(t, award)}</p> : null}
          <p className={css.sum}>
            {step.in !== step.out ? (
              <>
                <span className="visually-hidden">{t("status.award.from")} </span>
                {sayAmount(t, step.in)}
                <span aria-hidden="true"> → </span>
                <span className="visually-hidden"> {t("status.award.to")} </span>
                <strong>{sayAmount(t, step.out)}</strong>
              </>
            ) : step.step === "gate" ? (
              sayGate(t, award.base, step)
            ) : (
              sayAmount(t, step.out)
            )}
          </p>
          <p className={css.clause}>
            <MixedText
              text={
                step.ruled
                  ? t("status.award.clauseIs", { clause: clauseText(step.clause, language) })
                  : t("status.award.noRule")
              }
            />
          </p>
        </li>
      ))}
    </ol>
  );
}

/** What the computation starts from: the figure alone would not say what it is a figure of, and a floor needs none. */
function sayGate(t: TFunction, base: Award["base"], step: Step): string {
  if (base === null || step.out === "0") return t("status.award.gateOpen");
  return t("status.award.gateBase", {
    base: t(`status.award.bases.${base}`),
    amount: sayAmount(t, step.out),
  });
}

function sayShare(t: TFunction, award: Award): string {
  const { percent, exact } = formatShare(award.amountFen, award.poolAmountFen);
  return t("status.award.yourPart", {
    percent: exact ? percent : t("status.award.about", { amount: percent }),
  });
}
