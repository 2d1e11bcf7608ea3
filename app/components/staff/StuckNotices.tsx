import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { StuckNotice } from "~server/notifications/read-notice-desk.server";
import { MailFault } from "./MailFault";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import finance from "./finance/finance.module.css";

/** Notices that were refused, or whose fate is not known: a member ticks some and decides. */
export function StuckNotices({
  kind,
  notices,
  count,
  decides,
  anchor,
}: {
  kind: "unsent" | "unknown";
  notices: readonly StuckNotice[];
  count: number;
  decides: boolean;
  /** Where a summary of faults leads to; one of the lists on the page bears it. */
  anchor?: string;
}) {
  const { t } = useTranslation("staff");
  if (notices.length === 0) return null;
  const title = `notices-${kind}`;
  return (
    <section className={`${controls.card} ${controls.spacedTop}`} aria-labelledby={title}>
      <h2 id={title}>{t(`notices.stuckTitle.${kind}`)}</h2>
      <p className={controls.muted}>
        {t(`notices.stuckLead.${kind}`)}
        {count > notices.length && ` ${t("notices.stuckMore", { count, shown: notices.length })}`}
      </p>
      <Form method="post" key={notices.map(({ id }) => id).join()}>
        <div id={anchor} className={controls.tableWrap} role="region" aria-labelledby={title} tabIndex={0}>
          <table className={`${controls.table} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("notices.day")}</th>
                <th scope="col">{t("notices.fault")}</th>
                <th scope="col">{t("notices.attempts")}</th>
              </tr>
            </thead>
            <tbody>
              {notices.map((notice) => (
                <tr key={notice.id}>
                  <td data-label={t("notices.day")}>
                    {decides ? (
                      <label className={controls.check}>
                        <input
                          type="checkbox"
                          name="notices"
                          value={notice.id}
                          aria-label={t("notices.pick", { day: formatDay(notice.raisedOn) })}
                        />
                        {formatDay(notice.raisedOn)}
                      </label>
                    ) : (
                      formatDay(notice.raisedOn)
                    )}
                  </td>
                  <td data-label={t("notices.fault")}>
                    <MailFault fault={notice.fault} />
                  </td>
                  <td data-label={t("notices.attempts")}>{notice.attempts}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {decides && (
          <p className={`${controls.buttons} ${controls.spacedTop}`}>
            <SubmitButton kind="plain" name="act" value="again">
              {t("notices.act.again")}
            </SubmitButton>
            <SubmitButton kind="danger" name="act" value="drop">
              {t("notices.act.drop")}
            </SubmitButton>
          </p>
        )}
      </Form>
    </section>
  );
}
