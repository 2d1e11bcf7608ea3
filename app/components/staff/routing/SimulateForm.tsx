import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { CheckField, SelectField, TextField, type FormState } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/routing.module.css";
import type { Option } from "~server/packs/list-options";
import type { OfferedVersion } from "~server/packs/list-versions.server";

/** 模拟分办: made-up facts, any version, a plain form. */
export function SimulateForm({
  packId,
  versions,
  sectors,
  state,
}: {
  /** The plan the page is about. */
  packId: string;
  versions: readonly OfferedVersion[];
  sectors: readonly Option[];
  state: FormState | null;
}) {
  const { t } = useTranslation("staff");
  const form = "simulate";
  const place = (name: "registered" | "operating" | "occurred") => (
    <TextField
      form={form}
      name={name}
      label={t(`routing.simulate.${name}`)}
      hint={t("routing.simulate.placeHint")}
      maxLength={12}
      state={state}
    />
  );
  return (
    <Form method="post" className={controls.card} id="simulate">
      <h2>{t("routing.simulate.title")}</h2>
      <ErrorSummary form={form} state={state} />
      <SelectField
        form={form}
        name="rules"
        label={t("routing.simulate.version")}
        options={versions.map(({ key, state: standing, title, version }) => ({
          value: key,
          label: t(`routing.simulate.${standing}`, { title, version }),
        }))}
        value={versions.find((one) => one.packId === packId)?.key ?? ""}
        state={state}
      />
      <fieldset className={controls.fieldset} id="simulate-sectors">
        <legend>{t("routing.simulate.sectors")}</legend>
        <div className={styles.sectors}>
          {[...sectors, { value: "unknown", label: t("unknownSector") }].map(({ value, label }) => (
            <CheckField key={value} form={form} name="sectors" value={value} label={label} state={state} />
          ))}
        </div>
      </fieldset>
      <div className={controls.pairOfFields}>
        {place("registered")}
        {place("operating")}
        {place("occurred")}
        <TextField
          form={form}
          name="alleged"
          label={t("routing.simulate.alleged")}
          inputMode="decimal"
          maxLength={40}
          state={state}
        />
        <TextField
          form={form}
          name="people"
          label={t("routing.simulate.people")}
          inputMode="numeric"
          maxLength={9}
          state={state}
        />
        <TextField
          form={form}
          name="tips"
          label={t("routing.simulate.tips")}
          inputMode="numeric"
          maxLength={9}
          state={state}
        />
        <TextField
          form={form}
          name="substance"
          label={t("routing.nested.substance")}
          maxLength={60}
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
          state={state}
        />
      </div>
      <fieldset className={controls.fieldset}>
        <legend>{t("lead.dispatchTriage")}</legend>
        <CheckField form={form} name="suspectedCrime" label={t("routing.simulate.crime")} state={state} />
        <CheckField form={form} name="petition" label={t("routing.simulate.petition")} state={state} />
        <CheckField form={form} name="nested" label={t("routing.simulate.nested")} state={state} />
      </fieldset>
      <SubmitButton>{t("routing.simulate.run")}</SubmitButton>
    </Form>
  );
}
