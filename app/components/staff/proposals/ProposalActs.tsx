import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { TextAreaField } from "~/components/staff/Field";
import { StepUpForm } from "~/components/staff/StepUpForm";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { requestPackSchema } from "~/forms/pack-proposal";
import { agreedTo } from "~/forms/step-up-subjects";
import type { ProposalOutcome } from "~server/proposals/act-on-proposal.server";
import type { ProposalView } from "~server/proposals/present-proposal.server";

type Failed = Extract<ProposalOutcome, { ok: false }>;

/** What the passkey's touch agrees to: rules of a pack, or a scheme's version. */
type Agreed = {
  readonly request: typeof agreedTo.packRequest;
  readonly agree: typeof agreedTo.packAgreed;
};
const PACK: Agreed = { request: agreedTo.packRequest, agree: agreedTo.packAgreed };

/** What an administrator may do with a waiting proposal: ask for it, agree to another's, turn it down. */
export function ProposalActs({
  proposal,
  ownId,
  failed,
  agreed = PACK,
  agreeHint,
}: {
  proposal: ProposalView;
  ownId: string;
  failed: Failed | null;
  agreed?: Agreed;
  agreeHint?: string;
}) {
  const { t } = useTranslation("staff");
  const { id: proposalId, sha256, requestedBy } = proposal;
  const stateOf = (intent: Failed["intent"]) => (failed?.intent === intent ? failed.state : null);
  const fields = (intent: Failed["intent"]) => (
    <>
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="sha256" value={sha256} />
    </>
  );
  const own = (requestedBy ?? proposal.broughtBy)?.id === ownId;
  return (
    <section className={controls.card} aria-labelledby="acts-title">
      <h2 id="acts-title">{t("routing.proposal.actTitle")}</h2>
      <ErrorSummary form="pack" state={failed?.state} refusal={failed?.refusal} />
      {requestedBy === null && (
        <StepUpForm
          name="request"
          of={(form) => {
            const read = requestPackSchema.safeParse(Object.fromEntries(form));
            return read.success ? agreed.request({ proposalId, ...read.data }) : null;
          }}
        >
          {fields("request")}
          <TextAreaField
            form="pack"
            name="reason"
            label={t("routing.proposal.reason")}
            hint={t("routing.proposal.requestHint")}
            rows={2}
            state={stateOf("request")}
          />
          <SubmitButton>{t("routing.proposal.request")}</SubmitButton>
        </StepUpForm>
      )}
      {requestedBy !== null && requestedBy.id === ownId && (
        <p className={controls.hint}>{t("routing.proposal.own")}</p>
      )}
      {requestedBy !== null && requestedBy.id !== ownId && (
        <StepUpForm name="agree" of={() => agreed.agree({ proposalId, sha256 })}>
          {fields("agree")}
          <p className={controls.hint}>{agreeHint ?? t("routing.proposal.agreeHint")}</p>
          <SubmitButton>{t("routing.proposal.agree")}</SubmitButton>
        </StepUpForm>
      )}
      <Form method="post" className={controls.spacedTop}>
        {fields("refuse")}
        <TextAreaField
          form="pack"
          name="answer"
          label={t(own ? "routing.proposal.withdrawReason" : "routing.proposal.refuseReason")}
          rows={2}
          state={stateOf("refuse")}
        />
        <SubmitButton kind="plain">
          {t(own ? "routing.proposal.withdraw" : "routing.proposal.refuse")}
        </SubmitButton>
      </Form>
    </section>
  );
}
