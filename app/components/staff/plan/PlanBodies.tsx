import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { PlanBody, PlanPhase, PlanState } from "~server/plan/list-plan.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "../deadlines/deadlines.module.css";

const TONES: Record<PlanState, string> = {
  done: "done",
  done_late: "waiting",
  late: "major",
  not_yet: "stage",
};

/** How far each body is with a phase; triage records it, and moves the phase's day. */
export function PlanBodies({
  phase,
  bodies,
  today,
  keeps,
  failed,
}: {
  phase: PlanPhase;
  bodies: readonly PlanBody[];
  today: string;
  keeps: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const moveForm = `phase-${phase.id}`;
  const moving = failed?.form === moveForm ? failed : null;
  return (
    <section aria-labelledby="phase-title">
      <h2 id="phase-title">
        {phase.title} · {formatDay(phase.dueOn)}
      </h2>
      {keeps && (
        <details className={controls.disclosure} open={moving !== null || undefined}>
          <summary>{t("plan.move")}</summary>
          <Form method="post" key={phase.dueOn}>
            <ErrorSummary form={moveForm} state={moving?.state} refusal={moving?.refusal} />
            <input type="hidden" name="intent" value="phase" />
            <input type="hidden" name="deadlineId" value={phase.id} />
            <TextField
              form={moveForm}
              name="dueOn"
              label={t("plan.due")}
              value={phase.dueOn}
              state={moving?.state}
            />
            <SubmitButton kind="plain">{t("plan.moveSubmit")}</SubmitButton>
          </Form>
        </details>
      )}
      <ul className={styles.list}>
        {bodies.map((body) => (
          <OneBody
            key={`${body.agencyId}-${body.state}-${body.stateOn ?? ""}`}
            body={body}
            phaseId={phase.id}
            today={today}
            keeps={keeps}
            failed={failed}
          />
        ))}
      </ul>
    </section>
  );
}

function OneBody({
  body,
  phaseId,
  today,
  keeps,
  failed,
}: {
  body: PlanBody;
  phaseId: string;
  today: string;
  keeps: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const form = `state-${body.agencyId}`;
  const own = failed?.form === form ? failed : null;
  return (
    <li className={controls.card}>
      <p className={styles.head}>
        <strong>{body.name}</strong>
        <span className={controls.tag} data-tone={TONES[body.state]}>
          {t(`plan.states.${body.state}`)}
        </span>
      </p>
      {body.stateOn !== null && (
        <p className={controls.muted}>
          {formatDay(body.stateOn)}
          {body.person !== null && ` · ${t("plan.recordedBy", { person: body.person })}`}
          {body.note !== null && `：${body.note}`}
        </p>
      )}
      {keeps && (
        <details className={controls.disclosure} open={own !== null || undefined}>
          <summary>{t("plan.record")}</summary>
          <Form method="post">
            <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
            <input type="hidden" name="intent" value="state" />
            <input type="hidden" name="deadlineId" value={phaseId} />
            <input type="hidden" name="agencyId" value={body.agencyId} />
            <SelectField
              form={form}
              name="state"
              label={t("plan.stateField")}
              options={(["done", "not_yet"] as const).map((value) => ({
                value,
                label: t(`plan.stateChoices.${value}`),
              }))}
              value="done"
              state={own?.state}
            />
            <TextField
              form={form}
              name="stateOn"
              label={t("plan.stateOn")}
              value={today}
              state={own?.state}
            />
            <TextField form={form} name="note" label={t("plan.note")} maxLength={300} state={own?.state} />
            <SubmitButton kind="plain">{t("plan.recordSubmit")}</SubmitButton>
          </Form>
        </details>
      )}
    </li>
  );
}
