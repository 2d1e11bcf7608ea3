import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import type { AnswerStep } from "~/forms/report";
import { STEP_FIELDS, type FieldErrors, type FieldName } from "~/forms/report-fields";
import { AmountsStep } from "./AmountsStep";
import { ContactStep } from "./ContactStep";
import { DeclarationStep } from "./DeclarationStep";
import { ModeStep } from "./ModeStep";
import { NarrativeStep } from "./NarrativeStep";
import { Progress } from "./Progress";
import { RedLinesStep } from "./RedLinesStep";
import { RewardStep } from "./RewardStep";
import { SectorStep } from "./SectorStep";
import { SubjectStep } from "./SubjectStep";
import { TerritoryStep } from "./TerritoryStep";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

const BODIES: Record<AnswerStep, ComponentType<StepProps>> = {
  mode: ModeStep,
  subject: SubjectStep,
  territory: TerritoryStep,
  sector: SectorStep,
  "red-lines": RedLinesStep,
  amounts: AmountsStep,
  narrative: NarrativeStep,
  contact: ContactStep,
  reward: RewardStep,
  declaration: DeclarationStep,
};

/** Pages of several questions: a heading of their own, and each error says which field it means. */
const SEVERAL: readonly AnswerStep[] = ["subject", "territory", "amounts", "contact"];

export function QuestionPage({
  step,
  back,
  at,
  of,
  ...body
}: StepProps & { step: AnswerStep; back: string; at: number; of: number }) {
  const { t } = useTranslation();
  const Body = BODIES[step];
  const several = SEVERAL.includes(step);
  return (
    <>
      <Progress back={back} at={at} of={of} />
      <ErrorSummary items={useSummary(step, body.errors, several)} />
      <form method="post" id="question" noValidate>
        {several ? (
          <>
            <h1>{t(`report.steps.${step}.title`)}</h1>
            <p className={css.lead}>{t(`report.steps.${step}.hint`)}</p>
          </>
        ) : null}
        <Body {...body} />
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
