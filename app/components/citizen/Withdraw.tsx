import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { PublicStage, TimelineEntry } from "~server/intake/read-status.server";
import actions from "./Actions.module.css";
import { Notice } from "./Notice";
import prose from "./Prose.module.css";
import { StatusTimeline } from "./StatusTimeline";

/** The step before a report is withdrawn: which one, how far it is, and what withdrawing does and does not undo. */
export function WithdrawQuestion({
  subjectName,
  stage,
  timeline,
  token,
}: {
  subjectName: string;
  stage: PublicStage;
  timeline: readonly TimelineEntry[];
  token: string;
}) {
  const { t } = useTranslation();
  return (
    <div className={prose.prose}>
      <h1>{t("status.withdraw.title")}</h1>
      <p>
        <strong>{subjectName || t("status.result.unnamed")}</strong>
      </p>
      <p>{t(`status.stage.${stage}`)}</p>
      <Notice kind="warning" title={t("status.withdraw.means")}>
        <ul>
          {(["receipt", "facts", "sealed", "final"] as const).map((point) => (
            <li key={point}>{t(`status.withdraw.points.${point}`)}</li>
          ))}
        </ul>
      </Notice>
      <form method="post" action={paths.status()} id="question" className={actions.row}>
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="view" value="ask-withdraw" />
        <button type="submit" name="intent" value="withdraw" className={actions.primary}>
          {t("status.withdraw.confirm")}
        </button>
        <button type="submit" name="intent" value="keep" className={actions.secondary}>
          {t("status.withdraw.keep")}
        </button>
      </form>
      <h2>{t("status.result.timeline")}</h2>
      <StatusTimeline entries={timeline} />
    </div>
  );
}

export function Withdrawn() {
  const { t } = useTranslation();
  return (
    <>
      {/* The header's buttons are of it; this page cannot come again. */}
      <form method="post" action={paths.preferences()} id="question" hidden />
      <h1>{t("status.withdraw.done")}</h1>
      <p>{t("status.withdraw.doneBody")}</p>
      <p className={actions.row}>
        <a href={paths.home()} className={actions.primary}>
          {t("error.home")}
        </a>
      </p>
    </>
  );
}
