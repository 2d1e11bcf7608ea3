import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { LeadAssignments } from "~server/triage/list-assignments.server";
import { SelectField } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./board-tools.module.css";

/** Who works on a lead and who did; officers of its body take it, give it or hand it over. */
export function AssignForm({
  leadId,
  version,
  assignments,
  inTurn = false,
  search = "",
  back,
}: {
  leadId: string;
  version: number;
  assignments: LeadAssignments;
  /** Whether 轮派 is offered first. */
  inTurn?: boolean;
  search?: string;
  back: "board" | "lead";
}) {
  const { t } = useTranslation("staff");
  const { live, ended, mayAssign, people } = assignments;
  const form = `assign-${leadId}`;
  return (
    <section className={styles.assignees} id="assignees" aria-labelledby={`${form}-title`}>
      <h2 id={`${form}-title`}>{t("assign.title")}</h2>
      {live.length === 0 && <p className={controls.muted}>{t("assign.nobody")}</p>}
      {live.map((one) => (
        <p key={one.id}>
          {t(`assign.how.${one.how}`, { person: one.person, agency: one.agency, by: one.by })}{" "}
          <span className={controls.muted}>{formatInstant(one.fromAt)}</span>
        </p>
      ))}
      {mayAssign && (
        <Form method="post" action={`${paths.staff.board()}${search}`} className={styles.assignForm}>
          <input type="hidden" name="intent" value="assign" />
          <input type="hidden" name="leadId" value={leadId} />
          <input type="hidden" name="version" value={version} />
          <input type="hidden" name="back" value={back} />
          <SelectField
            form={form}
            name="assignee"
            label={t("assign.to")}
            options={[
              { value: "me", label: t("assign.me") },
              { value: "turn", label: t("assign.turn") },
              ...(live.length > 0 ? [{ value: "nobody", label: t("assign.release") }] : []),
              ...people.map(({ id, name, open }) => ({
                value: id,
                label: t("assign.person", { name, open }),
              })),
            ]}
            value={inTurn ? "turn" : "me"}
          />
          <SubmitButton kind="plain">{t("assign.button")}</SubmitButton>
        </Form>
      )}
      {ended.length > 0 && (
        <details className={controls.quietDetails}>
          <summary>{t("assign.ended", { count: ended.length })}</summary>
          <ul>
            {ended.map((one) => (
              <li key={one.id}>
                {t(`assign.how.${one.how}`, { person: one.person, agency: one.agency, by: one.by })}{" "}
                <span className={controls.muted}>
                  {formatInstant(one.fromAt)}
                  {one.endedAt !== null && ` – ${formatInstant(one.endedAt)}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
