import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import type { Role } from "~server/staff-auth/roles";
import type { FormState } from "./Field";
import { ManagePerson } from "./ManagePerson";
import controls from "./controls.module.css";
import finance from "./finance/finance.module.css";
import styles from "./people.module.css";

export type PersonView = {
  readonly id: string;
  readonly displayName: string;
  readonly agencyName: string;
  readonly bodyEnded?: { readonly successor: string | null } | null;
  readonly isDemo: boolean;
  readonly status: "active" | "suspended";
  readonly email: string | null;
  readonly roles: readonly {
    readonly role: Role;
    readonly grantedAt: Date;
    readonly grantedBy: string | null;
    readonly requestedBy: string | null;
  }[];
  readonly passkeys: readonly { readonly id: string; readonly label: string; readonly createdAt: Date }[];
  readonly linkExpiresAt: Date | null;
  readonly lastSeenAt: Date | null;
};

/** People, their roles with the day of each grant, and their passkeys; managing opens under a person's row. */
export function PeopleTable({
  people,
  manages,
  ownId,
  failed,
}: {
  people: readonly PersonView[];
  manages: boolean;
  ownId: string;
  failed: { staffId: string; state: FormState; refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  if (people.length === 0) return <p className={controls.empty}>{t("people.empty")}</p>;
  return (
    <div
      className={`${controls.tableWrap} ${controls.spaced}`}
      role="region"
      aria-label={t("people.title")}
      tabIndex={0}
    >
      <table className={`${controls.table} ${styles.table} ${finance.stacked}`}>
        <thead>
          <tr>
            <th scope="col">{t("people.name")}</th>
            <th scope="col">{t("people.roles")}</th>
            <th scope="col">{t("people.passkeys")}</th>
            <th scope="col">{t("people.lastSeen")}</th>
            {manages && <th scope="col">{t("people.manage")}</th>}
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id}>
              <th scope="row">
                {person.displayName} <PersonMarks person={person} />
                <br />
                <span className={styles.agency}>{person.agencyName}</span>
                {person.bodyEnded && person.status === "active" && (
                  <p className={styles.ended}>
                    {person.bodyEnded.successor === null
                      ? t("people.bodyEndedAlone")
                      : t("people.bodyEnded", { successor: person.bodyEnded.successor })}
                  </p>
                )}
                {person.email !== null && (
                  <>
                    <br />
                    <span className={styles.agency}>{person.email}</span>
                  </>
                )}
              </th>
              <td data-label={t("people.roles")}>
                <Roles person={person} />
              </td>
              <td data-label={t("people.passkeys")}>
                {person.passkeys.length === 0
                  ? t("people.noKeys")
                  : t("people.keyCount", { count: person.passkeys.length })}
                {person.linkExpiresAt !== null && (
                  <p className={controls.hint}>
                    {t("people.linkOpen", { at: formatInstant(person.linkExpiresAt) })}
                  </p>
                )}
              </td>
              <td data-label={t("people.lastSeen")}>
                {person.lastSeenAt === null ? t("people.never") : formatInstant(person.lastSeenAt)}
              </td>
              {manages && (
                <td>
                  {person.id === ownId ? (
                    <span className={controls.hint}>{t("people.yourself")}</span>
                  ) : (
                    <ManagePerson person={person} failed={failed?.staffId === person.id ? failed : null} />
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PersonMarks({ person }: { person: PersonView }) {
  const { t } = useTranslation("staff");
  // Demo people bear it in their names already.
  const tagged = person.isDemo && !person.displayName.includes(t("people.demo"));
  return (
    <>
      {tagged && <span className={controls.tag}>{t("people.demo")}</span>}{" "}
      {person.status === "suspended" && (
        <span className={controls.tag} data-tone="major">
          {t("people.suspended")}
        </span>
      )}
    </>
  );
}

function Roles({ person }: { person: PersonView }) {
  const { t } = useTranslation("staff");
  if (person.roles.length === 0) return <>{t("people.noRoles")}</>;
  return (
    <ul className={styles.roles}>
      {person.roles.map(({ role, grantedAt, grantedBy, requestedBy }) => (
        <li key={role}>
          {t(`roles.${role}`)}{" "}
          <span className={controls.hint}>
            {t("people.rolesSince", { day: formatDay(chinaDate(grantedAt)) })}
            {requestedBy !== null && `，${t("people.requestedBy", { name: requestedBy })}`}
            {grantedBy !== null && `，${t("people.grantedBy", { name: grantedBy })}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function chinaDate(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
