import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { WindowFailure } from "~server/windows/act-on-window.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";

const TEXTS = ["nameZh", "nameEn", "addressZh", "addressEn", "hoursZh", "hoursEn"] as const;

/** Proposing a window; another person opens it. */
export function SetUpForm({
  sources,
  failed,
}: {
  sources: readonly { value: string; label: string }[];
  failed: WindowFailure | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.intent === "propose" ? failed : null;
  return (
    <details className={controls.disclosure} open={mine !== null}>
      <summary>{t("window.setUp.title")}</summary>
      <p className={controls.muted}>{t("window.setUp.lead")}</p>
      <Form method="post" noValidate preventScrollReset>
        <ErrorSummary form="propose" state={mine?.state} refusal={mine?.refusal} />
        <input type="hidden" name="intent" value="propose" />
        <SelectField
          form="propose"
          state={mine?.state}
          name="fundId"
          label={t("window.setUp.fund")}
          options={sources}
        />
        <TextField
          form="propose"
          state={mine?.state}
          name="code"
          label={t("window.setUp.code")}
          hint={t("window.setUp.codeHint")}
          maxLength={2}
        />
        {TEXTS.map((name) => (
          <TextField
            key={name}
            form="propose"
            state={mine?.state}
            name={name}
            label={t(`window.setUp.${name}`)}
            maxLength={160}
          />
        ))}
        <SubmitButton kind="plain">{t("window.setUp.submit")}</SubmitButton>
      </Form>
    </details>
  );
}
