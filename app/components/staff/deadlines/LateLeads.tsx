import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { LateLead } from "~server/clocks/list-late.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextAreaField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./deadlines.module.css";

/** Leads past their deadline, the latest first; triage urges their bodies from here. */
export function LateLeads({
  late,
  issues,
  failed,
}: {
  late: readonly LateLead[];
  issues: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  if (late.length === 0) return <p className={controls.empty}>{t("deadlines.none")}</p>;
  return (
    <ul className={styles.list}>
      {late.map((one) => {
        const form = `supervise-${one.leadId}-${one.agencyId}-${one.clock}`;
        const own = failed?.form === form ? failed : null;
        return (
          <li key={`${form}-${one.dueOn}`} className={controls.card}>
            <p className={styles.head}>
              <Link to={paths.staff.lead(one.leadId)}>
                {t("deadlines.leadNumber", { number: one.number })} · {one.name}
              </Link>
              <span className={controls.clock} data-state="over">
                {t("clocks.over", { days: one.over })}
              </span>
            </p>
            <p className={controls.muted}>
              {one.agency} · {t(`clocks.kinds.${one.clock}`)} ·{" "}
              {t("clocks.due", { day: formatDay(one.dueOn) })}
            </p>
            {one.kept && <p className={controls.muted}>{t("lead.restricted")}</p>}
            {one.waiting !== null && (
              <p>
                <span className={controls.tag} data-tone="waiting">
                  {t("deadlines.number", one.waiting)} {t("deadlines.waiting")}
                </span>
              </p>
            )}
            {issues && !one.kept && (one.waiting === null || own !== null) && (
              <details className={controls.disclosure} open={own !== null || undefined}>
                <summary>{t("deadlines.issue")}</summary>
                <Form method="post">
                  <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
                  <input type="hidden" name="intent" value="supervise" />
                  <input type="hidden" name="leadId" value={one.leadId} />
                  <input type="hidden" name="agencyId" value={one.agencyId} />
                  <input type="hidden" name="clock" value={one.clock} />
                  <TextAreaField
                    form={form}
                    name="note"
                    label={t("deadlines.note")}
                    hint={t("deadlines.noteHint")}
                    state={own?.state}
                  />
                  <SubmitButton label={t("deadlines.issueOf", { number: one.number, agency: one.agency })}>
                    {t("deadlines.issue")}
                  </SubmitButton>
                </Form>
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}
