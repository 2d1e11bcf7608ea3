import { useTranslation } from "react-i18next";
import type { PublicKeyView } from "~server/secrecy/role-keys-view";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField, type FormState } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./role-keys.module.css";

const MAKE = "npm run -s keys:recovery -- make --out recovery";

/** The ceremony's first step: the recovery key is made elsewhere and its public half registered here. */
export function RecoveryStep({
  recoveryKey,
  acts,
  failed,
}: {
  recoveryKey: PublicKeyView | null;
  acts: boolean;
  failed: { state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="step-recovery">
      <div className={styles.head}>
        <h2 id="step-recovery">{t("ceremony.recovery.title")}</h2>
        {recoveryKey !== null && (
          <span className={controls.tag} data-tone="done">
            {t("ceremony.done")}
          </span>
        )}
      </div>
      {recoveryKey === null ? (
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
            <StepUpForm name="ceremony" of={() => ({ act: "key.make", subject: "recovery" })}>
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
      ) : (
        <>
          <p>{t("ceremony.recovery.registered")}</p>
          <p className={styles.fingerprint}>{recoveryKey.fingerprint}</p>
          <p>{t("ceremony.recovery.drillAgain")}</p>
          <code className={styles.command}>{drillCommand(recoveryKey.publicKey)}</code>
        </>
      )}
    </section>
  );
}

function drillCommand(publicKey: string): string {
  return `npm run -s keys:recovery -- drill --public ${publicKey} recovery/share-1.txt recovery/share-2.txt recovery/share-3.txt`;
}
