import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import controls from "../controls.module.css";

/** On a lead's page: that bodies are settling who handles it, or have, and the way to the record. */
export function DisputeLine({
  leadId,
  dispute,
}: {
  leadId: string;
  dispute: { readonly open: boolean; readonly decided: boolean };
}) {
  const { t } = useTranslation("staff");
  if (!dispute.open && !dispute.decided) return null;
  return (
    <section className={controls.card} aria-labelledby="dispute-title">
      <h2 id="dispute-title">{t("disputes.onLead")}</h2>
      <p>{t(dispute.open ? "disputes.onLeadOpen" : "disputes.onLeadDecided")}</p>
      <p>
        <Link to={paths.staff.dispute(leadId)}>{t("disputes.open")}</Link>
      </p>
    </section>
  );
}
