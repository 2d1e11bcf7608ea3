import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import controls from "../controls.module.css";

/** The way from a lead to what was done about it. */
export function HandlingLink({ leadId }: { leadId: string }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="handling-title">
      <h2 id="handling-title">{t("handling.title")}</h2>
      <p>
        <Link to={paths.staff.handling(leadId)}>{t("handling.link")}</Link>
      </p>
    </section>
  );
}
