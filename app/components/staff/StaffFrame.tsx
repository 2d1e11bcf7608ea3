import { Form, NavLink } from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import type { NavId } from "~server/staff-auth/list-nav";
import type { Role } from "~server/staff-auth/roles";
import styles from "./frame.module.css";

export type FramePerson = {
  readonly displayName: string;
  readonly agencyName: string;
  readonly roles: readonly Role[];
  readonly method: "passkey" | "demo";
};

/** Top bar, navigation by the person's role, and the page. Nobody signed in: the bar alone. */
export function StaffFrame({
  person,
  nav,
  demo,
  children,
}: {
  person: FramePerson | null;
  nav: readonly NavId[];
  demo: boolean;
  children: ReactNode;
}) {
  const site = useTranslation().t;
  const { t } = useTranslation("staff");
  return (
    <>
      <a className="skip-link" href="#main">
        {site("site.skip")}
      </a>
      {demo && <p className={styles.demo}>{site("site.demo")}</p>}
      <header className={styles.bar}>
        <div className={styles.barInner}>
          <a className={styles.brand} href={paths.staff.home()}>
            {site("site.short")}
            <span className={styles.side}>{t("frame.workbench")}</span>
          </a>
          {person && <PersonBox person={person} />}
        </div>
      </header>
      {person && nav.length > 0 && (
        <details className={styles.menu}>
          <summary>{t("frame.menu")}</summary>
          <nav aria-label={t("frame.nav")}>
            <NavList nav={nav} />
          </nav>
        </details>
      )}
      <div className={person && nav.length > 0 ? styles.body : styles.bodyAlone}>
        {person && nav.length > 0 && (
          <nav className={styles.nav} aria-label={t("frame.nav")}>
            <NavList nav={nav} />
          </nav>
        )}
        <main id="main" className={styles.main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </>
  );
}

function PersonBox({ person }: { person: FramePerson }) {
  const { t } = useTranslation("staff");
  const roles = person.roles.map((role) => t(`roles.${role}`)).join(t("separator"));
  return (
    <div className={styles.person}>
      <span className={styles.who}>
        <strong>{person.displayName}</strong>
        <span className={styles.agency}>
          {person.agencyName}
          {roles === "" ? "" : ` · ${roles}`}
        </span>
      </span>
      {person.method === "demo" && (
        <span className={styles.demoMark} title={t("frame.demoSessionHint")}>
          {t("frame.demoSession")}
        </span>
      )}
      <Form method="post" action={paths.staff.signOut()} reloadDocument>
        <button type="submit" className={styles.signOut}>
          {t("frame.signOut")}
        </button>
      </Form>
    </div>
  );
}

function NavList({ nav }: { nav: readonly NavId[] }) {
  const { t } = useTranslation("staff");
  return (
    <ul className={styles.navList}>
      {nav.map((id) => (
        <li key={id}>
          <NavLink to={paths.staff[id]()} className={styles.navLink}>
            {t(`nav.${id}`)}
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
