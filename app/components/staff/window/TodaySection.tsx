import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { Movement } from "~server/windows/list-windows.server";
import { Pager } from "../Pager";
import controls from "../controls.module.css";
import styles from "./window.module.css";

/** What went in and out of a window's box today, by code name. */
export function TodaySection({
  window,
  bookFen,
  paidToday,
  movements,
  pages,
  today,
  page,
  href,
}: {
  window: { id: string };
  bookFen: bigint;
  paidToday: { count: number; fen: bigint };
  movements: readonly Movement[];
  pages: number;
  today: string;
  page: number;
  href: (page: number) => string;
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="today-title">
      <h2 id="today-title">{t("window.today.title")}</h2>
      <dl className={styles.sums}>
        <div>
          <dt>{t("window.today.book")}</dt>
          <dd>{formatFen(bookFen)}</dd>
        </div>
        <div>
          <dt>{t("window.today.paid")}</dt>
          <dd>{formatFen(paidToday.fen)}</dd>
        </div>
        <div>
          <dt>{t("window.today.paidCount")}</dt>
          <dd>{paidToday.count}</dd>
        </div>
      </dl>
      {movements.length === 0 ? (
        <p className={controls.empty}>{t("window.today.empty")}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={`${controls.table} ${styles.list}`}>
            <thead>
              <tr>
                <th scope="col">{t("window.today.what")}</th>
                <th scope="col">{t("window.pay.codeName")}</th>
                <th scope="col" className={styles.number}>
                  {t("window.today.amount")}
                </th>
                <th scope="col">{t("window.today.slip")}</th>
                <th scope="col">{t("window.today.by")}</th>
                <th scope="col">{t("window.today.at")}</th>
              </tr>
            </thead>
            <tbody>
              {movements.map((movement) => (
                <tr key={movement.id}>
                  <td className={controls.nowrap}>{t(`window.today.kinds.${movement.kind}`)}</td>
                  <td className={controls.nowrap}>{movement.codeName ?? ""}</td>
                  <td className={styles.number}>{formatFen(movement.amountFen)}</td>
                  <td className={controls.nowrap}>
                    {movement.slip === null ? null : (
                      <a href={paths.staff.windowSlip(movement.slip)}>{movement.slip}</a>
                    )}
                  </td>
                  <td className={controls.nowrap}>{movement.by}</td>
                  <td className={controls.nowrap}>{formatInstant(movement.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} pages={pages} href={href} />
      <p className={controls.spacedTop}>
        <a href={paths.staff.windowDay(window.id, today)}>{t("window.today.pdf")}</a>
      </p>
    </section>
  );
}
