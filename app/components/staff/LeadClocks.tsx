import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { ClockView } from "~server/clocks/read-lead-clocks.server";
import { Clock } from "./Clock";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/** A lead's deadlines: which run, stand still or have ended. */
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
  if (clock.toGo === null)
    return (
      <span className={controls.tag} data-tone="waiting">
        {t(`clocks.pausedLeft.${clock.limitKind}`, { days: clock.left ?? 0 })}
      </span>
    );
  return <Clock toGo={clock.toGo} />;
}
