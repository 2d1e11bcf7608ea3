import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { ErrorSummary } from "./ErrorSummary";
import controls from "./controls.module.css";

/** A button that talks to the browser's passkeys: says what it waits for and, in words, what went wrong. */
export function PasskeyButton({ label, run }: { label: string; run: () => Promise<void> }) {
  const { t } = useTranslation("staff");
  const [state, setState] = useState<"off" | "ready" | "busy">("off");
  const [fault, setFault] = useState<PasskeyFault | null>(null);
  useEffect(() => {
    const supported = typeof window.PublicKeyCredential === "function";
    setState(supported ? "ready" : "off");
    if (!supported) setFault({ key: "unsupported" });
  }, []);
  const press = async () => {
    setFault(null);
    setState("busy");
    try {
      await run();
    } catch (error) {
      setFault(passkeyFault(error));
      setState("ready");
    }
  };
  return (
    <div>
      <ErrorSummary
        form="passkey"
        title={t("error.refusedTitle")}
        refusal={fault && ("said" in fault ? fault.said : t(`access.${fault.key}`))}
      />
      <noscript>
        <p className={controls.empty}>{t("access.noScript")}</p>
      </noscript>
      <p>
        <button
          type="button"
          className={controls.button}
          disabled={state !== "ready"}
          onClick={() => void press()}
        >
          {label}
        </button>
      </p>
      <p role="status" className={controls.muted}>
        {state === "busy" ? t("access.working") : ""}
      </p>
    </div>
  );
}
