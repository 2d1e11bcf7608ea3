import { Form, Link, NavLink } from "@remix-run/react";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { paths } from "~/paths";
import { forgetKeyring, keepKeyringOf } from "~/staff-client/keys/keyring";
import type { NavId } from "~server/staff-auth/list-nav";
import type { Role } from "~server/staff-auth/roles";
import { UnlockKeys } from "./UnlockKeys";
import styles from "./frame.module.css";

export type FramePerson = {
  readonly id: string;
  readonly displayName: string;
  readonly agencyName: string;
  readonly roles: readonly Role[];
  readonly method: "passkey" | "demo";
};

/** Top bar, navigation by the person's role, and the page. Nobody signed in: the bar alone. */
export function StaffFrame({
  person,
  nav,
  viewsOver = 0,
  demo,
  mailbox = false,
  children,
}: {
  person: FramePerson | null;
  nav: readonly NavId[];
  /** Kept views of the board that hold more than they should. */
  viewsOver?: number;
  demo: boolean;
  /** Whether a demonstration's mails can be read here. */
  mailbox?: boolean;
  children: ReactNode;
}) {
  const site = useTranslation().t;
  const { t } = useTranslation("staff");
  const personId = person?.id ?? null;
  useEffect(() => keepKeyringOf(personId), [personId]);
  return (
    <>
      <a className="skip-link" href="#main">
        {site("site.skip")}
      </a>
      {demo && (
        <p className={styles.demo}>
          {site("site.demo")}
          {mailbox && (
            <>
              {" "}
              <Link to={paths.staff.mailbox()}>{t("mailbox.title")}</Link>
            </>
          )}
        </p>
      )}
      <header className={styles.bar}>
        <div className={styles.barInner}>
          {/* Not a plain link: a full load would lock the keys again. */}
          <Link className={styles.brand} to={paths.staff.home()}>
            {site("site.short")}
            <span className={styles.side}>{t("frame.workbench")}</span>
          </Link>
          {person && <PersonBox person={person} />}
        </div>
      </header>
      {person && nav.length > 0 && (
        <details className={styles.menu}>
          <summary>{t("frame.menu")}</summary>
          <nav aria-label={t("frame.nav")}>
            <NavList nav={nav} viewsOver={viewsOver} />
          </nav>
        </details>
      )}
      <div className={person && nav.length > 0 ? styles.body : styles.bodyAlone}>
        {person && nav.length > 0 && (
          <nav className={styles.nav} aria-label={t("frame.nav")}>
            <NavList nav={nav} viewsOver={viewsOver} />
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
        <Link to={paths.staff.account()} className={styles.name} title={t("account.title")}>
          {person.displayName}
        </Link>
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
      <UnlockKeys />
      <Form method="post" action={paths.staff.signOut()} reloadDocument onSubmit={() => forgetKeyring(null)}>
        <button type="submit" className={styles.signOut}>
          {t("frame.signOut")}
        </button>
      </Form>
    </div>
  );
}

function NavList({ nav, viewsOver }: { nav: readonly NavId[]; viewsOver: number }) {
  const { t } = useTranslation("staff");
  return (
    <ul className={styles.navList}>
      {nav.map((id) => (
        <li key={id}>
          <NavLink to={paths.staff[id]()} className={styles.navLink}>
            {t(`nav.${id}`)}
            {id === "board" && viewsOver > 0 && (
              <span className={styles.navCount} title={t("views.alert", { count: viewsOver })}>
                {viewsOver}
                <span className="visually-hidden">{t("views.alert", { count: viewsOver })}</span>
              </span>
            )}
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
