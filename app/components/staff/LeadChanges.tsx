import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import type { LeadChange } from "~server/triage/list-changes.server";
import type { ClosureCode, Stage } from "~server/triage/stages";
import styles from "./board-tools.module.css";

/** What others saved since the version a form showed: which field, from what to what, by whom. */
export function LeadChanges({ changes }: { changes: readonly LeadChange[] }) {
  const { t } = useTranslation("staff");
  if (changes.length === 0) return null;
  const word = (change: LeadChange, value: string | null) => {
    if (value === null) return t("changes.empty");
    switch (change.field) {
      case "stage":
        return t(`stages.${value as Stage}`);
      case "closure":
        return t(`closures.${value as ClosureCode}`);
      case "major":
        return t(value === "true" ? "yes" : "no");
      case "accept_due":
      case "handle_due":
        return formatDay(value);
      case "name":
      case "other":
        return value;
    }
  };
  return (
    <section className={styles.changes} aria-labelledby="changes-title">
      <h2 id="changes-title">{t("changes.title")}</h2>
      <ul>
        {changes.map((change, at) => (
          <li key={at}>
            {change.field === "other"
              ? t("changes.other")
              : t("changes.line", {
                  field: t(`changes.fields.${change.field}`),
                  was: word(change, change.was),
                  becomes: word(change, change.becomes),
                })}{" "}
            <span>
              {change.by ?? t("lead.system")} ·{" "}
              {change.at === null ? formatDay(change.on) : formatInstant(change.at)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
