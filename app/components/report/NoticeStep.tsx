import { useTranslation } from "react-i18next";
import { TextField } from "~/components/citizen/Fields";
import { Notice } from "~/components/citizen/Notice";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

/** The address “there is news” may go to; what it costs is said before it is asked for. */
export function NoticeStep({ values, errors, offer }: StepProps) {
  const { t } = useTranslation();
  return (
    <>
      <Notice kind={offer.named ? "plain" : "warning"}>
        <p>{t(offer.named ? "report.noticeNamed" : "report.noticeCost")}</p>
      </Notice>
      <TextField
        name="noticeEmail"
        optional
        label={t("report.fields.noticeEmail.label")}
        hint={t("report.fields.noticeEmail.hint")}
        error={sayError(t, errors, "noticeEmail")}
        value={textOf(values, "noticeEmail")}
        inputMode="email"
        autoComplete={offer.named ? "email" : "off"}
        spellCheck={false}
      />
    </>
  );
}
