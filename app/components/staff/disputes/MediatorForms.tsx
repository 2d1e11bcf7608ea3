import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { Option } from "~server/packs/list-options";
import { ErrorSummary } from "../ErrorSummary";
import { CheckField, SelectField, TextAreaField, TextField, fieldId, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import { Differs } from "./Differs";
import styles from "./disputes.module.css";

export type Failed = {
  readonly intent: string;
  readonly of: string;
  readonly state: FormState;
  readonly refusal: string | null;
  readonly stale: boolean;
} | null;

type Props = { readonly bodies: readonly Option[]; readonly failed: Failed };

/** What the leading office does to settle a dispute, one form an act. */
export function MediatorForms({
  dispute,
  today,
  experts,
  bodies,
  failed,
}: Props & {
  dispute: { readonly version: number; readonly question: string; readonly mayRemind: boolean };
  /** YYYY-MM-DD */
  today: string;
  /** Expert groups the plan names. */
  experts: readonly string[];
}) {
  const { t } = useTranslation("staff");
  const own = (intent: string, of = "") => (failed?.intent === intent && failed.of === of ? failed : null);
  const reminding = own("remind");
  const inviting = own("invite");
  const asking = own("question");
  return (
    <>
      {(dispute.mayRemind || reminding !== null) && (
        <Form method="post">
          <ErrorSummary form="remind" refusal={reminding?.refusal} />
          <input type="hidden" name="intent" value="remind" />
          <p className={controls.hint}>{t("disputes.remindHint")}</p>
          <p>
            <SubmitButton kind="plain" label={t("disputes.remind")}>
              {t("disputes.remindButton")}
            </SubmitButton>
          </p>
        </Form>
      )}
      {(["meeting", "expert", "escalated", "answered"] as const).map((kind) => (
        <ProceedingForm
          key={kind}
          kind={kind}
          today={today}
          experts={experts}
          failed={own("proceeding", kind)}
        />
      ))}
      <details className={controls.disclosure} open={inviting !== null || undefined}>
        <summary>{t("disputes.invite")}</summary>
        <Form method="post">
          <ErrorSummary form="invite" state={inviting?.state} refusal={inviting?.refusal} />
          <input type="hidden" name="intent" value="invite" />
          <SelectField
            form="invite"
            name="agencyId"
            label={t("disputes.inviteBody")}
            options={bodies}
            empty={t("lead.choose")}
            state={inviting?.state}
          />
          <SubmitButton kind="plain">{t("disputes.inviteButton")}</SubmitButton>
        </Form>
      </details>
      <details className={controls.disclosure} open={asking !== null || undefined}>
        <summary>{t("disputes.editQuestion")}</summary>
        <Form method="post">
          <ErrorSummary form="question" state={asking?.state} refusal={asking?.refusal} />
          {asking?.stale === true && (
            <Differs
              state={asking.state}
              now={[{ name: "question", label: t("disputes.question"), value: dispute.question }]}
            />
          )}
          <input type="hidden" name="intent" value="question" />
          <input type="hidden" name="version" value={dispute.version} />
          <TextAreaField
            form="question"
            name="question"
            label={t("disputes.question")}
            state={asking?.state ?? { values: { question: dispute.question }, errors: {} }}
          />
          <SubmitButton kind="plain">{t("disputes.questionButton")}</SubmitButton>
        </Form>
      </details>
    </>
  );
}

function ProceedingForm({
  kind,
  today,
  experts,
  failed,
}: {
  kind: "meeting" | "expert" | "escalated" | "answered";
  today: string;
  experts: readonly string[];
  failed: Failed;
}) {
  const { t } = useTranslation("staff");
  const form = `record-${kind}`;
  const state = failed?.state ?? null;
  const paper = kind === "escalated" || kind === "answered";
  return (
    <details className={controls.disclosure} open={failed !== null || undefined}>
      <summary>{t(`disputes.record.${kind}`)}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={state} refusal={failed?.refusal} />
        {kind === "expert" && experts.length > 0 && (
          <p className={controls.hint}>
            {t("disputes.expertsHint", { names: experts.join(t("separator")) })}
          </p>
        )}
        <input type="hidden" name="intent" value="proceeding" />
        <input type="hidden" name="kind" value={kind} />
        <TextField
          form={form}
          name="heldOn"
          label={t("disputes.heldOn")}
          hint={t("disputes.dayHint")}
          maxLength={20}
          value={today}
          state={state}
        />
        {paper ? (
          <TextField
            form={form}
            name="documentNumber"
            label={t("disputes.documentNumber")}
            maxLength={100}
            state={state}
          />
        ) : (
          <TextAreaField
            form={form}
            name="people"
            label={t(kind === "expert" ? "disputes.experts" : "disputes.people")}
            hint={t("disputes.peopleHint")}
            rows={2}
            state={state}
          />
        )}
        <TextAreaField
          form={form}
          name="summary"
          label={t(`disputes.summary.${kind}`)}
          rows={4}
          state={state}
        />
        <SubmitButton kind="plain">{t("disputes.recordButton")}</SubmitButton>
      </Form>
    </details>
  );
}

/** The decision: who leads, alone or together, on what ground and why, and who did not agree. */
export function DecideForm({ version, bodies, failed }: Props & { version: number }) {
  const { t } = useTranslation("staff");
  const form = "decide";
  const own = failed?.intent === "decide" ? failed : null;
  const state = own?.state ?? null;
  return (
    <details className={controls.disclosure} open={own !== null || undefined}>
      <summary>{t("disputes.decide")}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={state} refusal={own?.refusal} />
        <p className={controls.hint}>{t("disputes.decideHint")}</p>
        <input type="hidden" name="intent" value="decide" />
        <input type="hidden" name="version" value={version} />
        <SelectField
          form={form}
          name="leadBody"
          label={t("disputes.leadBody")}
          options={bodies}
          empty={t("lead.choose")}
          state={state}
        />
        <details className={controls.quietDetails} open={hasMany(state) || undefined}>
          <summary>{t("disputes.withBodies")}</summary>
          <fieldset className={controls.fieldset} id={fieldId(form, "withBodies")}>
            <legend className="visually-hidden">{t("disputes.withBodies")}</legend>
            <p className={controls.hint}>{t("disputes.withBodiesHint")}</p>
            <div className={styles.bodies}>
              {bodies.map(({ value, label }) => (
                <CheckField
                  key={value}
                  form={form}
                  name="withBodies"
                  value={value}
                  label={label}
                  state={state}
                />
              ))}
            </div>
          </fieldset>
        </details>
        <CheckField form={form} name="byGroup" label={t("disputes.byGroup")} state={state} />
        <TextField
          form={form}
          name="legalBasis"
          label={t("disputes.legalBasis")}
          hint={t("disputes.legalBasisHint")}
          maxLength={300}
          state={state}
        />
        <TextAreaField form={form} name="reasons" label={t("disputes.reasons")} rows={4} state={state} />
        <TextAreaField
          form={form}
          name="dissent"
          label={t("disputes.dissent")}
          hint={t("disputes.dissentHint")}
          rows={2}
          state={state}
        />
        <SubmitButton>{t("disputes.decideButton")}</SubmitButton>
      </Form>
    </details>
  );
}

function hasMany(state: FormState | null): boolean {
  const chosen = state?.values["withBodies"];
  return chosen !== undefined && chosen.length > 0;
}
