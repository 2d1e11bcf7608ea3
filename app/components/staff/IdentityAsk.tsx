import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { identityReason } from "~/forms/identity";
import { formText } from "~/forms/form-text";
import { readTipReference } from "~/forms/tip-reference";
import { passkeyFault } from "~/staff-client/ask-webauthn";
import { askForIdentity } from "~/staff-client/keys/identity";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { ErrorSummary } from "./ErrorSummary";
import { TextAreaField, TextField, type FormState } from "./Field";
import { Notice } from "./Notice";
import styles from "./identity.module.css";
import controls from "./controls.module.css";

/** A custodian asks for an identity: reference, reason, a passkey's touch. Their share is sealed here, to the other side. */
export function IdentityAsk({ keyring }: { keyring: OpenKeyring | null }) {
  const { t } = useTranslation("staff");
  const { revalidate } = useRevalidator();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const [state, setState] = useState<FormState | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  const send = async (form: HTMLFormElement) => {
    const typed = new FormData(form);
    const reference = formText(typed, "reference");
    const reason = identityReason.safeParse(formText(typed, "reason"));
    const errors = {
      ...(readTipReference(reference) === null ? { reference: "tipReference" } : {}),
      ...(reason.success ? {} : { reason: "identityReason" }),
    };
    setAsked(false);
    setRefusal(null);
    setState(Object.keys(errors).length === 0 ? null : { values: {}, errors });
    if (Object.keys(errors).length > 0 || !reason.success) return;
    if (keyring === null) return setRefusal(t("identities.closedKeys"));
    setBusy(true);
    try {
      if (await askForIdentity({ reference, reason: reason.data }, keyring)) {
        form.reset();
        setAsked(true);
        revalidate();
      } else setRefusal(t("identities.shareBroken"));
    } catch (error) {
      const fault = passkeyFault(error);
      setRefusal("said" in fault ? fault.said : t(`access.${fault.key}`));
    }
    setBusy(false);
  };

  return (
    <section className={controls.card} aria-labelledby="ask-title">
      <h2 id="ask-title">{t("identities.askTitle")}</h2>
      {asked && <Notice>{t("identities.asked")}</Notice>}
      <ErrorSummary form="identity" state={state} refusal={refusal} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send(event.currentTarget);
        }}
      >
        <TextField
          form="identity"
          name="reference"
          label={t("identities.reference")}
          hint={t("identities.referenceHint")}
          state={state}
          maxLength={40}
        />
        <TextAreaField
          form="identity"
          name="reason"
          label={t("identities.reason")}
          hint={t("identities.reasonHint")}
          state={state}
        />
        <p className={`${controls.buttons} ${styles.last}`}>
          <button type="submit" className={controls.button} disabled={busy}>
            {t("identities.askButton")}
          </button>
          <span role="status" className={controls.muted}>
            {busy ? t("identities.working") : ""}
          </span>
        </p>
      </form>
    </section>
  );
}
