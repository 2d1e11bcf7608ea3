import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import type { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { DecisionView, FactView } from "~server/triage/present-lead.server";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/** Why the lead is (or would be) where it is: bodies, place, and each rule with its clause and what matched. */
export function DecisionCard({ decision, document }: { decision: DecisionView; document: string }) {
  const { t } = useTranslation("staff");
  const bodies: [string, readonly string[]][] = [
    [t("lead.leadBody"), decision.lead],
    [t("lead.coLead"), decision.coLead],
    [t("lead.also"), decision.also],
    [t("lead.cooperating"), decision.cooperating],
    [t("lead.territory"), [territoryText(decision, t)]],
  ];
  return (
    <div className={styles.decision}>
      <p className={styles.decisionHead}>
        <span className={controls.tag} data-tone={decision.kind === "confirmed" ? "done" : "waiting"}>
          {t(`lead.${decision.kind}`)}
        </span>
        <span className={controls.muted}>{formatDay(decision.decidedOn)}</span>
      </p>
      <dl className={styles.pairs}>
        {bodies.map(
          ([label, names]) =>
            names.length > 0 && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{names.join(t("separator"))}</dd>
              </div>
            ),
        )}
        {decision.overridden && (
          <div>
            <dt>{t("lead.overridden")}</dt>
            <dd>{decision.reason}</dd>
          </div>
        )}
      </dl>
      {decision.escalate && <p className={styles.escalated}>{t("lead.escalated")}</p>}
      <h4>{t("lead.basis")}</h4>
      <ol className={styles.basis}>
        {decision.basis.map(({ rule, clause, matched }) => (
          <li key={rule}>
            <strong>{clause}</strong>
            <span>
              {matched.length === 0
                ? t("lead.facts.otherwise")
                : matched.map((fact) => factText(fact, t)).join("，")}
            </span>
          </li>
        ))}
      </ol>
      {decision.basis.length > 0 && (
        <details className={controls.quietDetails}>
          <summary>{t("lead.ruleIds")}</summary>
          <ul className={styles.ruleIds}>
            {decision.basis.map(({ rule }) => (
              <li key={rule}>
                <code>{rule}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {decision.nextBest && (
        <p className={controls.muted}>
          {t("lead.nextBest")}：{decision.nextBest.lead.join(t("separator"))}（{decision.nextBest.clause}）
        </p>
      )}
      <p className={controls.muted}>{t("lead.byPack", { document, version: decision.packVersion })}</p>
    </div>
  );
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

function territoryText({ territory }: DecisionView, t: StaffText): string {
  const cooperate = territory.cooperate.join(t("separator"));
  if (territory.lead === null) {
    return cooperate === "" ? t("lead.territoryNone") : t("lead.territoryTogether", { cooperate });
  }
  return cooperate === ""
    ? t("lead.territoryLead", { place: territory.lead })
    : t("lead.territoryBoth", { lead: territory.lead, cooperate });
}

function factText({ fact, value }: FactView, t: StaffText): string {
  const shown = fact === "allegedFen" ? formatFen(value) : value || t("unknownSector");
  return t(`lead.facts.${fact as keyof typeof staffLead.facts}`, { value: shown });
}
