import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "./ErrorSummary";
import { TextField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

/** 归并 one tip to the lead of a number. */
export function AttachForm({
  tipId,
  state,
  refusal,
}: {
  tipId: string;
  state: FormState | null;
  refusal: string | null;
}) {
  const { t } = useTranslation("staff");
  const form = `attach-${tipId}`;
  return (
    <details className={controls.disclosure} open={state !== null || undefined}>
      <summary>{t("lead.attachTitle")}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={state} refusal={refusal} />
        <input type="hidden" name="intent" value="attach" />
        <input type="hidden" name="tipId" value={tipId} />
        <TextField
          form={form}
          name="toLeadNumber"
          label={t("lead.attachTo")}
          hint={t("lead.attachHint")}
          inputMode="numeric"
          state={state}
        />
        <SubmitButton kind="plain">{t("lead.attachButton")}</SubmitButton>
      </Form>
    </details>
  );
}
