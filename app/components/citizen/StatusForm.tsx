import { useTranslation } from "react-i18next";
import type { TFunction } from "i18next";
import { WorkFields, useWorkError } from "~/components/report/WorkFields";
import type { StatusRefusal } from "~server/messages/act-on-status.server";
import actions from "./Actions.module.css";
import { ErrorSummary } from "./ErrorSummary";
import { TextArea } from "./Fields";
import { Notice } from "./Notice";
import prose from "./Prose.module.css";

export type StatusFault = NonNullable<StatusRefusal["fault"]>;

/**
 * One box for any spelling. An unknown receipt and a mistyped one get the same words. Words from a page that ran out
 * stand below it, and go on to the page the receipt opens.
 */
export function StatusForm({ refused }: { refused?: StatusRefusal }) {
  const { t } = useTranslation();
  const { kept = null, work = null } = refused ?? {};
  const error = refused?.fault ? sayFault(t, refused.fault, kept !== null) : undefined;
  const workError = useWorkError(work?.asked ?? null);
  const faults = [
    ...(error === undefined ? [] : [{ field: "receipt", text: error }]),
    ...(workError === undefined ? [] : [{ field: "answer", text: workError }]),
  ];
  return (
    <>
      <ErrorSummary items={faults} />
      <h1>{t("status.title")}</h1>
      <p>{t("status.lead")}</p>
      {work === null ? null : (
        <div role="status">
          <Notice kind="warning">
            <p>{t("status.work")}</p>
          </Notice>
        </div>
      )}
      <form method="post" id="question" noValidate autoComplete="off">
        <TextArea
          name="receipt"
          rows={3}
          label={t("status.receipt")}
          hint={t("status.hint")}
          error={error}
          value={refused?.typed ?? ""}
          autoComplete="off"
        />
        {kept === null ? null : (
          <>
            <input type="hidden" name="keptIntent" value={kept.intent} />
            <TextArea
              name="keptText"
              rows={6}
              label={t("status.messages.kept")}
              hint={t("status.messages.keptHint")}
              value={kept.text}
              autoComplete="off"
            />
          </>
        )}
        {work === null ? null : <WorkFields {...work} />}
        <div className={actions.row}>
          <button type="submit" className={actions.primary}>
            {t("status.submit")}
          </button>
        </div>
      </form>
      <p className={prose.source}>{t("status.privacy")}</p>
    </>
  );
}

export function sayFault(t: TFunction, fault: StatusFault, isKept: boolean): string {
  switch (fault.kind) {
    case "empty":
      return t("status.errors.empty");
    case "expired":
      return t(isKept ? "status.errors.expiredKept" : "status.errors.expired");
    case "unknown_item":
      return t("status.errors.unknownItem", { position: fault.position, item: fault.item });
    case "not_found":
      return t("status.errors.notFound");
  }
}
