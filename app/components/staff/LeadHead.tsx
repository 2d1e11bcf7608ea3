import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { DaysToGo } from "~server/clocks/due-day";
import type { ClosureCode, Stage } from "~server/triage/stages";
import { Clock } from "./Clock";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/** What a lead is, in two lines: subject, stage, 重大; number, sectors, first day, clock. */
export function LeadHead({
  lead,
}: {
  lead: {
    number: number;
    name: string;
    stage: Stage;
    isMajor: boolean;
    leadingOfficeOnly: boolean;
    openedOn: string;
    closureCode: ClosureCode | null;
    sectors: readonly string[];
    toGo: DaysToGo | null;
  };
}) {
  const { t } = useTranslation("staff");
  const sectors = lead.sectors.length === 0 ? [t("unknownSector")] : lead.sectors;
  return (
    <>
      <p className={styles.back}>
        <Link to={paths.staff.board()}>{t("lead.back")}</Link>
      </p>
      <div className={styles.head}>
        <h1>{lead.name}</h1>
        <span className={controls.tag} data-tone="stage">
          {t(`stages.${lead.stage}`)}
        </span>
        {lead.isMajor && (
          <span className={controls.tag} data-tone="major">
            {t("major")}
          </span>
        )}
        <Clock toGo={lead.toGo} />
      </div>
      <p className={styles.subhead}>
        {t("lead.number", { number: lead.number })} · {sectors.join(t("separator"))} ·{" "}
        {t("lead.openedOn", { day: formatDay(lead.openedOn) })}
        {lead.closureCode !== null &&
          ` · ${t("board.closedAs", { closure: t(`closures.${lead.closureCode}`) })}`}
      </p>
      {lead.leadingOfficeOnly && <p className={styles.restricted}>{t("lead.restricted")}</p>}
    </>
  );
}
