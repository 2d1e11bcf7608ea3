import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { useNavigation, useSubmit } from "@remix-run/react";
import { useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { SIGNED_ACTS } from "~/forms/signature";
import { askSignature, passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { signWithPasskey } from "~/staff-client/passkey";
import { ErrorSummary } from "../ErrorSummary";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

const never = () => () => undefined;
const hasPasskeys = () => typeof window.PublicKeyCredential === "function";

type SignedAct = (typeof SIGNED_ACTS)[number];
export type SignableAct = { readonly act: SignedAct; readonly why: string | null };

/**
 * The buttons that sign. Each asks the server for a challenge bound to the voucher, has the passkey sign it, and posts
 * the answer as a plain form. A closed act stays in sight with its reason.
 */
export function SignActs({ awardId, acts }: { awardId: string; acts: readonly SignableAct[] }) {
  const { t } = useTranslation("staff");
  const submit = useSubmit();
  const posting = useNavigation().state !== "idle";
  const reason = useRef<HTMLTextAreaElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  // Null on the server and until the script runs: the buttons wait for it.
  const supported = useSyncExternalStore(never, hasPasskeys, () => null);
  const sign = async (action: SignedAct) => {
    if (busy) return;
    setFault(null);
    const said = reason.current?.value.trim() ?? "";
    if (action === "reject" && said.length < 5) {
      setFault({ said: t("finance.sign.reasonMissing") });
      return;
    }
    setBusy(true);
    try {
      const started = (await askSignature({
        awardId,
        action,
        ...(action === "reject" ? { reason: said } : {}),
      })) as { challengeId: string; options: PublicKeyCredentialRequestOptionsJSON };
      const { answer: response } = await signWithPasskey(started.options);
      submit(
        { intent: "sign", challengeId: started.challengeId, response: JSON.stringify(response) },
        { method: "post", preventScrollReset: true },
      );
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  const shown: PasskeyFault | null = supported === false ? { key: "unsupported" } : fault;
  const open = acts.filter(({ why }) => why === null);
  const reasons = [...new Set(acts.flatMap(({ why }) => (why === null ? [] : [why])))];
  const button = ({ act, why }: SignableAct) => (
    <button
      key={act}
      type="button"
      className={controls.button}
      data-kind={act === "reject" ? "danger" : "primary"}
      disabled={why !== null || supported !== true || busy || posting}
      aria-describedby={why === null ? undefined : "sign-why"}
      onClick={() => void sign(act)}
    >
      {t(`finance.award.acts.${act}`)}
    </button>
  );
  return (
    <div className={styles.acts}>
      <ErrorSummary
        form="sign"
        title={t("error.refusedTitle")}
        refusal={shown && ("said" in shown ? shown.said : t(`access.${shown.key}`))}
      />
      {open.length > 0 && <p>{t("finance.sign.how")}</p>}
      <noscript>
        <p className={controls.empty}>{t("finance.sign.noScript")}</p>
      </noscript>
      <div id="sign-why">
        {reasons.map((why) => (
          <p key={why} className={styles.why}>
            {t("finance.closed", { why })}
          </p>
        ))}
      </div>
      <div className={controls.buttons}>{acts.filter(({ act }) => act !== "reject").map(button)}</div>
      {acts
        .filter(({ act }) => act === "reject")
        .map((act) =>
          act.why === null ? (
            <details key="reject" className={controls.disclosure}>
              <summary>{t("finance.sign.rejectTitle")}</summary>
              <div className={controls.field}>
                <label htmlFor="sign-reason">{t("finance.sign.reason")}</label>
                <p id="sign-reason-hint" className={controls.hint}>
                  {t("finance.sign.reasonHint")}
                </p>
                <textarea
                  ref={reason}
                  id="sign-reason"
                  className={controls.input}
                  rows={3}
                  maxLength={300}
                  aria-describedby="sign-reason-hint"
                />
              </div>
              {button(act)}
            </details>
          ) : (
            <div key="reject">{button(act)}</div>
          ),
        )}
      <p role="status" className={controls.muted}>
        {busy || posting ? t("access.working") : ""}
      </p>
    </div>
  );
}
