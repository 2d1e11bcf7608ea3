import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { loadKeyring, useKeyring } from "~/staff-client/keys/keyring";
import controls from "./controls.module.css";
import styles from "./keys-notice.module.css";

/**
 * Above sealed content: what keeps it closed and how to open it, once a page. Nothing while the keys are open.
 * `unlock` is where the keys are unlocked.
 */
export function KeysNotice({ unlock }: { unlock?: ReactNode }) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  useEffect(() => {
    void loadKeyring();
  }, []);
  if (keys.state === "open" || keys.state === "unknown") return null;
  return (
    <div className={styles.notice} data-keys={keys.state} role="status">
      <p>{t(`keysNotice.${keys.state}`)}</p>
      {keys.state === "locked" && unlock}
      {keys.state === "offline" && (
        <button
          type="button"
          className={controls.button}
          data-kind="plain"
          onClick={() => void loadKeyring({ anew: true })}
        >
          {t("keysNotice.retry")}
        </button>
      )}
    </div>
  );
}
