import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { daysUntil, formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { PlanPhase } from "~server/plan/list-plan.server";
import { Clock } from "../Clock";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

/** A phase is near from a week off, when its bodies are reminded. */
const phaseToGo = (days: number) => ({ days, unit: "calendar" as const, near: days <= 7 });

/** The running round: each phase, its day, how many bodies are done. */
export function PlanPhases({
  own,
  title,
  phases,
  today,
  keeps,
}: {
  /** Which of several plans, as an address says it. */
  own: Readonly<Record<string, string>>;
  title: string;
  phases: readonly PlanPhase[];
  today: string;
  keeps: boolean;
}) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="round-title">
      <h2 id="round-title">{t("plan.current", { title })}</h2>
      <div className={controls.tableWrap} role="region" aria-labelledby="round-title" tabIndex={0}>
        <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
          <thead>
            <tr>
              <th scope="col">{t("plan.phase")}</th>
              <th scope="col">{t("plan.due")}</th>
              <th scope="col">{t("plan.bodies")}</th>
            </tr>
          </thead>
          <tbody>
            {phases.map((phase) => (
              <tr key={phase.id}>
                <th scope="row">
                  <Link to={paths.staff.plan({ ...own, phase: phase.id })}>{phase.title}</Link>
                </th>
                <td data-label={t("plan.due")}>
                  {formatDay(phase.dueOn)}{" "}
                  {phase.done < phase.bodies && <Clock toGo={phaseToGo(daysUntil(today, phase.dueOn))} />}
                </td>
                <td data-label={t("plan.state")}>
                  {t("plan.progress", { done: phase.done, bodies: phase.bodies })}{" "}
                  {phase.late > 0 && (
                    <span className={controls.tag} data-tone="major">
                      {t("plan.late", { count: phase.late })}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {keeps && (
        <details className={controls.disclosure}>
          <summary>{t("plan.end")}</summary>
          <Form method="post">
            <input type="hidden" name="intent" value="end" />
            <SubmitButton kind="danger">{t("plan.end")}</SubmitButton>
          </Form>
        </details>
      )}
    </section>
  );
}
