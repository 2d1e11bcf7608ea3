import { useTranslation } from "react-i18next";
import type { FormState } from "./Field";
import { FindingsTable, RecordForm, VerdictForm, type FindingView } from "./Findings";
import controls from "./controls.module.css";

export type FindingsFailure = {
  readonly intent: "record" | "verdict";
  readonly state: FormState;
  readonly refusal: string | null;
};

/** Versions of the finding, and the forms this person may use on them. */
export function FindingsSection({
  leadId,
  findings,
  rights,
  failed = null,
}: {
  leadId: string;
  findings: readonly FindingView[];
  rights: {
    readonly mayRecord: boolean;
    readonly toVerify: string | null;
    readonly own: boolean;
    readonly needsPasskey: boolean;
    readonly forBody: boolean;
  };
  failed?: FindingsFailure | null;
}) {
  const { t } = useTranslation("staff");
  const waiting = findings.find(({ id }) => id === rights.toVerify);
  const stateOf = (intent: FindingsFailure["intent"]) =>
    failed?.intent === intent
      ? { state: failed.state, refusal: failed.refusal }
      : { state: null, refusal: null };
  return (
    <section className={controls.card} id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">{t("findings.title")}</h2>
      <FindingsTable findings={findings} />
      {rights.needsPasskey && <p className={controls.muted}>{t("findings.needsPasskey")}</p>}
      {rights.own && (
        <p className={controls.muted}>{t(rights.forBody ? "findings.ownForBody" : "findings.ownFinding")}</p>
      )}
      {(waiting !== undefined || failed?.intent === "verdict") && (
        <VerdictForm
          leadId={leadId}
          forBody={rights.forBody}
          finding={waiting ?? findings[0] ?? null}
          {...stateOf("verdict")}
        />
      )}
      {(rights.mayRecord || failed?.intent === "record") && (
        <RecordForm
          leadId={leadId}
          forBody={rights.forBody}
          seen={findings[0]?.version ?? 0}
          {...stateOf("record")}
        />
      )}
    </section>
  );
}
