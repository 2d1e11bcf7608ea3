import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import styles from "./deadlines/deadlines.module.css";

/** Most alerts counted out; beyond, that there are more. */
const MOST = 99;

/** Above triage's pages while an alert waits for somebody to take notice. */
export function AlertBanner({ count }: { count: number }) {
  const { t } = useTranslation("staff");
  if (count === 0) return null;
  return (
    <p className={styles.banner} role="status">
      {count > MOST ? t("alerts.bannerMany", { count: MOST }) : t("alerts.banner", { count })}{" "}
      <Link to={paths.staff.alerts()}>{t("alerts.bannerLink")}</Link>
    </p>
  );
}
