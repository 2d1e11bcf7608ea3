import { useTranslation } from "react-i18next";
import { Pager } from "~/components/staff/Pager";
import controls from "~/components/staff/controls.module.css";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { RecordedTip } from "~server/intake/list-recorded.server";

export function RecordedTips({
  tips,
  page,
  pages,
}: {
  tips: readonly RecordedTip[];
  page: number;
  pages: number;
}) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="recorded" className="no-print">
      <h2 id="recorded">{t("desk.recorded.title")}</h2>
      {tips.length === 0 ? (
        <p className={controls.empty}>{t("desk.recorded.empty")}</p>
      ) : (
        <div className={controls.tableWrap} role="region" aria-labelledby="recorded" tabIndex={0}>
          <table className={controls.table}>
            <thead>
              <tr>
                <th scope="col">{t("desk.recorded.day")}</th>
                <th scope="col">{t("desk.recorded.channel")}</th>
                <th scope="col">{t("desk.recorded.subject")}</th>
                <th scope="col">{t("desk.recorded.reference")}</th>
              </tr>
            </thead>
            <tbody>
              {tips.map(({ reference, arrivedOn, channel, subjectName }) => (
                <tr key={reference}>
                  <td className={controls.nowrap}>{formatDay(arrivedOn)}</td>
                  <td className={controls.nowrap}>{t(`lead.channels.${channel}`)}</td>
                  <td>{subjectName || t("desk.recorded.unnamed")}</td>
                  <td className={controls.nowrap}>{reference}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} pages={pages} href={(to) => `${paths.staff.tips()}?page=${to}`} />
    </section>
  );
}
