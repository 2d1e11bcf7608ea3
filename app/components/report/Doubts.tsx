import { useTranslation } from "react-i18next";
import { Notice } from "~/components/citizen/Notice";
import type { Doubt } from "~/forms/report-doubts";

/** What looks mistyped, each with the way to its field. It may be right: nothing here stops anybody. */
export function Doubts({ doubts }: { doubts: readonly Doubt[] }) {
  const { t } = useTranslation();
  if (doubts.length === 0) return null;
  return (
    <div role="status">
      <Notice kind="warning" title={t("report.doubts.title")}>
        {doubts.map(({ field, key, typed, meant }) => (
          <p key={`${field}-${typed}`}>
            <a href={`#${field}`}>{t(`report.doubts.${key}`, { typed, meant })}</a>
          </p>
        ))}
        <p>{t("report.doubts.goOn")}</p>
      </Notice>
    </div>
  );
}
