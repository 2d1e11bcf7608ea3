import { Link, isRouteErrorResponse } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import styles from "./controls.module.css";

/** What went wrong in one sentence and the way back. Refusals bring their own sentence; faults never do. */
export function StaffError({ error }: { error: unknown }) {
  const { t } = useTranslation("staff");
  const answer = isRouteErrorResponse(error) ? error : null;
  const missing = answer?.status === 404 || answer?.status === 405;
  const said =
    answer !== null && !missing && answer.status < 500 && typeof answer.data === "string"
      ? answer.data
      : null;
  const title = missing
    ? t("error.notFoundTitle")
    : said === null
      ? t("error.title")
      : t("error.refusedTitle");
  return (
    <div className={styles.plainPage}>
      <h1>{title}</h1>
      <p>{said ?? (missing ? t("error.notFoundBody") : t("error.body"))}</p>
      <p>
        <Link to={paths.staff.home()}>{t("error.home")}</Link>
      </p>
    </div>
  );
}
