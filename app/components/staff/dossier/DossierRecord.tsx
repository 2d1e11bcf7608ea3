import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { Shared } from "~server/dossiers/find-links.server";
import type { DossierClass, DossierLead } from "~server/dossiers/read-dossier.server";
import type { ClosureCode, Stage } from "~server/triage/stages";
import { SharedThings } from "./DossierMerges";
import styles from "./dossier.module.css";

/** 合规 / 整改 / 取缔 over time. */
export function DossierClasses({ classes }: { classes: readonly DossierClass[] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="classes-title">
      <h2 id="classes-title">{t("dossiers.classTitle")}</h2>
      {classes.length === 0 && <p className={controls.muted}>{t("dossiers.classNone")}</p>}
      <ul className={styles.list}>
        {classes.map((one) => (
          <li key={one.id} className={styles.item}>
            <p className={styles.itemName}>{t(`findings.classes.${one.entityClass as "ban"}`)}</p>
            <p className={styles.itemMeta}>
              {t("dossiers.classLine", { number: one.decisionNumber, day: formatDay(one.decidedOn) })}
              {" · "}
              {t("lead.number", { number: one.leadNumber })}
              {one.superseded && ` · ${t("dossiers.classSuperseded")}`}
              {!one.isFinal && ` · ${t("dossiers.classNotFinal")}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Shown = Omit<DossierLead, "stage" | "closureCode"> & {
  readonly stage: Stage;
  readonly closureCode: ClosureCode | null;
};

export function DossierLeads({ leads, count }: { leads: readonly Shown[]; count: number }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="leads-title">
      <h2 id="leads-title">{t("dossiers.leadsTitle")}</h2>
      <ul className={styles.list}>
        {leads.map((lead) => (
          <li key={lead.id} className={styles.item}>
            <p className={styles.itemName}>
              <Link to={paths.staff.lead(lead.id)}>{t("lead.number", { number: lead.number })}</Link>{" "}
              <span className={controls.tag} data-tone="stage">
                {t(`stages.${lead.stage}`)}
              </span>{" "}
              {lead.isMajor && (
                <span className={controls.tag} data-tone="major">
                  {t("major")}
                </span>
              )}
            </p>
            <p className={styles.itemMeta}>
              {t("lead.openedOn", { day: formatDay(lead.openedOn) })}
              {lead.closureCode !== null &&
                ` · ${t("board.closedAs", { closure: t(`closures.${lead.closureCode}`) })}`}
              {lead.registered !== null && ` · ${t("dossiers.registered", { count: lead.registered })}`}
            </p>
          </li>
        ))}
      </ul>
      {count > leads.length && (
        <p className={controls.muted}>{t("dossiers.leadsShown", { count, shown: leads.length })}</p>
      )}
    </section>
  );
}

/** Other dossiers with the same person, phone, account, site or address. */
export function DossierLinks({
  links,
}: {
  links: readonly { dossierId: string; name: string; shared: readonly Shared[] }[];
}) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="links-title">
      <h2 id="links-title">{t("dossiers.linksTitle")}</h2>
      {links.length === 0 && <p className={controls.muted}>{t("dossiers.linksNone")}</p>}
      <ul className={styles.list}>
        {links.map(({ dossierId, name, shared }) => (
          <li key={dossierId} className={styles.item}>
            <p className={styles.itemName}>
              <Link to={paths.staff.dossier(dossierId)}>{name}</Link>
            </p>
            <ul className={styles.why}>
              <SharedThings shared={shared} />
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
