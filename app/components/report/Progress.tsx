import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import css from "./Progress.module.css";

/** The way back, how far this is, and the list of all pages. */
export function Progress({ back, at, of }: { back: string; at: number; of: number }) {
  const { t } = useTranslation();
  return (
    <div className={`${css.progress} no-print`}>
      <a href={back} className={css.back}>
        <span aria-hidden="true">‹ </span>
        {t("report.back")}
      </a>
      <p className={css.count}>
        {t("report.progress", { at, of })}
        <a href={paths.reportOverview()} className={css.all}>
          {t("report.overview.link")}
        </a>
      </p>
    </div>
  );
}
