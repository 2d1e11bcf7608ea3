import { useTranslation } from "react-i18next";
import { daysUntil } from "~/i18n/format-date";
import styles from "./controls.module.css";

/** Days from which a deadline is near. */
const NEAR = 3;

/** A running deadline in words and colour: never colour alone. `today` and `dueOn` are YYYY-MM-DD. */
export function Clock({ today, dueOn }: { today: string; dueOn: string | null }) {
  const { t } = useTranslation("staff");
  if (dueOn === null) return null;
  const days = daysUntil(today, dueOn);
  const state = days < 0 ? "over" : days <= NEAR ? "near" : "calm";
  return (
    <span className={styles.clock} data-state={state}>
      {days < 0
        ? t("clock.over", { days: -days })
        : days === 0
          ? t("clock.today")
          : t("clock.left", { days })}
    </span>
  );
}
