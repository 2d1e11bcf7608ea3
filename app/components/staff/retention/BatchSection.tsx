import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { agreedTo } from "~/forms/step-up-subjects";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField, type FormState } from "~/components/staff/Field";
import { StepUpForm } from "~/components/staff/StepUpForm";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import type { BatchView } from "~server/retention/list-retention.server";

type Failed = (FormState & { readonly intent: string; readonly refusal: string | null }) | null;

/** How far a set has come, and the next hand's forms. */
export function BatchSection({
  batch,
  triages,
  approves,
  ownId,
  failed,
}: {
  batch: BatchView;
  triages: boolean;
  approves: boolean;
  ownId: string;
  failed: Failed;
}) {
  const { t } = useTranslation("staff");
  const { id: batchId, set, state, outcomes } = batch;
  const mayRefuse = (triages || approves) && (state === "drawn" || state === "proposed");
  return (
    <>
      <p>
        {t("retention.batch", {
          day: formatDay(batch.drawnOn),
          count: batch.items,
          version: batch.policyVersion,
        })}{" "}
        <span className={controls.tag} data-tone={state === "done" ? "done" : "stage"}>
          {t(`retention.states.${state}`)}
        </span>
      </p>
      {batch.proposedAt !== null && (
        <p className={controls.hint}>
          {t("retention.proposedBy", { name: batch.proposedBy ?? "", at: formatInstant(batch.proposedAt) })}
        </p>
      )}
      {batch.approvedAt !== null && (
        <p className={controls.hint}>
          {t("retention.approvedBy", { name: batch.approvedBy ?? "", at: formatInstant(batch.approvedAt) })}
        </p>
      )}
      {batch.refusedAt !== null && (
        <p className={controls.hint}>
          {t("retention.refusedBy", {
            name: batch.refusedBy ?? "",
            at: formatInstant(batch.refusedAt),
            reason: batch.refusal ?? "",
          })}
        </p>
      )}
      {(state === "done" || state === "approved") && <p>{t("retention.outcome", outcomes)}</p>}
      {failed !== null && failed.intent !== "refuse" && (
        <ErrorSummary form="batch" state={failed} refusal={failed.refusal} />
      )}
      {triages && state === "drawn" && (
        <Form method="post">
          <p className={controls.hint}>{t("retention.proposeHint")}</p>
          <input type="hidden" name="intent" value="propose" />
          <input type="hidden" name="batchId" value={batchId} />
          <SubmitButton>{t("retention.propose")}</SubmitButton>
        </Form>
      )}
      {approves && state === "proposed" && batch.proposedById !== ownId && (
        <StepUpForm name="approve" of={() => agreedTo.deletion({ batchId, set })}>
          <p className={controls.hint}>{t("retention.approveHint")}</p>
          <input type="hidden" name="intent" value="approve" />
          <input type="hidden" name="batchId" value={batchId} />
          <input type="hidden" name="set" value={set} />
          <SubmitButton kind="danger">{t("retention.approve")}</SubmitButton>
        </StepUpForm>
      )}
      {mayRefuse && (
        <details className={controls.disclosure} open={failed?.intent === "refuse" || undefined}>
          <summary>{t("retention.refuseTitle")}</summary>
          <Form method="post">
            {failed?.intent === "refuse" && (
              <ErrorSummary form="batch" state={failed} refusal={failed.refusal} />
            )}
            <input type="hidden" name="intent" value="refuse" />
            <input type="hidden" name="batchId" value={batchId} />
            <TextAreaField
              form="batch"
              name="reason"
              label={t("retention.reason")}
              state={failed?.intent === "refuse" ? failed : null}
            />
            <SubmitButton kind="plain">{t("retention.refuse")}</SubmitButton>
          </Form>
        </details>
      )}
    </>
  );
}
