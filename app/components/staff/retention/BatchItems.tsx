import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import type { ItemView } from "~server/retention/list-retention.server";

/** The reports of a frozen set: by why they ended and when, never by what they say. */
export function BatchItems({ items }: { items: readonly ItemView[] }) {
  const { t } = useTranslation("staff");
  const title = t("retention.batchTitle");
  return (
    <div className={controls.tableWrap} role="region" aria-label={title} tabIndex={0}>
      <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
        <thead>
          <tr>
            <th scope="col">{t("retention.item")}</th>
            <th scope="col">{t("retention.itemOf")}</th>
            <th scope="col">{t("retention.basisOn")}</th>
            <th scope="col">{t("retention.dueOn")}</th>
            <th scope="col">{t("retention.size")}</th>
            <th scope="col">{t("retention.result")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.ordinal} data-outcome={item.outcome ?? "waiting"}>
              <td data-label={t("retention.item")}>{item.ordinal}</td>
              <td data-label={t("retention.itemOf")}>
                {t(`retention.short.${item.category}`)}{" "}
                {item.lead !== null && (
                  <Link to={paths.staff.lead(item.lead.id)}>
                    {t("retention.ofLead", { number: item.lead.number })}
                  </Link>
                )}
              </td>
              <td data-label={t("retention.basisOn")}>{formatDay(item.basisOn)}</td>
              <td data-label={t("retention.dueOn")}>{formatDay(item.dueOn)}</td>
              <td data-label={t("retention.size")}>
                {t("retention.sizeOf", { messages: item.messages, files: item.files })}
              </td>
              <td data-label={t("retention.result")}>
                {item.outcome === null ? t("retention.waiting") : t(`retention.outcomes.${item.outcome}`)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
