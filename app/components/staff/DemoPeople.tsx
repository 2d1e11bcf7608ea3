import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { Role } from "~server/staff-auth/roles";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";
import styles from "./access.module.css";

type Person = {
  readonly id: string;
  readonly displayName: string;
  readonly agencyName: string;
  readonly roles: readonly Role[];
};

/** Demo people by their first role, each entered with one press. */
export function DemoPeople({ people, next }: { people: readonly Person[]; next: string }) {
  const { t } = useTranslation("staff");
  const roles = [...new Set(people.flatMap((person) => person.roles.slice(0, 1)))];
  return (
    <section className={styles.demo} aria-labelledby="demo-title">
      <h2 id="demo-title">{t("access.demoTitle")}</h2>
      <p>{people.length === 0 ? t("access.demoEmpty") : t("access.demoLead")}</p>
      {roles.map((role) => (
        <div key={role} className={styles.group}>
          <h3>{t(`roles.${role}`)}</h3>
          <ul>
            {people
              .filter((person) => person.roles[0] === role)
              .map((person) => (
                <li key={person.id}>
                  <span>
                    <strong>{person.displayName}</strong>{" "}
                    <span className={controls.muted}>
                      {person.agencyName}
                      {person.roles.length > 1 &&
                        ` · ${person.roles.map((one) => t(`roles.${one}`)).join(t("separator"))}`}
                    </span>
                  </span>
                  <Form method="post" reloadDocument>
                    <input type="hidden" name="staffId" value={person.id} />
                    <input type="hidden" name="next" value={next} />
                    <SubmitButton kind="plain" label={t("access.demoEnter", { name: person.displayName })}>
                      {t("access.enter")}
                    </SubmitButton>
                  </Form>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
