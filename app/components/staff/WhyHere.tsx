import { useTranslation } from "react-i18next";
import type { DecisionPart } from "~server/routing/compare-decisions";
import type { DecisionView } from "~server/routing/present-decision";
import { DecisionCard } from "./DecisionCard";
import controls from "./controls.module.css";

/** 为什么在这里: what was confirmed, and where it departs from what the rules proposed when the report came. */
export function WhyHere({
  proposed,
  confirmed,
  changedParts,
}: {
  proposed: DecisionView | null;
  confirmed: DecisionView | null;
  changedParts: readonly DecisionPart[];
}) {
  const { t } = useTranslation("staff");
  const shown = confirmed ?? proposed;
  return (
    <section className={controls.card} aria-labelledby="why-title">
      <h2 id="why-title">{t("lead.why")}</h2>
      {shown === null && <p className={controls.muted}>{t("routing.why.none")}</p>}
      {shown !== null && <DecisionCard decision={shown} />}
      {proposed !== null && confirmed !== null && (
        <details className={controls.disclosure}>
          <summary>{t("lead.earlier")}</summary>
          <p className={controls.muted}>
            {changedParts.length === 0
              ? t("routing.why.asProposed")
              : t("routing.why.notAsProposed", {
                  parts: changedParts.map((part) => t(`routing.parts.${part}`)).join(t("separator")),
                })}
          </p>
          <DecisionCard decision={proposed} />
        </details>
      )}
    </section>
  );
}
