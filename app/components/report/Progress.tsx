import { useTranslation } from "react-i18next";
import css from "./Progress.module.css";

/** The way back, and how far this is. */
export function Progress({ back, at, of }: { back: string; at: number; of: number }) {
  const { t } = useTranslation();
  return (
    <div className={css.progress}>
      <a href={back} className={css.back}>
        <span aria-hidden="true">‹ </span>
        {t("report.back")}
      </a>
      <p className={css.count}>{t("report.progress", { at, of })}</p>
    </div>
  );
}
