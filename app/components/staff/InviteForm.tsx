import { useTranslation } from "react-i18next";
import { inviteSchema, subjectOf } from "~/forms/people";
import { parseForm } from "~/forms/parse-form";
import type { Option } from "~server/packs/list-options";
import { ROLES } from "~server/staff-auth/roles";
import { ErrorSummary } from "./ErrorSummary";
import { CheckField, SelectField, TextField, fieldId, type ErrorKey, type FormState } from "./Field";
import { StepUpForm } from "./StepUpForm";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./people.module.css";

export function InviteForm({
  agencies,
  failed,
}: {
  agencies: readonly Option[];
  failed: { state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  const form = "invite";
  const state = failed?.state ?? null;
  const rolesError = state?.errors.roles;
  return (
    <section className={controls.card} aria-labelledby="invite-title">
      <h2 id="invite-title">{t("people.inviteTitle")}</h2>
      <ErrorSummary form={form} state={state} refusal={failed?.refusal} />
      <p className={controls.hint}>{t("people.inviteHint")}</p>
      <StepUpForm
        name="invite-confirm"
        of={(filled) => {
          const asked = parseForm(inviteSchema, filled);
          return asked.ok ? subjectOf.invite(asked.value) : null;
        }}
      >
        <input type="hidden" name="intent" value="invite" />
        <div className={styles.inviteFields}>
          <TextField form={form} name="displayName" label={t("people.name")} maxLength={60} state={state} />
          <SelectField
            form={form}
            name="agencyId"
            label={t("people.agency")}
            options={agencies}
            empty={t("people.choose")}
            state={state}
          />
          <TextField
            form={form}
            name="email"
            label={t("people.emailOptional")}
            hint={t("people.inviteEmailHint")}
            maxLength={254}
            state={state}
          />
        </div>
        <fieldset className={controls.fieldset} id={fieldId(form, "roles")} tabIndex={-1}>
          <legend>{t("people.roles")}</legend>
          {rolesError !== undefined && (
            <p className={controls.error}>{t(`forms.errors.${rolesError as ErrorKey}`)}</p>
          )}
          <div className={styles.roleChoices}>
            {ROLES.map((role) => (
              <CheckField
                key={role}
                form={form}
                name="roles"
                value={role}
                label={t(`roles.${role}`)}
                state={state}
              />
            ))}
          </div>
        </fieldset>
        <SubmitButton>{t("people.inviteButton")}</SubmitButton>
      </StepUpForm>
    </section>
  );
}
