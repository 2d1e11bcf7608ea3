import { Link } from "@remix-run/react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { passkeyFault, type PasskeyFault } from "~/staff-client/ask-webauthn";
import { loadKeyring, lockKeyring, useKeyring } from "~/staff-client/keys/keyring";
import { unlockByCode, unlockByPasskey, type UnlockFault } from "~/staff-client/keys/unlock";
import type { KeyringView } from "~server/secrecy/keyring-view";
import controls from "./controls.module.css";
import styles from "./unlock.module.css";

/**
 * Whether this person's keys are open in this page, and what opens them. `compact` is for beside a closed value: it
 * shows only what can be done about it.
 */
export function UnlockKeys({ compact = false }: { compact?: boolean }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (keys.state === "unknown") void loadKeyring();
  }, [keys.state]);
  if (keys.state === "unknown") return null;
  const wraps = "view" in keys ? (keys.view.personalKey?.wraps ?? []) : [];
  const demo = wraps.some(({ method }) => method === "demo_passphrase");
  if (keys.state === "open") {
    if (compact) return null;
    return (
      <span className={styles.bar}>
        <span
          className={controls.tag}
          data-tone="done"
          title={demo ? t("account.unlock.openDemoHint") : undefined}
        >
          {t(demo ? "account.unlock.openDemo" : "account.unlock.open")}
        </span>
        {!demo && (
          <button type="button" className={controls.button} data-kind="quiet" onClick={lockKeyring}>
            {t("account.unlock.lock")}
          </button>
        )}
      </span>
    );
  }
  return (
    <span className={styles.bar}>
      {!compact && keys.state !== "none" && (
        <span className={controls.tag} data-tone="waiting">
          {t(keys.state === "locked" ? "account.unlock.locked" : "account.unlock.offline")}
        </span>
      )}
      {keys.state === "none" && <Link to={paths.staff.account()}>{t("account.unlock.none")}</Link>}
      {keys.state === "offline" && (
        <button
          type="button"
          className={controls.button}
          data-kind="plain"
          onClick={() => void loadKeyring({ anew: true })}
        >
          {t("account.unlock.retry")}
        </button>
      )}
      {keys.state === "locked" && (
        <button type="button" className={controls.button} data-kind="plain" onClick={() => setAsking(true)}>
          {t("account.unlock.button")}
        </button>
      )}
      {keys.state === "locked" && asking && (
        <UnlockDialog view={keys.view} onClose={() => setAsking(false)} />
      )}
    </span>
  );
}

/** Goes away by itself once the keys are open. */
function UnlockDialog({ view, onClose }: { view: KeyringView; onClose: () => void }) {
  const { t } = useTranslation("staff");
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<UnlockFault | PasskeyFault | null>(null);
  useEffect(() => box.current?.showModal(), []);
  const run = async (unlock: () => Promise<UnlockFault | null>) => {
    setFault(null);
    setBusy(true);
    try {
      const why = await unlock();
      if (why === null) {
        onClose();
        // What was pressed goes away with the locked state: reading goes on from the page, not from its very top.
        document.getElementById("main")?.focus({ preventScroll: true });
        return;
      }
      setFault(why);
    } catch (error) {
      setFault(passkeyFault(error));
    }
    setBusy(false);
  };
  const byPasskey = view.personalKey?.wraps.some(({ method }) => method === "passkey") === true;
  return (
    <dialog ref={box} className={styles.dialog} aria-labelledby={`${id}-title`} onClose={onClose}>
      <h2 id={`${id}-title`}>{t("account.unlock.title")}</h2>
      {fault !== null && (
        <p className={styles.fault} role="alert">
          {typeof fault === "string"
            ? t(`account.unlock.faults.${fault}`)
            : "said" in fault
              ? fault.said
              : t(`access.${fault.key}`)}
        </p>
      )}
      <p className={controls.muted}>{t("account.unlock.lead")}</p>
      {byPasskey ? (
        <p>
          <button
            type="button"
            className={controls.button}
            disabled={busy}
            onClick={() => void run(unlockByPasskey)}
          >
            {t("account.unlock.byPasskey")}
          </button>
        </p>
      ) : (
        <p>{t("account.unlock.noPasskey")}</p>
      )}
      <details className={controls.disclosure} open={byPasskey ? undefined : true}>
        <summary>{t("account.unlock.byCodeTitle")}</summary>
        <CodeForm id={`${id}-code`} busy={busy} onCode={(typed) => void run(() => unlockByCode(typed))} />
      </details>
      <p role="status" className={controls.muted}>
        {busy ? t("access.working") : ""}
      </p>
      <button
        type="button"
        className={controls.button}
        data-kind="quiet"
        onClick={() => box.current?.close()}
      >
        {t("account.unlock.close")}
      </button>
    </dialog>
  );
}

/** The field has no name and the form is never sent: the words stay in this page. */
function CodeForm({ id, busy, onCode }: { id: string; busy: boolean; onCode: (typed: string) => void }) {
  const { t } = useTranslation("staff");
  const [typed, setTyped] = useState("");
  return (
    <form
      className={controls.spacedTop}
      onSubmit={(event) => {
        event.preventDefault();
        onCode(typed);
      }}
    >
      <div className={controls.field}>
        <label htmlFor={id}>{t("account.unlock.code")}</label>
        <p id={`${id}-hint`} className={controls.hint}>
          {t("account.unlock.codeHint")}
        </p>
        <textarea
          id={id}
          className={controls.input}
          rows={4}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          aria-describedby={`${id}-hint`}
        />
      </div>
      <button type="submit" className={controls.button} data-kind="plain" disabled={busy}>
        {t("account.unlock.byCode")}
      </button>
    </form>
  );
}
