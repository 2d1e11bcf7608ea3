import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { tipReference } from "~/forms/tip-reference";
import { AMOUNT_BANDS, PEOPLE_BANDS } from "~/forms/report-extent";
import { OTHER_RED_LINE } from "~/forms/report-fields";
import { Sealed } from "~/components/Sealed";
import { formatFen } from "~/forms/money";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { PlaceView, TipView } from "~server/triage/present-lead.server";
import { placeText } from "./BoardCard";
import { FileItems, readFileList } from "./FileItems";
import controls from "./controls.module.css";
import styles from "./lead.module.css";

/**
 * One tip: what it says of the subject (folded unless `open`), and what is sealed; then what may be done with it.
 * Outside a lead, where its rank says nothing, `heading` names it.
 */
export function TipCard({
  tip,
  open,
  heading,
  quotable = false,
  children,
}: {
  tip: TipView;
  open: boolean;
  heading?: string;
  /** Shows the reference by which the identity custodians are asked about it. */
  quotable?: boolean;
  children?: ReactNode;
}) {
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
    [t("lead.alleged"), alleged(tip.allegedFen, t)],
    [t("lead.people"), headCount(tip.people, t)],
    [t("lead.started"), tip.startedOn && formatDay(tip.startedOn)],
    [t("lead.ongoing"), tip.ongoing && t(`lead.ongoings.${tip.ongoing as "yes"}`)],
  ];
  const parts = [
    formatDay(tip.arrivedOn),
    t(`lead.modes.${tip.mode}`),
    t(`lead.channels.${tip.channel}`),
    ...(tip.wantsReward ? [t("lead.wantsReward")] : []),
    ...(tip.withdrawn ? [t("lead.withdrawn")] : []),
    ...(tip.concernsOfficial ? [t("lead.concernsOfficial")] : []),
  ];
  return (
    <article className={styles.tip} id={`tip-${tip.id}`}>
      <h3 className={styles.tipHead}>
        {heading ?? t("lead.tip", { rank: tip.rank })}
        {heading === undefined && tip.rank === 1 && (
          <span className={controls.tag} data-tone="stage">
            {t("lead.first")}
          </span>
        )}
        <span className={styles.tipMeta}>
          {parts.map((part, at) => (
            <Fragment key={part}>
              {at > 0 && " · "}
              <span className={controls.nowrap}>{part}</span>
            </Fragment>
          ))}
          {quotable && tip.mode === "named" && (
            <>
              {" · "}
              <span className={controls.nowrap} title={t("lead.tipReferenceHint")}>
                {t("lead.tipReference", { reference: tipReference(tip.id) })}
              </span>
            </>
          )}
        </span>
      </h3>
      <dl className={styles.facts}>
        <div className={styles.wide}>
          <dt>{t("lead.narrative")}</dt>
          <dd>
            <Sealed view={tip.narrative} />
          </dd>
        </div>
        {tip.details.state === "sealed" && (
          <div className={styles.wide}>
            <dt>{t("lead.details")}</dt>
            <dd>
              <Sealed view={tip.details} show={(text) => <Details text={text} />} />
            </dd>
          </div>
        )}
        {tip.files.state === "sealed" && (
          <div className={styles.wide}>
            <dt>{t("files.title")}</dt>
            <dd>
              <Sealed view={tip.files} show={(text) => <FileItems files={readFileList(text)} />} />
            </dd>
          </div>
        )}
      </dl>
      <details className={styles.elements} open={open || undefined}>
        <summary>{t("lead.elements")}</summary>
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
                  <li key={line}>{line === OTHER_RED_LINE ? t("lead.otherRedLine") : line}</li>
                ))}
              </ul>
            </dd>
          </div>
        </dl>
      </details>
      {children}
    </article>
  );
}

/** 分: a band of the form is kept as its lower bound (the lowest as 0), anything else is what the reporter wrote. */
function alleged(fen: bigint | null, t: StaffText): string {
  if (fen === null) return t("lead.notKnown");
  if (fen === 0n) return t("lead.lowestBand");
  const isBand = Object.values<string>(AMOUNT_BANDS).includes(fen.toString());
  return isBand ? t("lead.atLeast", { amount: formatFen(fen) }) : formatFen(fen);
}

/** A band of the form is kept as its lower bound, the lowest as 0. */
function headCount(people: number | null, t: StaffText): string {
  if (people === null) return t("lead.notKnown");
  if (people === 0) return t("lead.fewPeople");
  const isBand = Object.values<number>(PEOPLE_BANDS).includes(people);
  return t(isBand ? "lead.peopleAtLeast" : "lead.peopleCount", { count: people });
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** What only investigators need, as the report form seals it: JSON of known fields. Anything else is shown as it is. */
function Details({ text }: { text: string }) {
  const { t } = useTranslation("staff");
  const rows = readDetails(text);
  if (rows === null) return <>{text}</>;
  const say = (name: DetailName, value: string) => {
    if (name === "arrivedAt") return isInstant(value) ? formatInstant(new Date(value)) : value;
    if (name === "endedOn") return formatDay(value);
    if (name === "ownLossFen") return /^\d{1,19}$/.test(value) ? formatFen(value) : value;
    return isKnownValue(value) ? t(`lead.detailValues.${value}`) : value;
  };
  return (
    <ul className={styles.redLines}>
      {rows.map(([name, value]) => (
        <li key={name}>
          {t(`lead.detailLabels.${name}`)}：{say(name, value)}
        </li>
      ))}
    </ul>
  );
}

function isInstant(value: string): boolean {
  return !Number.isNaN(Date.parse(value));
}

type DetailName = keyof typeof staffLead.detailLabels;
type DetailValue = keyof typeof staffLead.detailValues;

function isKnownValue(value: string): value is DetailValue {
  return Object.hasOwn(staffLead.detailValues, value);
}

/** The known fields that were filled in, or null when the text is no such JSON. */
function readDetails(text: string): [DetailName, string][] | null {
  try {
    const read = JSON.parse(text) as Record<string, unknown> | null;
    const names = Object.keys(staffLead.detailLabels) as DetailName[];
    return names.flatMap((name): [DetailName, string][] => {
      const value = read?.[name];
      return typeof value === "string" && value !== "" ? [[name, value]] : [];
    });
  } catch {
    return null;
  }
}
