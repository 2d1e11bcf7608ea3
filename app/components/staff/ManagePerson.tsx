import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { emailSchema, passkeySchema, personSchema, roleSchema, subjectOf } from "~/forms/people";
import { parseForm } from "~/forms/parse-form";
import type { StepUpRequest } from "~/forms/step-up";
import { formatDay } from "~/i18n/format-date";
import { ROLES, needsTwoAdministrators } from "~server/staff-auth/roles";
import { ErrorSummary } from "./ErrorSummary";
import { SelectField, TextField, type FormState } from "./Field";
import { chinaDate, type PersonView } from "./PeopleTable";
import { StepUpForm } from "./StepUpForm";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./people.module.css";

type Intent = "grant" | "revoke" | "link" | "suspend" | "reinstate" | "revokePasskey" | "email";

/** What an administrator may do with one person; refusals are told here, beside the act. */
export function ManagePerson({
  person,
  failed,
}: {
  person: PersonView;
  failed: { state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  const form = `person-${person.id}`;
  const held = person.roles.map(({ role }) => role);
  const free = ROLES.filter((role) => !held.includes(role));
  return (
    <details className={styles.manage} open={failed !== null || undefined}>
      <summary>{t("people.manage")}</summary>
      <ErrorSummary form={form} state={failed?.state} refusal={failed?.refusal} />
      <PersonForm intent="grant" person={person}>
        <SelectField
          form={form}
          name="role"
          label={t("people.grant")}
          options={free.map((role) => ({
            value: role,
            label: needsTwoAdministrators(role)
              ? t("people.byTwo", { role: t(`roles.${role}`) })
              : t(`roles.${role}`),
          }))}
          empty={t("people.choose")}
          state={failed?.state}
        />
        <SubmitButton kind="plain">{t("people.grantButton")}</SubmitButton>
      </PersonForm>
      {held.map((role) => (
        <PersonForm key={role} intent="revoke" person={person} of={role}>
          <input type="hidden" name="role" value={role} />
          <SubmitButton kind="danger">{t("people.revokeRole", { role: t(`roles.${role}`) })}</SubmitButton>
        </PersonForm>
      ))}
      {person.passkeys.map(({ id, label, createdAt }) => (
        <PersonForm key={id} intent="revokePasskey" person={person} of={id}>
          <input type="hidden" name="passkeyId" value={id} />
          <SubmitButton kind="danger">
            {t("people.revokePasskey", {
              name: label || t("people.keyFrom", { day: formatDay(chinaDate(createdAt)) }),
            })}
          </SubmitButton>
        </PersonForm>
      ))}
      <PersonForm intent="email" person={person}>
        <TextField
          form={form}
          name="email"
          label={t("people.email")}
          hint={t("people.emailHint")}
          value={person.email ?? ""}
          maxLength={254}
          state={failed?.state}
        />
        <SubmitButton kind="plain">{t("people.emailButton")}</SubmitButton>
      </PersonForm>
      {person.status === "active" ? (
        <>
          <PersonForm intent="link" person={person}>
            <SubmitButton kind="plain">{t("people.newLink")}</SubmitButton>
          </PersonForm>
          <PersonForm intent="suspend" person={person}>
            <p className={controls.hint}>{t("people.suspendHint")}</p>
            <SubmitButton kind="danger">{t("people.suspend")}</SubmitButton>
          </PersonForm>
        </>
      ) : (
        <PersonForm intent="reinstate" person={person}>
          <SubmitButton kind="plain">{t("people.reinstate")}</SubmitButton>
        </PersonForm>
      )}
    </details>
  );
}

/** What the passkey confirms; null while something is not chosen yet, which the server then says. */
function confirmed(intent: Intent, form: FormData): StepUpRequest | null {
  if (intent === "grant" || intent === "revoke") {
    const asked = parseForm(roleSchema, form);
    return asked.ok ? subjectOf[intent](asked.value) : null;
  }
  if (intent === "revokePasskey") {
    const asked = parseForm(passkeySchema, form);
    return asked.ok ? subjectOf.revokePasskey(asked.value) : null;
  }
  if (intent === "email") {
    const asked = parseForm(emailSchema, form);
    return asked.ok ? subjectOf.email(asked.value) : null;
  }
  const asked = parseForm(personSchema, form);
  return asked.ok ? subjectOf[intent](asked.value) : null;
}

function PersonForm({
  intent,
  person,
  of = "",
  children,
}: {
  intent: Intent;
  person: PersonView;
  /** Tells forms of one intent apart. */
  of?: string;
  children: ReactNode;
}) {
  return (
    <StepUpForm
      name={`person-${person.id}-${intent}${of}`}
      of={(form) => confirmed(intent, form)}
      className={styles.personForm}
    >
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="staffId" value={person.id} />
      {intent === "link" && <input type="hidden" name="name" value={person.displayName} />}
      {children}
    </StepUpForm>
  );
}
