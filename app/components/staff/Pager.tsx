import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import styles from "./controls.module.css";

/** Earlier and later pages as links; `href` builds a page's URL. Nothing for a single page. */
export function Pager({
  page,
  pages,
  href,
}: {
  page: number;
  pages: number;
  href: (page: number) => string;
}) {
  const { t } = useTranslation("staff");
  if (pages <= 1) return null;
  return (
    <nav className={styles.pager} aria-label={t("pager.label")}>
      {page > 1 && <Link to={href(page - 1)}>{t("pager.previous")}</Link>}
      <span>{t("pager.at", { page, pages })}</span>
      {page < pages && <Link to={href(page + 1)}>{t("pager.next")}</Link>}
    </nav>
  );
}
