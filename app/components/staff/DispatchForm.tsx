import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { Option } from "~server/packs/list-options";
import { BY_SUBSTANCE } from "~server/routing/by-substance";
import { ErrorSummary } from "./ErrorSummary";
import { CheckField, SelectField, TextAreaField, TextField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

/** 确认转办: one act that settles sector and bodies, opens the lead to them and starts the clocks. */
export function DispatchForm({
  version,
  restricted,
  sector,
  sectors,
  agencies,
  suspectedCrime,
  petition,
  nested,
  alsoSectors,
  substances,
  substance,
  licensed,
  state,
  refusal,
}: {
  version: number;
  /** Kept to the leading office: nobody else is named. */
  restricted: boolean;
  sector: string;
  sectors: readonly Option[];
  agencies: readonly Option[];
  suspectedCrime: boolean;
  petition: boolean;
  nested: boolean;
  /** Nested business (穿透): the other sectors it is known to reach into, and the pack's words for its substance. */
  alsoSectors: readonly string[];
  substances: readonly string[];
  substance: string;
  licensed: string;
  state: FormState | null;
  refusal: string | null;
}) {
  const { t } = useTranslation("staff");
  const form = "dispatch";
  return (
    <Form method="post" id="dispatch">
      <h3>{t("lead.dispatchTitle")}</h3>
      <ErrorSummary form={form} state={state} refusal={refusal} />
      <p className={controls.hint}>{t(restricted ? "lead.dispatchRestricted" : "lead.dispatchHint")}</p>
      <input type="hidden" name="intent" value="dispatch" />
      <input type="hidden" name="version" value={version} />
      <SelectField
        form={form}
        name="sector"
        label={t("lead.dispatchSector")}
        options={[
          ...sectors,
          { value: "unknown", label: t("unknownSector") },
          { value: BY_SUBSTANCE, label: t("routing.nested.bySubstance") },
        ]}
        value={sector}
        state={state}
      />
      <fieldset className={controls.fieldset}>
        <legend>{t("lead.dispatchTriage")}</legend>
        <CheckField
          form={form}
          name="suspectedCrime"
          label={t("lead.suspectedCrime")}
          checked={suspectedCrime}
          state={state}
        />
        <CheckField form={form} name="petition" label={t("lead.petition")} checked={petition} state={state} />
        <CheckField form={form} name="nested" label={t("lead.nested")} checked={nested} state={state} />
      </fieldset>
      <details className={controls.disclosure} open={alsoSectors.length > 0 || nested || state !== null}>
        <summary>{t("routing.nested.title")}</summary>
        <p className={controls.hint}>{t("routing.nested.hint")}</p>
        <fieldset className={controls.fieldset}>
          <legend>{t("routing.nested.alsoSectors")}</legend>
          {sectors.map(({ value, label }) => (
            <CheckField
              key={value}
              form={form}
              name="alsoSectors"
              value={value}
              label={label}
              checked={alsoSectors.includes(value)}
              state={state}
            />
          ))}
        </fieldset>
        <TextField
          form={form}
          name="substance"
          label={t("routing.nested.substance")}
          hint={
            substances.length === 0
              ? t("routing.nested.substanceNone")
              : t("routing.nested.substanceHint", { words: substances.join(t("separator")) })
          }
          maxLength={60}
          value={substance}
          state={state}
        />
        <SelectField
          form={form}
          name="licensed"
          label={t("routing.nested.licensed")}
          options={[
            { value: "yes", label: t("lead.facts.licensed") },
            { value: "no", label: t("lead.facts.unlicensed") },
          ]}
          empty={t("lead.notKnown")}
          value={licensed}
          state={state}
        />
      </details>
      {!restricted && (
        <>
          <SelectField
            form={form}
            name="insteadLeadBy"
            label={t("lead.otherLead")}
            options={agencies}
            empty={t("lead.asProposed")}
            state={state}
          />
          <TextAreaField
            form={form}
            name="reason"
            label={t("lead.otherReason")}
            hint={t("lead.otherReasonHint")}
            rows={2}
            state={state}
          />
        </>
      )}
      <SubmitButton>{t("lead.dispatchButton")}</SubmitButton>
    </Form>
  );
}
