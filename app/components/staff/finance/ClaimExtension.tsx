import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { FormFailure } from "~server/clocks/carry-out.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

/** Finance gives the informant longer; or why that is not theirs, or not now. */
export function ClaimExtension({
  status,
  lastDay,
  closed,
  failed,
}: {
  status: string;
  lastDay: string | null;
  closed: string | null;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.form === "extend" ? failed : null;
  const field = { form: "extend", state: mine?.state ?? null };
  const over =
    status !== "approved" ? t("claims.extend.late") : lastDay === null ? t("claims.extend.noWindow") : null;
  return (
    <section className={controls.card} aria-labelledby="extend-title">
      <h2 id="extend-title">{t("claims.extend.title")}</h2>
      <p className={controls.muted}>{t("claims.extend.lead")}</p>
      {over !== null ? (
        <p className={styles.why}>{over}</p>
      ) : closed !== null ? (
        <p className={styles.why}>{t("finance.closed", { why: closed })}</p>
      ) : (
        <Form method="post" noValidate>
          <ErrorSummary form="extend" state={mine?.state} refusal={mine?.refusal} />
          <input type="hidden" name="intent" value="extend" />
          <TextField
            {...field}
            name="until"
            label={t("claims.extend.until")}
            hint={t("finance.payments.dayHint")}
            maxLength={20}
          />
          <TextAreaField
            {...field}
            name="reason"
            label={t("claims.extend.reason")}
            hint={t("claims.extend.reasonHint")}
            rows={2}
          />
          <SubmitButton>{t("claims.extend.button")}</SubmitButton>
        </Form>
      )}
    </section>
  );
}
