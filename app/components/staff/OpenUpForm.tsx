import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "./ErrorSummary";
import { TextAreaField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

/** Triage lets the bodies see a lead that was the leading office's alone. */
export function OpenUpForm({
  version,
  failed,
}: {
  version: number;
  failed: { readonly state: FormState; readonly refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary>{t("lead.openUp")}</summary>
      <Form method="post">
        <ErrorSummary form="open-up" state={failed?.state} refusal={failed?.refusal} />
        <p className={controls.hint}>{t("lead.openUpHint")}</p>
        <input type="hidden" name="intent" value="openUp" />
        <input type="hidden" name="version" value={version} />
        <TextAreaField form="open-up" name="reason" label={t("lead.openUpReason")} state={failed?.state} />
        <SubmitButton>{t("lead.openUpButton")}</SubmitButton>
      </Form>
    </details>
  );
}
