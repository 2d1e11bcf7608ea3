import type { ReactNode } from "react";
import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "./ErrorSummary";
import { SubmitButton } from "./SubmitButton";
import { FaultList } from "./routing/FaultList";
import controls from "./controls.module.css";
import type { UploadOutcome } from "~server/packs/act-on-versions.server";

/** What is said of a pack's file, and of a scheme's. */
const WORDS = { packFile: "routing.versions", schemeFile: "schemes" } as const;

/** One file of rules to be checked; what the check refuses is told with its place and rule. `children`: further fields. */
export function UploadFile({
  name,
  failed,
  children,
}: {
  name: keyof typeof WORDS;
  failed: Extract<UploadOutcome, { ok: false }> | null;
  children?: ReactNode;
}) {
  const { t } = useTranslation("staff");
  const words = WORDS[name];
  const fault = failed?.fault ?? null;
  return (
    <section className={controls.card} aria-labelledby="upload-title">
      <h2 id="upload-title">{t(`${words}.uploadTitle`)}</h2>
      <ErrorSummary
        form="upload"
        state={failed === null ? null : { values: {}, errors: failed.errors }}
        refusal={failed?.refusal}
      />
      {fault !== null && (
        <div className={controls.summary} role="alert">
          <p className={controls.summaryTitle}>{t(`${words}.uploadRefused`)}</p>
          <FaultList fault={fault} />
        </div>
      )}
      <Form method="post" encType="multipart/form-data">
        <div className={controls.field}>
          <label htmlFor={`upload-${name}`}>{t(`${words}.file`)}</label>
          <p className={controls.hint} id="upload-hint">
            {t(`${words}.uploadHint`)}
          </p>
          <input
            id={`upload-${name}`}
            name={name}
            type="file"
            accept="application/json,.json"
            aria-describedby="upload-hint"
          />
        </div>
        {children}
        <SubmitButton>{t(`${words}.upload`)}</SubmitButton>
      </Form>
    </section>
  );
}
