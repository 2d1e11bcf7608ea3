import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { formatFen } from "~/forms/money";
import type { SchemeChoices } from "~server/rewards/describe-choices";
import type { Question } from "~server/rewards/list-questions";
import type { AssessmentPreview } from "~server/rewards/preview-assessment.server";
import { CheckField, SelectField, TextField, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import { AssessPreview } from "./AssessPreview";
import { AssessReasons } from "./AssessReasons";
import { GradeCriteria } from "./GradeCriteria";
import { InformantCards, type InformantView } from "./InformantCards";
import assess from "./assess.module.css";
import styles from "./finance.module.css";

/** As many as one computation lists (MOST_INFORMANTS). */
const MOST_SHOWN = 500;

export const ASSESS_FORM = "assess";

export type AssessChoices = Omit<SchemeChoices, "grades"> & {
  readonly grades: readonly {
    readonly grade: number;
    readonly title: string;
    readonly criteria: readonly string[];
  }[];
  readonly questions: readonly Question[];
  /** Whether shares may differ. */
  readonly splitsByWeight: boolean;
};

export type AssessView = {
  readonly stage: string;
  readonly objections: number;
  readonly lead: { readonly id: string };
  readonly scheme: { readonly id: string; readonly local: boolean; readonly choices: AssessChoices };
  readonly informants: readonly InformantView[];
  readonly total: number;
  /** How many of the earliest are listed, and the places listed besides, as they were typed. */
  readonly shown: number;
  readonly also: string;
  readonly replaces: string | null;
  readonly budgets: readonly {
    readonly id: string;
    readonly source: string;
    readonly fiscalYear: number;
    readonly availableFen: bigint;
  }[];
};

/** One form: its first button computes, its second (once something was computed) keeps what was computed. */
export function AssessForm({
  view,
  state,
  preview,
}: {
  view: AssessView;
  state: FormState | null;
  preview: AssessmentPreview | null;
}) {
  const { t } = useTranslation("staff");
  const { choices } = view.scheme;
  const field = { form: ASSESS_FORM, state };
  return (
    <Form method="post" noValidate>
      <input type="hidden" name="leadId" value={view.lead.id} />
      <input type="hidden" name="schemeId" value={view.scheme.id} />
      <input type="hidden" name="stage" value={view.stage} />
      <input type="hidden" name="replaces" value={view.replaces ?? ""} />
      <input type="hidden" name="shown" value={view.shown} />
      {preview !== null && <input type="hidden" name="expects" value={preview.hash} />}
      {/* What Enter in a field does: not the first button below, which lists more informants. */}
      <button type="submit" name="intent" value="preview" hidden />
      <section className={controls.card} id="informants">
        <h2>{t("finance.assess.informants")}</h2>
        <p className={controls.muted}>{t("finance.assess.informantsHint")}</p>
        <span id={`${ASSESS_FORM}-informants`} tabIndex={-1} />
        <p className={controls.muted}>
          {t("assessment.questions.hint")} {t("assessment.questions.reasonHint")}{" "}
          {t("assessment.questions.notListed")}
        </p>
        <InformantCards
          form={ASSESS_FORM}
          informants={view.informants}
          questions={choices.questions}
          weighs={choices.splitsByWeight}
          state={state}
        />
        {view.total > view.informants.length && (
          <>
            <p>{t("finance.assess.more", { total: view.total, shown: view.informants.length })}</p>
            {view.shown < MOST_SHOWN && (
              <SubmitButton kind="plain" name="intent" value="more">
                {t("finance.assess.showMore")}
              </SubmitButton>
            )}
            <div className={assess.find}>
              <TextField
                {...field}
                name="also"
                label={t("assessment.questions.add")}
                hint={t("assessment.questions.addHint")}
                value={view.also}
                maxLength={400}
              />
              <SubmitButton kind="plain" name="intent" value="list">
                {t("assessment.questions.addButton")}
              </SubmitButton>
            </div>
          </>
        )}
        {view.total > 1 && (
          <>
            <CheckField {...field} name="passOver" label={t("assessment.questions.passOver")} />
            <TextField
              {...field}
              name="passOverReason"
              label={t("assessment.questions.passOverReason")}
              hint={t("assessment.questions.passOverHint")}
              maxLength={500}
            />
          </>
        )}
      </section>
      <section className={controls.card}>
        <h2>{t("finance.assess.choices")}</h2>
        <p className={controls.muted}>{t("assessment.choices.care")}</p>
        <GradeCriteria {...field} grades={choices.grades} />
        <div className={styles.forms}>
          {choices.grades.length > 0 && (
            <SelectField
              {...field}
              name="grade"
              label={t("finance.assess.grade")}
              empty={t("lead.choose")}
              options={choices.grades.map(({ grade, title }) => ({ value: String(grade), label: title }))}
            />
          )}
          {choices.ranges.length > 0 && (
            <TextField
              {...field}
              name="chosen"
              label={t("finance.assess.chosen")}
              hint={t("finance.assess.chosenHint", { ranges: choices.ranges.join(" ") })}
              maxLength={30}
            />
          )}
          {choices.caseClasses.length > 0 && (
            <SelectField
              {...field}
              name="caseClass"
              label={t("finance.assess.caseClass")}
              empty={t("finance.assess.none")}
              options={choices.caseClasses.map(({ id, title }) => ({ value: id, label: title }))}
            />
          )}
          {choices.stages.length > 0 && (
            <SelectField
              {...field}
              name="schemeStage"
              label={t("finance.assess.schemeStage")}
              empty={t("finance.assess.none")}
              options={choices.stages.map(({ id, title }) => ({ value: id, label: title }))}
            />
          )}
          {(choices.lift !== null || choices.consent !== null) && (
            <div className={styles.pair}>
              {choices.lift !== null && (
                <CheckField
                  {...field}
                  name="capLifted"
                  label={t("finance.assess.capLifted", { lift: clauseText(choices.lift, "zh") })}
                />
              )}
              <TextField
                {...field}
                name="approvalRef"
                label={t("finance.assess.approvalRef")}
                hint={
                  choices.consent === null
                    ? undefined
                    : t("finance.assess.approvalHint", { rules: choices.consent })
                }
                maxLength={60}
              />
            </div>
          )}
          <TextField
            {...field}
            name="consultationRef"
            label={t("finance.assess.consultationRef")}
            hint={t("finance.assess.consultationHint")}
            maxLength={60}
          />
          <div className={styles.wide}>
            <SelectField
              {...field}
              name="budgetId"
              label={t("finance.assess.budget")}
              empty={view.budgets.length === 1 ? undefined : t("lead.choose")}
              hint={view.budgets.length === 0 ? t("finance.assess.noBudget") : undefined}
              options={view.budgets.map((budget) => ({
                value: budget.id,
                label: t("finance.assess.budgetOption", {
                  source: budget.source,
                  year: budget.fiscalYear,
                  amount: formatFen(budget.availableFen),
                }),
              }))}
            />
          </div>
        </div>
        <AssessReasons {...field} view={view} />
        <SubmitButton kind={preview === null ? "primary" : "plain"} name="intent" value="preview">
          {t(preview === null ? "finance.assess.preview" : "finance.assess.again")}
        </SubmitButton>
      </section>
      {preview !== null && <AssessPreview preview={preview} view={view} state={state} />}
    </Form>
  );
}
