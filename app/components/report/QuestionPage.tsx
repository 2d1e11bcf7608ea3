import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { Notice } from "~/components/citizen/Notice";
import type { AnswerStep } from "~/forms/report";
import { doubtMark, type Doubt } from "~/forms/report-doubts";
import { STEP_FIELDS, type FieldErrors, type FieldName } from "~/forms/report-fields";
import type { Offer } from "~server/intake/offer-step.server";
import { Doubts } from "./Doubts";
import { Progress } from "./Progress";
import { SEVERAL, STEP_BODIES } from "./step-bodies";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function QuestionPage({
  step,
  back,
  at,
  of,
  doubts = [],
  ...body
}: StepProps & {
  step: AnswerStep;
  back: string;
  at: number;
  of: number;
  /** What passes but looks mistyped: shown once, then “continue” goes on. */
  doubts?: readonly Doubt[];
}) {
  const { t } = useTranslation();
  const Body = STEP_BODIES[step];
  const several = SEVERAL.includes(step);
  const hint = useHint(step, body.offer);
  return (
    <>
      <Progress back={back} at={at} of={of} />
      <ErrorSummary items={useSummary(step, body.errors, several)} />
      <form method="post" id="question" noValidate>
        {several ? (
          <>
            <h1>{t(`report.steps.${step}.title`)}</h1>
            {hint === "" ? null : <p className={css.lead}>{hint}</p>}
          </>
        ) : null}
        {body.offer.again === null ? null : (
          <Notice kind="warning">
            <p>{t(`report.again.${body.offer.again}`)}</p>
          </Notice>
        )}
        <Doubts doubts={doubts} />
        <Body {...body} />
        {doubts.length === 0 ? null : <input type="hidden" name="seen" value={doubtMark(doubts)} />}
        <div className={actions.row}>
          <button type="submit" name="intent" value="continue" className={actions.primary}>
            {t("report.next")}
          </button>
          <button type="submit" name="intent" value="save" className={actions.link}>
            {t("report.save")}
          </button>
        </div>
      </form>
      <details className={css.why}>
        <summary>{t("report.why")}</summary>
        <p>{t(`report.steps.${step}.why`)}</p>
      </details>
    </>
  );
}

/** A website's address is asked for in other words than a company's. */
function useHint(step: AnswerStep, offer: Offer): string {
  const { t } = useTranslation();
  return step === "online" && offer.subjectKind !== null
    ? t(`report.onlineHint.${offer.subjectKind}`)
    : t(`report.steps.${step}.hint`);
}

function useSummary(step: AnswerStep, errors: FieldErrors, several: boolean) {
  const { t } = useTranslation();
  const fields: readonly FieldName[] = STEP_FIELDS[step];
  return fields.flatMap((field) => {
    const text = sayError(t, errors, field);
    if (text === undefined) return [];
    const label = t(`report.fields.${field}.label`);
    return [{ field, text: several ? t("report.summaryItem", { label, text }) : text }];
  });
}
