import { useTranslation } from "react-i18next";
import type { TFunction } from "i18next";
import actions from "./Actions.module.css";
import { ErrorSummary } from "./ErrorSummary";
import { TextArea } from "./Fields";
import prose from "./Prose.module.css";

export type StatusFault =
  | { readonly kind: "empty" | "not_found" | "expired" }
  | { readonly kind: "unknown_item"; readonly position: number; readonly item: string };

/** One box for any spelling. An unknown receipt and a mistyped one get the same words. */
export function StatusForm({
  refused,
}: {
  refused?: { readonly typed: string; readonly fault: StatusFault };
}) {
  const { t } = useTranslation();
  const error = refused === undefined ? undefined : sayFault(t, refused.fault);
  return (
    <>
      <ErrorSummary items={error === undefined ? [] : [{ field: "receipt", text: error }]} />
      <h1>{t("status.title")}</h1>
      <p>{t("status.lead")}</p>
      <form method="post" noValidate autoComplete="off">
        <TextArea
          name="receipt"
          rows={3}
          label={t("status.receipt")}
          hint={t("status.hint")}
          error={error}
          value={refused?.typed ?? ""}
          autoComplete="off"
        />
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

function sayFault(t: TFunction, fault: StatusFault): string {
  switch (fault.kind) {
    case "empty":
      return t("status.errors.empty");
    case "expired":
      return t("status.errors.expired");
    case "unknown_item":
      return t("status.errors.unknownItem", { position: fault.position, item: fault.item });
    case "not_found":
      return t("status.errors.notFound");
  }
}
