import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { loadKeyring, useKeyring } from "~/staff-client/keys/keyring";
import { UnlockKeys } from "./UnlockKeys";
import styles from "./keys-notice.module.css";

/** Above sealed content: what keeps it closed, and what opens it right there. Nothing while the keys are open. */
export function KeysNotice() {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  useEffect(() => {
    void loadKeyring();
  }, []);
  if (keys.state === "open" || keys.state === "unknown") return null;
  return (
    <div className={styles.notice} data-keys={keys.state}>
      <p role="status">{t(`keysNotice.${keys.state}`)}</p>
      <UnlockKeys compact />
    </div>
  );
}
