import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { recoveryConfirmForm } from "~/forms/key-acts";
import { parseForm } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { formatInstant } from "~/i18n/format-date";
import type { RecoveryRequestView } from "~server/secrecy/read-ceremony.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField, type FormState } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./role-keys.module.css";

/**
 * A registered recovery key that waits: whoever registered it sees its fingerprint and who is awaited; the other
 * administrator types the fingerprint from the recovery command's print-out, which the page does not show them.
 */
export function RecoveryRequest({
  request,
  acts,
  failed,
}: {
  request: RecoveryRequestView;
  acts: boolean;
  failed: { state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  const { id, publicKey, own, awaited } = request;
  const names = awaited.join(t("separator"));
  const waitsFor = awaited.length === 0 ? "awaitedNobody" : awaited.length === 1 ? "awaitedOne" : "awaited";
  return (
    <>
      <p>
        {t("ceremony.recovery.waits", { name: request.requestedBy, at: formatInstant(request.requestedAt) })}
      </p>
      <ErrorSummary form="ceremony" state={failed?.state} refusal={failed?.refusal} />
      {own && (
        <>
          <p>{t("ceremony.recovery.ownFingerprint")}</p>
          <p className={styles.fingerprint}>{request.fingerprint}</p>
          <p className={styles.due} data-awaited="">
            {t(`ceremony.recovery.${waitsFor}`, { names })}
          </p>
        </>
      )}
      {!own && <p>{t("ceremony.recovery.compare")}</p>}
      {!own && acts && (
        <StepUpForm
          name="confirm-confirm"
          of={(form) => {
            const asked = parseForm(recoveryConfirmForm, form);
            if (!asked.ok || !sameFingerprint(request.fingerprint, asked.value.fingerprint)) return null;
            return agreedTo.recoveryKeyConfirmed(asked.value);
          }}
        >
          <input type="hidden" name="intent" value="confirm" />
          <input type="hidden" name="requestId" value={id} />
          <input type="hidden" name="publicKey" value={publicKey} />
          <TextField
            form="ceremony"
            name="fingerprint"
            label={t("ceremony.fingerprint")}
            hint={t("ceremony.fingerprintHint")}
            inputMode="numeric"
            maxLength={40}
            state={failed?.state}
          />
          <SubmitButton>{t("ceremony.confirm")}</SubmitButton>
        </StepUpForm>
      )}
      {acts && (
        <Form method="post" className={controls.spacedTop}>
          <input type="hidden" name="intent" value="refuse" />
          <input type="hidden" name="requestId" value={id} />
          <SubmitButton kind="plain">{t(own ? "ceremony.withdraw" : "ceremony.refuse")}</SubmitButton>
        </Form>
      )}
    </>
  );
}

/** The server says so in words where they differ; no passkey is asked for then. */
function sameFingerprint(shown: string, typed: string): boolean {
  return shown.replaceAll(" ", "") === typed;
}
