import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { TipWithNews } from "~server/messages/count-threads.server";
import { UnreadMarks } from "./UnreadMarks";
import styles from "./messages.module.css";

/** Above the tips: which of them have news, wherever in the list they are. */
export function LeadNews({
  leadId,
  news,
}: {
  leadId: string;
  /** Each with the page of the list it is on. */
  news: readonly (TipWithNews & { readonly page: number })[];
}) {
  const { t } = useTranslation("staff");
  if (news.length === 0) return null;
  return (
    <div className={styles.news} role="status">
      <p>{t("messages.newsTitle")}</p>
      <ul>
        {news.map(({ tipId, page, rank, unread, wish }) => (
          <li key={tipId}>
            <Link to={paths.staff.leadTip(leadId, page, tipId)}>{t("lead.tip", { rank })}</Link>
            <UnreadMarks unread={unread} wishes={wish ? 1 : 0} />
          </li>
        ))}
      </ul>
    </div>
  );
}
