import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SubmitButton } from "~/components/staff/SubmitButton";
import { FaultList } from "~/components/staff/routing/FaultList";
import controls from "~/components/staff/controls.module.css";
import type { UploadOutcome } from "~server/packs/act-on-versions.server";

/** One scheme's file to be checked; what the check refuses is told with its place and both clauses. */
export function UploadScheme({ failed }: { failed: Extract<UploadOutcome, { ok: false }> | null }) {
  const { t } = useTranslation("staff");
  const fault = failed?.fault ?? null;
  return (
    <section className={controls.card} aria-labelledby="upload-title">
      <h2 id="upload-title">{t("schemes.uploadTitle")}</h2>
      <ErrorSummary
        form="upload"
        state={failed === null ? null : { values: {}, errors: failed.errors }}
        refusal={failed?.refusal}
      />
      {fault !== null && (
        <div className={controls.summary} role="alert">
          <p className={controls.summaryTitle}>{t("schemes.uploadRefused")}</p>
          <FaultList fault={fault} />
        </div>
      )}
      <Form method="post" encType="multipart/form-data">
        <div className={controls.field}>
          <label htmlFor="upload-schemeFile">{t("schemes.file")}</label>
          <p className={controls.hint} id="upload-hint">
            {t("schemes.uploadHint")}
          </p>
          <input
            id="upload-schemeFile"
            name="schemeFile"
            type="file"
            accept="application/json,.json"
            aria-describedby="upload-hint"
          />
        </div>
        <SubmitButton>{t("schemes.upload")}</SubmitButton>
      </Form>
    </section>
  );
}
