import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { SupervisionView } from "~server/clocks/list-late.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./deadlines.module.css";

/** What was urged and what came back; a body answers its own here, the office for bodies without accounts. */
export function SupervisionList({
  issued,
  today,
  office,
  answers,
  none,
  failed,
}: {
  issued: readonly SupervisionView[];
  today: string;
  /** Whether the person may record an answer for a body that cannot. */
  office: boolean;
  /** The body this person answers for. */
  answers: string | null;
  none: string;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  if (issued.length === 0) return <p className={controls.empty}>{none}</p>;
  return (
    <ul className={styles.list}>
      {issued.map((one) => {
        const form = `answer-${one.id}`;
        const own = failed?.form === form ? failed : null;
        const answering = answers === one.agencyId;
        return (
          <li key={one.id} className={controls.card}>
            <p className={styles.head}>
              <strong>{t("deadlines.number", { year: one.year, no: one.no })}</strong>
              <span className={controls.tag} data-tone={one.answer === null ? "waiting" : "done"}>
                {one.answeredOn !== null
                  ? t("deadlines.answeredOn", { day: formatDay(one.answeredOn) })
                  : one.answerBy < today
                    ? t("deadlines.answerLate")
                    : t("deadlines.answerBy", { day: formatDay(one.answerBy) })}
              </span>
            </p>
            <p className={controls.muted}>
              {one.agency} ·{" "}
              <Link to={paths.staff.lead(one.leadId)}>
                {t("deadlines.leadNumber", { number: one.number })}
              </Link>{" "}
              · {t(`clocks.kinds.${one.clock}`)} {formatDay(one.dueOn)} ·{" "}
              {t("deadlines.issuedOn", { day: formatDay(one.issuedOn) })}
            </p>
            <p className={styles.words}>
              {t("deadlines.requirement")}：{one.note}
            </p>
            {one.answer !== null && (
              <p className={styles.words}>
                {t("deadlines.answer")}：{one.answer}
              </p>
            )}
            {((one.answer === null && (answering || (office && !one.bodyAnswers))) || own !== null) && (
              <details className={controls.disclosure} open={answering || own !== null || undefined}>
                <summary>{t(answering ? "deadlines.answer" : "deadlines.answerFor")}</summary>
                <Form method="post">
                  <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
                  <input type="hidden" name="intent" value="answer" />
                  <input type="hidden" name="supervisionId" value={one.id} />
                  <TextAreaField
                    form={form}
                    name="answer"
                    label={t("deadlines.answer")}
                    hint={t("deadlines.answerHint")}
                    state={own?.state}
                  />
                  <SubmitButton>{t("deadlines.answerSubmit")}</SubmitButton>
                </Form>
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}
