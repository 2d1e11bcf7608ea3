import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { BatchView } from "~server/payouts/read-batch.server";
import { ErrorSummary } from "../ErrorSummary";
import { fieldId } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";

/** 登记送交银行: the cashier says which of the files made it was; the last one unless they choose another. */
export function SendBatch({ files, failed }: { files: BatchView["files"]; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const mine = failed?.form === "send" ? failed : null;
  return (
    <section className={controls.spacedTop} aria-labelledby="send-title">
      <h2 id="send-title">{t("payouts.send.title")}</h2>
      <p className={controls.muted}>{t("payouts.send.hint")}</p>
      {/* A file made meanwhile is the last one: chosen anew. */}
      <Form method="post" preventScrollReset key={files[0]?.id}>
        <ErrorSummary form="send" state={mine?.state} refusal={mine?.refusal} />
        <input type="hidden" name="intent" value="send" />
        <fieldset className={controls.fieldset}>
          <legend>{t("payouts.send.which")}</legend>
          {files.map((file, at) => {
            const id = at === 0 ? fieldId("send", "fileId") : fieldId("send", file.id);
            const kind = t(`payouts.file.kinds.${file.kind}`);
            return (
              <div key={file.id} className={controls.check}>
                <input type="radio" id={id} name="fileId" value={file.id} defaultChecked={at === 0} />
                <label htmlFor={id}>
                  {t("payouts.send.file", { kind, time: formatInstant(file.madeAt) })}{" "}
                  <span className={controls.muted}>
                    {t("payouts.send.fileMark", { mark: file.sha256.slice(0, 8) })}
                  </span>
                </label>
              </div>
            );
          })}
        </fieldset>
        <SubmitButton>{t("payouts.send.button")}</SubmitButton>
      </Form>
    </section>
  );
}
