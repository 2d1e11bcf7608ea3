import { useTranslation } from "react-i18next";
import styles from "./deadlines/deadlines.module.css";

/** Above every page of somebody whose body has ceased: where its leads are, and whom to ask for an account. */
export function BodyEndedBanner({ body, successor }: { body: string; successor: string | null }) {
  const { t } = useTranslation("staff");
  return (
    <p className={styles.banner} role="status">
      {successor === null
        ? t("people.ownBodyEndedAlone", { body })
        : t("people.ownBodyEnded", { body, successor })}
    </p>
  );
}
