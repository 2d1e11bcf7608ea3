import { useTranslation } from "react-i18next";
import { Because, RuleTable } from "~/components/staff/DecisionCard";
import { bodiesText, territoryText } from "~/components/staff/decision-words";
import controls from "~/components/staff/controls.module.css";
import decision from "~/components/staff/decision.module.css";
import type { Simulated } from "~server/routing/simulate-route.server";

/** What the rules say to made-up facts. */
export function RouteResult({ result }: { result: Simulated["result"] }) {
  const { t } = useTranslation("staff");
  if (result === null) return <p className={controls.empty}>{t("routing.simulate.empty")}</p>;
  const bodies: [string, string][] = [
    [t("lead.leadBody"), bodiesText(result.lead, t)],
    [t("lead.coLead"), bodiesText(result.coLead, t)],
    [t("lead.also"), bodiesText(result.also, t)],
    [t("lead.cooperating"), bodiesText(result.cooperating, t)],
    [t("lead.territory"), territoryText(result.territory, t)],
  ];
  return (
    <section className={`${controls.card} ${decision.decision}`} aria-labelledby="result-title">
      <h2 id="result-title">{t("routing.simulate.resultTitle")}</h2>
      <Because decision={result} />
      {result.escalate && <p className={decision.escalated}>{t("lead.escalated")}</p>}
      <dl className={decision.bodies}>
        {bodies.map(
          ([label, names]) =>
            names !== "" && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{names}</dd>
              </div>
            ),
        )}
      </dl>
      <RuleTable decision={result} />
      <p className={controls.muted}>
        {t("routing.simulate.resultBy", { document: result.document, version: result.packVersion })}
      </p>
    </section>
  );
}
