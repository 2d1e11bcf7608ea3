import { useTranslation } from "react-i18next";
import { factText } from "~/components/staff/decision-words";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import styles from "~/components/staff/routing.module.css";
import type { NamedBody, RuleTopic, RuleView } from "~server/routing/list-rules";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** Which body does what under which clause, with the names bodies have today. */
export function RulesTable({ rules }: { rules: readonly RuleView[] }) {
  const { t } = useTranslation("staff");
  if (rules.length === 0) return <p className={controls.empty}>{t("routing.rules.none")}</p>;
  return (
    <div className={controls.tableWrap} role="region" aria-labelledby="rules-title" tabIndex={0}>
      <table className={`${controls.table} ${finance.stacked} ${styles.rules}`}>
        <thead>
          <tr>
            <th scope="col">{t("routing.rules.scope")}</th>
            <th scope="col">{t("routing.rules.when")}</th>
            <th scope="col">{t("routing.rules.bodies")}</th>
            <th scope="col">{t("routing.rules.clause")}</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.rule}>
              <th scope="row">
                <strong>{topicText(rule.topic, t)}</strong>
                <code>{rule.rule}</code>
              </th>
              <td data-label={t("routing.rules.when")}>
                {rule.when.length === 0
                  ? t("routing.rules.whenNone")
                  : rule.when.map((fact) => factText(fact, t)).join("，")}
              </td>
              <td data-label={t("routing.rules.bodies")}>
                <Bodies rule={rule} />
              </td>
              <td data-label={t("routing.rules.clause")}>
                {rule.clause}
                {rule.inferred && ` · ${t("routing.rules.inferred")}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bodies({ rule }: { rule: RuleView }) {
  const { t } = useTranslation("staff");
  const names = (bodies: readonly NamedBody[]) =>
    bodies
      .map(({ name, today }) => (today === null ? name : name + t("routing.rules.today", { name: today })))
      .join(t("separator"));
  const lines = [
    rule.lead.length > 0 && t("routing.rules.leads", { names: names(rule.lead) }),
    rule.coLead.length > 0 && t("routing.rules.coLeads", { names: names(rule.coLead) }),
    rule.cooperating.length > 0 && t("routing.rules.cooperates", { names: names(rule.cooperating) }),
    rule.sameAs !== null && t("routing.rules.sameAs", { sector: rule.sameAs }),
    rule.note,
  ].filter((line): line is string => typeof line === "string");
  return lines.length === 0 ? t("none") : lines.map((line) => <p key={line}>{line}</p>);
}

function topicText(topic: RuleTopic, t: StaffText): string {
  switch (topic.kind) {
    case "sector":
      return topic.title ?? t("unknownSector");
    case "fallback":
      return t("routing.rules.fallbackTitle");
    case "crime":
      return t("routing.rules.crimeTitle");
    case "petition":
      return t("routing.rules.petitionTitle");
    case "escalation":
      return t("routing.rules.escalation");
    case "territory": {
      const title = t(`routing.rules.territory.${topic.rule}`);
      return topic.sectors.length === 0 ? title : `${title}（${topic.sectors.join(t("separator"))}）`;
    }
  }
}
