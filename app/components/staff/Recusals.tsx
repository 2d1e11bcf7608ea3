import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { agreedTo } from "~/forms/step-up-subjects";
import { formatInstant } from "~/i18n/format-date";
import { ErrorSummary } from "./ErrorSummary";
import { TextAreaField, type FormState } from "./Field";
import { StepUpForm } from "./StepUpForm";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

export type RecusalView = {
  readonly id: string;
  readonly name: string;
  readonly agencyName: string;
  readonly reason: string;
  readonly declaredAt: Date;
};

type Failed = { readonly of: string; readonly state: FormState; readonly refusal: string | null } | null;

/** 利益冲突回避: declaring one's own, and (for triage) who keeps away now and why. */
export function Recusals({
  leadId,
  recusals,
  mayDeclare,
  mayEnd,
  declared,
  ended,
}: {
  leadId: string;
  recusals: readonly RecusalView[];
  mayDeclare: boolean;
  mayEnd: boolean;
  /** The refused declaration, with what was typed. */
  declared: Failed;
  /** The refused ending; `of` is the recusal's id. */
  ended: Failed;
}) {
  const { t } = useTranslation("staff");
  if (!mayDeclare && recusals.length === 0) return null;
  return (
    <section className={controls.card} aria-labelledby="recusals-title">
      <h2 id="recusals-title">{t("lead.recusals")}</h2>
      {recusals.length > 0 && (
        <ul className={styles.recusals}>
          {recusals.map(({ id, name, agencyName, reason, declaredAt }) => (
            <li key={id}>
              <p>
                <strong>{name}</strong> <span className={controls.muted}>{agencyName}</span>
              </p>
              <p>{reason}</p>
              <p className={controls.hint}>{t("lead.recusedAt", { at: formatInstant(declaredAt) })}</p>
              {ended?.of === id && (
                <ErrorSummary form={`recusal-${id}`} state={ended.state} refusal={ended.refusal} />
              )}
              {mayEnd && (
                <StepUpForm name={`end-${id}`} of={() => agreedTo.recusalEnd({ leadId, recusalId: id })}>
                  <input type="hidden" name="intent" value="endRecusal" />
                  <input type="hidden" name="recusalId" value={id} />
                  <SubmitButton kind="plain">{t("lead.endRecusal", { name })}</SubmitButton>
                </StepUpForm>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayDeclare && (
        <details className={controls.disclosure} open={declared !== null || undefined}>
          <summary>{t("lead.recuse")}</summary>
          <Form method="post">
            <ErrorSummary form="recuse" state={declared?.state} refusal={declared?.refusal} />
            <p className={controls.hint}>{t("lead.recuseHint")}</p>
            <input type="hidden" name="intent" value="recuse" />
            <TextAreaField
              form="recuse"
              name="reason"
              label={t("lead.recuseReason")}
              state={declared?.state}
            />
            <SubmitButton kind="danger">{t("lead.recuseButton")}</SubmitButton>
          </Form>
        </details>
      )}
    </section>
  );
}
