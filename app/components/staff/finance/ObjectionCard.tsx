import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { ObjectionRow } from "~server/rewards/list-objections.server";
import { TextAreaField, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

/** One objection: which award, against what, by when; the answer, or the two ways to give one. */
export function ObjectionCard({
  row,
  state,
  mayAnswer,
  mayAssess,
}: {
  row: ObjectionRow;
  state: FormState | null;
  mayAnswer: boolean;
  mayAssess: boolean;
}) {
  const { t } = useTranslation("staff");
  const { daysLeft } = row;
  const form = `objection-${row.id}`;
  return (
    <section className={controls.card}>
      <h2>
        <Link to={paths.staff.award(row.awardId)} className={styles.code}>
          {row.codeName}
        </Link>{" "}
        · {formatFen(row.amountFen)}
      </h2>
      <dl className={styles.pairs}>
        <div>
          <dt>{t("assessment.objections.ground")}</dt>
          <dd>{t(`assessment.objections.grounds.${row.ground}`)}</dd>
        </div>
        <div>
          <dt>{t("assessment.objections.statedOn")}</dt>
          <dd>{formatDay(row.statedOn)}</dd>
        </div>
        <div>
          <dt>{t("assessment.objections.due")}</dt>
          <dd>
            {formatDay(row.dueOn)}
            {daysLeft !== null && (
              <>
                {" "}
                <span
                  className={controls.clock}
                  data-state={daysLeft < 0 ? "over" : daysLeft <= 3 ? "near" : "calm"}
                >
                  {daysLeft === 0
                    ? t("assessment.objections.today")
                    : t(daysLeft < 0 ? "assessment.objections.over" : "assessment.objections.left", {
                        days: Math.abs(daysLeft),
                      })}
                </span>
              </>
            )}
          </dd>
        </div>
        {row.outcome !== null && (
          <div>
            <dt>{t("assessment.objections.outcome")}</dt>
            <dd>
              {t("assessment.objections.answered", {
                outcome: t(`assessment.objections.outcomes.${row.outcome as "kept"}`),
                answer: row.answer,
              })}
            </dd>
          </div>
        )}
      </dl>
      {row.outcome === null && mayAssess && (
        <p>
          <Link to={paths.staff.assess(row.leadId)}>{t("assessment.objections.reassess")}</Link>
        </p>
      )}
      {row.outcome === null && mayAnswer && (
        <Form method="post" noValidate>
          <input type="hidden" name="objectionId" value={row.id} />
          <TextAreaField
            form={form}
            name="answer"
            label={t("assessment.objections.answer")}
            hint={t("assessment.objections.answerHint")}
            rows={4}
            state={state}
          />
          <SubmitButton>{t("assessment.objections.keep")}</SubmitButton>
        </Form>
      )}
    </section>
  );
}
