import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Sealed } from "~/components/Sealed";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import type { PlaceView, TipView } from "~server/triage/present-lead.server";
import { placeText } from "./BoardCard";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/** One tip: what it says of the subject, and what is sealed. `children` is what may be done with it. */
export function TipCard({ tip, children }: { tip: TipView; children?: ReactNode }) {
  const { t } = useTranslation("staff");
  const place = (value: PlaceView | null) => (value === null ? null : placeText(value, t));
  const rows: [string, ReactNode][] = [
    [
      t("lead.subject"),
      `${tip.subjectName || t("lead.notKnown")}（${t(`lead.subjectKinds.${tip.subjectKind}`)}）`,
    ],
    [t("lead.uscc"), tip.uscc],
    [t("lead.sector"), tip.sector ?? t("unknownSector")],
    [t("lead.registered"), place(tip.registered)],
    [t("lead.operating"), place(tip.operating)],
    [t("lead.occurred"), place(tip.occurred)],
    ...tip.identifiers.map(({ kind, values }): [string, ReactNode] => [
      t(`lead.identifiers.${kind as "site"}`),
      values.join(t("separator")),
    ]),
    [
      t("lead.alleged"),
      tip.allegedFen === null ? t("lead.notKnown") : t("lead.atLeast", { amount: formatFen(tip.allegedFen) }),
    ],
    [
      t("lead.people"),
      tip.people === null ? t("lead.notKnown") : t("lead.peopleCount", { count: tip.people }),
    ],
    [t("lead.started"), tip.startedOn && formatDay(tip.startedOn)],
    [t("lead.ongoing"), tip.ongoing && t(`lead.ongoings.${tip.ongoing as "yes"}`)],
  ];
  return (
    <article className={styles.tip} id={`tip-${tip.id}`}>
      <h3 className={styles.tipHead}>
        {t("lead.tip", { rank: tip.rank })}
        {tip.rank === 1 && (
          <span className={controls.tag} data-tone="stage">
            {t("lead.first")}
          </span>
        )}
        <span className={styles.tipMeta}>
          {formatDay(tip.arrivedOn)} · {t(`lead.modes.${tip.mode}`)} · {t(`lead.channels.${tip.channel}`)}
          {tip.wantsReward && ` · ${t("lead.wantsReward")}`}
        </span>
      </h3>
      <dl className={styles.facts}>
        {rows.map(
          ([label, value]) =>
            value !== null &&
            value !== "" && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
        <div className={styles.wide}>
          <dt>{t("lead.redLines")}</dt>
          <dd>
            <ul className={styles.redLines}>
              {tip.redLines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </dd>
        </div>
        <div className={styles.wide}>
          <dt>{t("lead.narrative")}</dt>
          <dd>
            <Sealed view={tip.narrative} />
          </dd>
        </div>
        {tip.details.state !== "absent" && tip.details.state !== "not_yours" && (
          <div className={styles.wide}>
            <dt>{t("lead.details")}</dt>
            <dd>
              <Sealed view={tip.details} show={(text) => <Details text={text} />} />
            </dd>
          </div>
        )}
      </dl>
      {children}
    </article>
  );
}

/** What only investigators need, as the report form seals it: JSON. Anything else is shown as it is. */
function Details({ text }: { text: string }) {
  const { t } = useTranslation("staff");
  const promised = promisedYield(text);
  return <>{promised === null ? text : `${t("lead.promisedYield")}：${promised}`}</>;
}

function promisedYield(text: string): string | null {
  try {
    const read = (JSON.parse(text) as { promisedYield?: unknown }).promisedYield;
    return typeof read === "string" ? read : null;
  } catch {
    return null;
  }
}
