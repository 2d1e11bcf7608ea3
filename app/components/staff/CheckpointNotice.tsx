import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { CheckpointTrouble } from "~server/audit/write-checkpoints.server";
import controls from "./controls.module.css";
import styles from "./role-keys/role-keys.module.css";

const ADOPT = "npm run -s audit:verify -- --adopt-checkpoints";

/** Published roots without their checkpoint file: what the trail can no longer be compared with, and what to do. */
export function CheckpointNotice({ trouble }: { trouble: CheckpointTrouble | null }) {
  const { t } = useTranslation("staff");
  if (trouble === null) return null;
  return (
    <div className={controls.card} role="alert" data-trouble={trouble.kind}>
      {trouble.kind === "unreadable" ? (
        <p>{t("audit.checkpoints.unreadable")}</p>
      ) : (
        <>
          <p>
            {t("audit.checkpoints.lost", {
              count: trouble.roots,
              from: formatDay(trouble.firstDay),
              to: formatDay(trouble.lastDay),
            })}
          </p>
          <code className={styles.command}>{ADOPT}</code>
        </>
      )}
    </div>
  );
}
