import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { Notice } from "~/components/citizen/Notice";
import { Progress } from "~/components/report/Progress";
import steps from "~/components/report/steps.module.css";
import type { FileOutcome } from "~server/evidence/file-meta";
import type { ListedFile } from "~server/evidence/list-files.server";
import { FileField } from "./FileField";
import { FileList } from "./FileList";

/** The page of the form where files are added. Works without script; with it files are sent one by one. */
export function EvidencePage({
  files,
  refused,
  already,
  broken,
  back,
  at,
  of,
}: {
  files: readonly ListedFile[];
  /** Of the post just answered. */
  refused: readonly Extract<FileOutcome, { state: "refused" }>[];
  already: readonly string[];
  broken: boolean;
  back: string;
  at: number;
  of: number;
}) {
  const { t } = useTranslation();
  const problems = refused.map(({ id, name, reason }) => ({
    field: id === null ? "files" : `file-${id}`,
    text: t("evidence.problem", { name, text: t(`evidence.reasons.${reason}`) }),
  }));
  return (
    <>
      <Progress back={back} at={at} of={of} />
      <ErrorSummary items={broken ? [{ field: "files", text: t("evidence.broken") }] : problems} />
      <h1>{t("evidence.title")}</h1>
      <p className={steps.lead}>{t("evidence.lead")}</p>
      <form method="post" encType="multipart/form-data" id="question" noValidate data-upload>
        <FileField />
      </form>
      <FileList files={files} already={already} />
      <Notice title={t("evidence.anonymous.title")}>
        <p>{t("evidence.anonymous.pictures")}</p>
        <p>{t("evidence.anonymous.others")}</p>
      </Notice>
      <div className={actions.row}>
        <button type="submit" form="question" name="intent" value="continue" className={actions.primary}>
          {t("report.next")}
        </button>
        <button type="submit" form="question" name="intent" value="save" className={actions.link}>
          {t("report.save")}
        </button>
      </div>
      <details className={steps.why}>
        <summary>{t("report.why")}</summary>
        <p>{t("evidence.why")}</p>
      </details>
      <script src="/upload.js" defer />
    </>
  );
}
