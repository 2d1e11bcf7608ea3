import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { WindowFailure } from "~server/windows/act-on-window.server";
import type { WindowDay } from "~server/windows/list-windows.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./window.module.css";

/** The end of a window's day: counting, a second pair of eyes on a difference, and the days before. */
export function DaySection({
  windowId,
  bookFen,
  days,
  counted,
  may,
  ownId,
  failed,
}: {
  windowId: string;
  bookFen: bigint;
  days: readonly WindowDay[];
  counted: boolean;
  may: { pay: boolean; agree: boolean };
  ownId: string;
  failed: WindowFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed !== null && ["count", "agree"].includes(failed.intent) ? failed : null;
  return (
    <section className={controls.card} aria-labelledby="day-title">
      <h2 id="day-title">{t("window.day.title")}</h2>
      <ErrorSummary form="count" state={mine?.state} refusal={mine?.refusal} />
      {may.pay && !counted && (
        <Form method="post" noValidate preventScrollReset>
          <p className={controls.muted}>{t("window.day.lead")}</p>
          <input type="hidden" name="windowId" value={windowId} />
          <input type="hidden" name="intent" value="count" />
          <input type="hidden" name="book" value={bookFen.toString()} />
          <TextField
            form="count"
            state={mine?.intent === "count" ? mine.state : null}
            name="counted"
            label={t("window.day.counted")}
            hint={t("window.day.countedHint")}
            inputMode="decimal"
            maxLength={30}
          />
          <TextAreaField
            form="count"
            state={mine?.intent === "count" ? mine.state : null}
            name="explanation"
            label={t("window.day.explanation")}
            hint={t("window.day.explanationHint")}
            rows={2}
          />
          <SubmitButton kind="plain">{t("window.day.submit")}</SubmitButton>
        </Form>
      )}
      <h3 className={styles.after}>{t("window.day.days")}</h3>
      {days.length === 0 ? (
        <p className={controls.empty}>{t("window.day.none")}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={`${controls.table} ${styles.list}`}>
            <thead>
              <tr>
                <th scope="col">{t("window.day.date")}</th>
                <th scope="col" className={styles.number}>
                  {t("window.day.bookFen")}
                </th>
                <th scope="col" className={styles.number}>
                  {t("window.day.countedFen")}
                </th>
                <th scope="col" className={styles.number}>
                  {t("window.day.difference")}
                </th>
                <th scope="col">{t("window.day.people")}</th>
                <th scope="col">{t("window.day.status")}</th>
              </tr>
            </thead>
            <tbody>
              {days.map((day) => (
                <tr key={day.day}>
                  <th scope="row" className={controls.nowrap}>
                    <a href={paths.staff.windowDay(windowId, day.day)}>{formatDay(day.day)}</a>
                  </th>
                  <td className={styles.number}>{formatFen(day.bookFen)}</td>
                  <td className={styles.number}>{formatFen(day.countedFen)}</td>
                  <td className={styles.number}>{formatFen(day.countedFen - day.bookFen)}</td>
                  <td>
                    {day.countedBy}
                    {day.agreedBy === null ? "" : ` / ${day.agreedBy}`}
                    {day.explanation === null ? null : <p className={controls.muted}>{day.explanation}</p>}
                  </td>
                  <td>
                    {t(`window.day.statuses.${day.status}`)}
                    {day.status === "counted" && may.agree && day.counterId !== ownId && (
                      <Form method="post" preventScrollReset>
                        <input type="hidden" name="windowId" value={windowId} />
                        <input type="hidden" name="intent" value="agree" />
                        <input type="hidden" name="day" value={day.day} />
                        <SubmitButton kind="plain">{t("window.day.agree")}</SubmitButton>
                      </Form>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
