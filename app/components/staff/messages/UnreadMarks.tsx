import { useTranslation } from "react-i18next";
import controls from "../controls.module.css";
import styles from "./messages.module.css";

/** What waits in a thread, a lead or a card; nothing where nothing does. */
export function UnreadMarks({ unread, wishes }: { unread: number; wishes: number }) {
  const { t } = useTranslation("staff");
  if (unread === 0 && wishes === 0) return null;
  return (
    <span className={styles.marks}>
      {unread > 0 && (
        <span className={controls.tag} data-tone="waiting">
          {t("messages.unread", { count: unread })}
        </span>
      )}
      {wishes > 0 && (
        <span className={controls.tag} data-tone="major">
          {t("messages.wish")}
        </span>
      )}
    </span>
  );
}
