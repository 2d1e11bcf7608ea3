import { useTranslation } from "react-i18next";
import { Because, Bodies, RuleTable } from "~/components/staff/DecisionCard";
import controls from "~/components/staff/controls.module.css";
import decision from "~/components/staff/decision.module.css";
import type { Simulated } from "~server/routing/simulate-route.server";

/** What the rules say to made-up facts. */
export function RouteResult({ result }: { result: Simulated["result"] }) {
  const { t } = useTranslation("staff");
  if (result === null) return <p className={controls.empty}>{t("routing.simulate.empty")}</p>;
  return (
    <section className={`${controls.card} ${decision.decision}`} aria-labelledby="result-title">
      <h2 id="result-title">{t("routing.simulate.resultTitle")}</h2>
      <Because decision={result} />
      {result.escalate && <p className={decision.escalated}>{t("lead.escalated")}</p>}
      <Bodies decision={result} />
      <RuleTable decision={result} />
      <p className={controls.muted}>
        {t("routing.simulate.resultBy", { document: result.document, version: result.packVersion })}
      </p>
    </section>
  );
}
