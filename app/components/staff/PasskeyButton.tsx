import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { ErrorSummary } from "./ErrorSummary";
import controls from "./controls.module.css";

/** A button that talks to the browser's passkeys: says what it waits for and, in words, what went wrong. */
export function PasskeyButton({
  label,
  run,
  kind = "primary",
}: {
  label: string;
  run: () => Promise<void>;
  kind?: "primary" | "plain";
}) {
  const { t } = useTranslation("staff");
  const supported = useSyncExternalStore(
    neverChanges,
    () => typeof window.PublicKeyCredential === "function",
    () => null,
  );
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  const shown: PasskeyFault | null = supported === false ? { key: "unsupported" } : fault;
  const press = async () => {
    setFault(null);
    setBusy(true);
    try {
      await run();
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  return (
    <div>
      <ErrorSummary
        form="passkey"
        title={t("error.refusedTitle")}
        refusal={shown && ("said" in shown ? shown.said : t(`access.${shown.key}`))}
      />
      <noscript>
        <p className={controls.empty}>{t("access.noScript")}</p>
      </noscript>
      <p>
        <button
          type="button"
          className={controls.button}
          data-kind={kind}
          disabled={supported !== true || busy}
          onClick={() => void press()}
        >
          {label}
        </button>
      </p>
      <p role="status" className={controls.muted}>
        {busy ? t("access.working") : ""}
      </p>
    </div>
  );
}

/** Whether a browser knows passkeys does not change while a page is open; the server does not know it. */
function neverChanges(): () => void {
  return () => undefined;
}
