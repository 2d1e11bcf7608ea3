import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { Handing } from "~server/triage/present-handing";
import controls from "./controls.module.css";

/** Which plan's office has the lead, and the way to hand it up or down, where the portal holds several. */
export function HandOnLink({ handing, leadId }: { handing: Handing | null; leadId: string }) {
  const { t } = useTranslation("staff");
  if (handing === null) return null;
  return (
    <section className={controls.card} aria-labelledby="hand-title">
      <h2 id="hand-title">{t("routing.hand.title")}</h2>
      <p>
        {t("routing.hand.own", { title: handing.own })}{" "}
        <Link to={paths.staff.handOn(leadId)}>{t("routing.hand.open")}</Link>
      </p>
    </section>
  );
}
