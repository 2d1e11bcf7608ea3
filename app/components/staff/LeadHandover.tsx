import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  handOverLeads,
  type HandoverProgress,
  type HandoverResult,
} from "~/staff-client/keys/hand-over-leads";
import { useKeyring } from "~/staff-client/keys/keyring";
import { ProgressBar } from "./ProgressBar";
import controls from "./controls.module.css";
import styles from "./handover.module.css";

type Run = {
  /** Those it is for, in words. */
  readonly bodies: string;
  readonly progress: HandoverProgress | null;
  readonly result: HandoverResult | null;
};

/**
 * On a lead's page, for triage: its content keys go to the bodies that hold it by themselves, as the last step of 转办.
 * An interrupted handing over goes on with the next look at the page.
 */
export function LeadHandover({
  leadId,
  waiting,
}: {
  leadId: string;
  waiting: { tips: number; bodies: readonly string[]; keyless: readonly string[] };
}) {
  const { t } = useTranslation("staff");
  const keys = useKeyring();
  const keyring = keys.state === "open" ? keys.keyring : null;
  const [run, setRun] = useState<Run | null>(null);
  const [attempt, setAttempt] = useState(0);
  const needed = waiting.tips > 0;
  const waitingFor = waiting.bodies.join(t("separator"));
  useEffect(() => {
    if (!needed || keyring === null) return;
    const stop = new AbortController();
    // Afterwards the page's own list of those who wait is empty: whom it was for is kept with the outcome.
    const tell = (now: Omit<Run, "bodies">) => {
      if (!stop.signal.aborted) setRun({ bodies: waitingFor, ...now });
    };
    void handOverLeads([leadId], keyring, (progress) => tell({ progress, result: null }), stop.signal).then(
      (result) => tell({ progress: null, result }),
    );
    return () => stop.abort();
  }, [leadId, needed, waitingFor, waiting.tips, keyring, attempt]);
  const { progress, result, bodies } = run ?? { progress: null, result: null, bodies: waitingFor };
  return (
    <>
      {waiting.keyless.length > 0 && (
        <p className={styles.quiet}>
          {t("handover.keyless", { bodies: waiting.keyless.join(t("separator")) })}
        </p>
      )}
      {needed && keyring === null && (
        <p className={styles.quiet}>
          {t("handover.onLeadKeys", { count: waiting.tips, bodies: waitingFor })}
        </p>
      )}
      {progress !== null && (
        <ProgressBar
          done={progress.handed}
          of={progress.of}
          label={t("handover.onLead", { of: progress.of, handed: progress.handed, bodies })}
        />
      )}
      {result?.state === "done" && result.handed > 0 && (
        <p className={controls.notice} role="status">
          {t("handover.onLeadDone", { handed: result.handed, bodies })}
        </p>
      )}
      {result?.state === "done" && result.left > 0 && (
        <p className={styles.quiet} role="status">
          {t("handover.doneSome", { handed: result.handed, left: result.left })}
        </p>
      )}
      {result?.state === "stopped" && (
        <p className={styles.quiet} role="status">
          {result.said || t("handover.stopped")}{" "}
          <button
            type="button"
            className={controls.button}
            data-kind="plain"
            onClick={() => setAttempt((now) => now + 1)}
          >
            {t("handover.goOn")}
          </button>
        </p>
      )}
    </>
  );
}
