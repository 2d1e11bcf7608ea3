import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { DecisionView, RouteView } from "~server/routing/present-decision";
import { becauseOf, bodiesText, factsText, territoryText } from "./decision-words";
import controls from "./controls.module.css";
import styles from "./decision.module.css";

/**
 * Why the lead is (or would be) where it is: first one sentence, then each rule with its clause and what matched, the
 * next best and why it was not taken, and whether deciding anew comes to the same.
 */
export function DecisionCard({ decision }: { decision: DecisionView }) {
  const { t } = useTranslation("staff");
  return (
    <div className={styles.decision}>
      <p className={styles.head}>
        <span className={controls.tag} data-tone={decision.kind === "confirmed" ? "done" : "waiting"}>
          {t(`lead.${decision.kind}`)}
        </span>
        <span className={controls.muted}>{formatDay(decision.decidedOn)}</span>
      </p>
      <Because decision={decision} />
      {decision.overridden && (
        <p className={styles.because}>
          {t("routing.why.overridden", {
            lead: bodiesText(decision.lead, t),
            reason: decision.reason ?? "",
          })}
        </p>
      )}
      {decision.escalate && <p className={styles.escalated}>{t("lead.escalated")}</p>}
      <Bodies decision={decision} />
      <RuleTable decision={decision} />
      <p className={styles.replay} data-replay={decision.replay}>
        {t(`routing.replay.${decision.replay}`, {
          document: decision.document,
          version: decision.packVersion,
        })}
      </p>
    </div>
  );
}

/** The sentence, and with it what contradicts itself in the facts it rests on. */
export function Because({ decision }: { decision: RouteView & { readonly document: string } }) {
  const { t } = useTranslation("staff");
  const { contradictions } = decision;
  return (
    <>
      <p className={styles.because}>{becauseOf(decision, t)}</p>
      {contradictions.length > 0 && (
        <ul className={styles.contradictions}>
          {contradictions.map(({ kind, sector, value, office }) => (
            <li key={`${kind}:${sector}:${value}`}>
              {t(`contradictions.${kind}`, { sector, value, office })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Who does what, roles without a body left out; the place last. */
export function Bodies({ decision }: { decision: RouteView }) {
  const { t } = useTranslation("staff");
  const bodies: [string, string][] = [
    [t("lead.leadBody"), bodiesText(decision.lead, t)],
    [t("lead.coLead"), bodiesText(decision.coLead, t)],
    [t("lead.also"), bodiesText(decision.also, t)],
    [t("lead.cooperating"), bodiesText(decision.cooperating, t)],
    [t("lead.territory"), territoryText(decision.territory, t)],
  ];
  return (
    <dl className={styles.bodies}>
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
  );
}

/** Rule, clause and what matched, in the order of the decision; the next best last. */
export function RuleTable({ decision }: { decision: Pick<RouteView, "basis" | "nextBest"> }) {
  const { t } = useTranslation("staff");
  return (
    <table className={styles.rules}>
      <thead>
        <tr>
          <th scope="col">{t("routing.why.rule")}</th>
          <th scope="col">{t("routing.why.clause")}</th>
          <th scope="col">{t("routing.why.matched")}</th>
        </tr>
      </thead>
      <tbody>
        {decision.basis.map(({ kind, rule, clause, matched }) => (
          <tr key={rule}>
            <th scope="row">
              {t(`routing.kinds.${kind}`)}
              <code>{rule}</code>
            </th>
            <td>{clause}</td>
            <td>{factsText(matched, t)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t("routing.why.nextBest")}</th>
          {decision.nextBest === null ? (
            <td colSpan={2}>{t("routing.why.noNextBest")}</td>
          ) : (
            <>
              <td>{decision.nextBest.clause}</td>
              <td>
                {decision.nextBest.lead.join(t("separator"))}
                {t("routing.why.notTaken")}
              </td>
            </>
          )}
        </tr>
      </tbody>
    </table>
  );
}
