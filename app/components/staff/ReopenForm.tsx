import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { LeadFailure } from "~server/triage/act-on-lead.server";
import { ErrorSummary } from "./ErrorSummary";
import { TextAreaField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

/** Triage opens a closed lead again though no reporter asks for it. */
export function ReopenForm({ version, failed }: { version: number; failed: LeadFailure | null }) {
  const { t } = useTranslation("staff");
  const own = failed?.intent === "reopen" && failed.of === "" ? failed : null;
  return (
    <details className={controls.disclosure} open={own !== null || undefined}>
      <summary>{t("messages.reopen")}</summary>
      <Form method="post">
        <ErrorSummary form="reopen" state={own?.state} refusal={own?.refusal} />
        <p className={controls.hint}>{t("messages.reopenOwnHint")}</p>
        <input type="hidden" name="intent" value="reopen" />
        <input type="hidden" name="version" value={version} />
        <TextAreaField
          form="reopen"
          name="reopenNote"
          label={t("messages.reopenNote")}
          state={own?.state ?? null}
          rows={2}
        />
        <SubmitButton>{t("messages.reopen")}</SubmitButton>
      </Form>
    </details>
  );
}
