import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { SelectField } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import { FaultList } from "./FaultList";
import type { Option } from "~server/packs/list-options";
import type { UploadOutcome } from "~server/packs/act-on-versions.server";

/** One pack file to be checked; what the check refuses is told with file, place and rule. */
export function UploadPack({
  packs,
  failed,
}: {
  packs: readonly Option[];
  failed: Extract<UploadOutcome, { ok: false }> | null;
}) {
  const { t } = useTranslation("staff");
  const fault = failed?.fault ?? null;
  return (
    <section className={controls.card} aria-labelledby="upload-title">
      <h2 id="upload-title">{t("routing.versions.uploadTitle")}</h2>
      <ErrorSummary
        form="upload"
        state={failed === null ? null : { values: {}, errors: failed.errors }}
        refusal={failed?.refusal}
      />
      {fault !== null && (
        <div className={controls.summary} role="alert">
          <p className={controls.summaryTitle}>{t("routing.versions.uploadRefused")}</p>
          <FaultList fault={fault} />
        </div>
      )}
      <Form method="post" encType="multipart/form-data">
        <div className={controls.field}>
          <label htmlFor="upload-packFile">{t("routing.versions.file")}</label>
          <p className={controls.hint} id="upload-hint">
            {t("routing.versions.uploadHint")}
          </p>
          <input
            id="upload-packFile"
            name="packFile"
            type="file"
            accept="application/json,.json"
            aria-describedby="upload-hint"
          />
        </div>
        <SelectField
          form="upload"
          name="parentId"
          label={t("routing.versions.parent")}
          options={packs}
          empty={t("routing.versions.noParent")}
        />
        <SubmitButton>{t("routing.versions.upload")}</SubmitButton>
      </Form>
    </section>
  );
}
