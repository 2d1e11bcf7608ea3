import { Form } from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ROLES } from "~server/staff-auth/roles";
import { ErrorSummary } from "./ErrorSummary";
import { SelectField, type FormState } from "./Field";
import type { PersonView } from "./PeopleTable";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./people.module.css";

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
          options={free.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          empty={t("people.choose")}
          state={failed?.state}
        />
        <SubmitButton kind="plain">{t("people.grantButton")}</SubmitButton>
      </PersonForm>
      {held.map((role) => (
        <PersonForm key={role} intent="revoke" person={person}>
          <input type="hidden" name="role" value={role} />
          <SubmitButton kind="danger">{t("people.revokeRole", { role: t(`roles.${role}`) })}</SubmitButton>
        </PersonForm>
      ))}
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

function PersonForm({
  intent,
  person,
  children,
}: {
  intent: string;
  person: PersonView;
  children: ReactNode;
}) {
  return (
    <Form method="post" className={styles.personForm}>
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="staffId" value={person.id} />
      {intent === "link" && <input type="hidden" name="name" value={person.displayName} />}
      {children}
    </Form>
  );
}
