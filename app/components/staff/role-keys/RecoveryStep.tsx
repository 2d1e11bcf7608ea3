import { useTranslation } from "react-i18next";
import { parseForm } from "~/forms/parse-form";
import { recoveryKeyForm } from "~/forms/key-acts";
import { agreedTo } from "~/forms/step-up-subjects";
import type { RecoveryRequestView } from "~server/secrecy/read-ceremony.server";
import type { PublicKeyView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField, type FormState } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import { RecoveryRequest } from "./RecoveryRequest";
import styles from "./role-keys.module.css";

const MAKE = "npm run -s keys:recovery -- make --out recovery";

type Failed = { state: FormState; refusal: string | null } | null;

/**
 * The ceremony's first step: the recovery key is made elsewhere, its public half registered here by one administrator
 * and confirmed by another.
 */
export function RecoveryStep({
  recoveryKey,
  request,
  acts,
  failed,
}: {
  recoveryKey: PublicKeyView | null;
  request: RecoveryRequestView | null;
  acts: boolean;
  failed: Failed;
}) {
  const { t } = useTranslation("staff");
  const waits = recoveryKey === null && request !== null;
  return (
    <section className={controls.card} aria-labelledby="step-recovery">
      <div className={styles.head}>
        <h2 id="step-recovery">{t("ceremony.recovery.title")}</h2>
        {(recoveryKey !== null || waits) && (
          <span className={controls.tag} data-tone={waits ? "waiting" : "done"}>
            {t(waits ? "ceremony.waiting" : "ceremony.done")}
          </span>
        )}
      </div>
      {recoveryKey !== null ? (
        <>
          <p>{t("ceremony.recovery.registered")}</p>
          <p className={styles.fingerprint}>{recoveryKey.fingerprint}</p>
          <p>{t("ceremony.recovery.drillAgain")}</p>
          <code className={styles.command}>{drillCommand(recoveryKey.publicKey)}</code>
        </>
      ) : request !== null ? (
        <RecoveryRequest request={request} acts={acts} failed={failed} />
      ) : (
        <Register acts={acts} failed={failed} />
      )}
    </section>
  );
}

function Register({ acts, failed }: { acts: boolean; failed: Failed }) {
  const { t } = useTranslation("staff");
  return (
    <>
      <p>{t("ceremony.recovery.lead")}</p>
      <ol className={styles.steps}>
        <li>
          {t("ceremony.recovery.make")}
          <code className={styles.command}>{MAKE}</code>
        </li>
        <li>
          {t("ceremony.recovery.drill")}
          <code className={styles.command}>{drillCommand("…")}</code>
        </li>
        <li>{t("ceremony.recovery.hand")}</li>
        <li>{t("ceremony.recovery.paste")}</li>
      </ol>
      {acts && (
        <StepUpForm
          name="register-confirm"
          of={(form) => {
            const asked = parseForm(recoveryKeyForm, form);
            return asked.ok ? agreedTo.recoveryKey(asked.value) : null;
          }}
        >
          <ErrorSummary form="ceremony" state={failed?.state} refusal={failed?.refusal} />
          <TextAreaField
            form="ceremony"
            name="publicKey"
            label={t("ceremony.publicKey")}
            rows={2}
            state={failed?.state}
          />
          <SubmitButton>{t("ceremony.register")}</SubmitButton>
        </StepUpForm>
      )}
    </>
  );
}

function drillCommand(publicKey: string): string {
  return `npm run -s keys:recovery -- drill --public ${publicKey} recovery/share-1.txt recovery/share-2.txt recovery/share-3.txt`;
}
