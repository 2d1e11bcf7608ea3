import { useTranslation } from "react-i18next";
import type { DaysToGo } from "~server/clocks/due-day";
import styles from "./controls.module.css";

/** A running deadline in words and colour: never colour alone. Says which days it counts, those of its limit. */
export function Clock({ toGo }: { toGo: DaysToGo | null }) {
  const { t } = useTranslation("staff");
  if (toGo === null) return null;
  const { days, unit, near } = toGo;
  // A day off between today and the last working day counts for none: only a passed day is over.
  const state = days < 0 ? "over" : near ? "near" : "calm";
  return (
    <span className={styles.clock} data-state={state}>
      {days < 0
        ? t(`clock.over.${unit}`, { days: -days })
        : days === 0
          ? t("clock.today")
          : t(`clock.left.${unit}`, { days })}
    </span>
  );
}
