import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { Option } from "~server/packs/list-options";
import { ErrorSummary } from "../ErrorSummary";
import { CheckField, SelectField, TextAreaField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import type { Failed } from "./MediatorForms";

/** 按决定转办: the bodies are settled, sector and what only triage can say are still asked. */
export function FollowForm({
  version,
  bodies,
  joint,
  sector,
  sectors,
  triage,
  failed,
}: {
  version: number;
  bodies: readonly string[];
  joint: boolean;
  sector: string;
  sectors: readonly Option[];
  triage: { readonly suspectedCrime: boolean; readonly petition: boolean; readonly nested: boolean };
  failed: Failed;
}) {
  const { t } = useTranslation("staff");
  const form = "follow";
  const own = failed?.intent === "follow" ? failed : null;
  const state = own?.state ?? null;
  return (
    <Form method="post">
      <h3>{t("disputes.follow")}</h3>
      <ErrorSummary form={form} state={state} refusal={own?.refusal} />
      <p className={controls.hint}>
        {t(joint ? "disputes.followJoint" : "disputes.followHint", { bodies: bodies.join(t("separator")) })}
      </p>
      <input type="hidden" name="intent" value="follow" />
      <input type="hidden" name="version" value={version} />
      <SelectField
        form={form}
        name="sector"
        label={t("lead.dispatchSector")}
        options={[...sectors, { value: "unknown", label: t("unknownSector") }]}
        value={sector}
        state={state}
      />
      <fieldset className={controls.fieldset}>
        <legend>{t("lead.dispatchTriage")}</legend>
        {(["suspectedCrime", "petition", "nested"] as const).map((name) => (
          <CheckField
            key={name}
            form={form}
            name={name}
            label={t(`lead.${name}`)}
            checked={triage[name]}
            state={state}
          />
        ))}
      </fieldset>
      <SubmitButton>{t("disputes.followButton")}</SubmitButton>
    </Form>
  );
}

/** A decided body asks, on new facts, to have the dispute taken up again. */
export function AskForm({ failed }: { failed: Failed }) {
  const { t } = useTranslation("staff");
  const form = "ask";
  const own = failed?.intent === "ask" ? failed : null;
  return (
    <details className={controls.disclosure} open={own !== null || undefined}>
      <summary>{t("disputes.ask")}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
        <p className={controls.hint}>{t("disputes.askHint")}</p>
        <input type="hidden" name="intent" value="ask" />
        <TextAreaField form={form} name="facts" label={t("disputes.facts")} rows={4} state={own?.state} />
        <TextField
          form={form}
          name="legalBasis"
          label={t("disputes.legalBasis")}
          hint={t("disputes.legalBasisHint")}
          maxLength={300}
          state={own?.state}
        />
        <SubmitButton>{t("disputes.askButton")}</SubmitButton>
      </Form>
    </details>
  );
}

/** The leading office answers that wish. */
export function AnswerForm({ failed }: { failed: Failed }) {
  const { t } = useTranslation("staff");
  const form = "answer";
  const own = failed?.intent === "answer" ? failed : null;
  return (
    <Form method="post">
      <h3>{t("disputes.answerTitle")}</h3>
      <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
      <input type="hidden" name="intent" value="answer" />
      <TextAreaField form={form} name="answer" label={t("disputes.answer")} state={own?.state} />
      <div className={controls.buttons}>
        <SubmitButton name="outcome" value="granted">
          {t("disputes.grantButton")}
        </SubmitButton>
        <SubmitButton kind="plain" name="outcome" value="refused">
          {t("disputes.refuseButton")}
        </SubmitButton>
      </div>
    </Form>
  );
}
