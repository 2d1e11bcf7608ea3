import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { ClockView } from "~server/clocks/read-lead-clocks.server";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/** Working days from which a deadline is near. */
const NEAR = 3;

/** A lead's deadlines: which run, stand still or have ended, counted in working days. */
export function LeadClocks({ leadId, clocks }: { leadId: string; clocks: readonly ClockView[] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="clocks-title">
      <h2 id="clocks-title">{t("lead.clocks")}</h2>
      {clocks.length === 0 && <p className={controls.muted}>{t("clocks.none")}</p>}
      {clocks.length > 0 && (
        <>
          <dl className={styles.pairs}>
            {clocks.map((clock) => (
              <div key={clock.id}>
                <dt>{t(`clocks.kinds.${clock.kind}`)}</dt>
                <dd>
                  {clock.dueOn !== null && `${formatDay(clock.dueOn)} `}
                  <ClockMark clock={clock} />
                </dd>
              </div>
            ))}
          </dl>
          <p>
            <Link to={paths.staff.clocks(leadId)}>{t("clocks.manage")}</Link>
          </p>
        </>
      )}
    </section>
  );
}

/** How a clock stands, in words and colour: never colour alone. */
export function ClockMark({ clock }: { clock: ClockView }) {
  const { t } = useTranslation("staff");
  if (clock.endedOn !== null)
    return <span className={controls.muted}>{t("clocks.ended", { day: formatDay(clock.endedOn) })}</span>;
  if (clock.workingDays === null)
    return (
      <span className={controls.tag} data-tone="waiting">
        {t("clocks.pausedLeft", { days: clock.left ?? 0 })}
      </span>
    );
  const days = clock.workingDays;
  // A day off between today and the last working day counts for none: only a passed day is over.
  const state = days < 0 ? "over" : days <= NEAR ? "near" : "calm";
  return (
    <span className={controls.clock} data-state={state}>
      {days < 0
        ? t("clocks.over", { days: -days })
        : days === 0
          ? t("clocks.today")
          : t("clocks.left", { days })}
    </span>
  );
}
