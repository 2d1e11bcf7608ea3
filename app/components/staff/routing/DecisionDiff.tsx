import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import styles from "~/components/staff/routing.module.css";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { DecisionOutcome, DecisionPart } from "~server/routing/compare-decisions";
import type { DecisionChange, DecisionDiff as Diff } from "~server/routing/diff-decisions.server";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

export type NamedChange = DecisionChange & {
  readonly sectorTitle: string | null;
  readonly places: Readonly<Record<string, string>>;
};

/** How the stored decisions would come out: figures, then the changed ones one by one. */
export function DecisionDiff({
  diff,
  sectors,
  figuresOnly,
}: {
  diff: Diff;
  sectors: Readonly<Record<string, string>>;
  figuresOnly: boolean;
}) {
  const { t } = useTranslation("staff");
  if (diff.decisions === 0) return <p className={controls.empty}>{t("routing.proposal.diffEmpty")}</p>;
  return (
    <>
      <p>
        {t(diff.changed === 0 ? "routing.proposal.diffNone" : "routing.proposal.diffLead", {
          decisions: diff.decisions,
          changed: diff.changed,
        })}
      </p>
      {figuresOnly && <p className={controls.muted}>{t("routing.proposal.figuresOnly")}</p>}
      {diff.unreadable > 0 && <p>{t("routing.proposal.unreadable", { count: diff.unreadable })}</p>}
      {diff.newlyMajor > 0 && <p>{t("routing.proposal.newlyMajor", { count: diff.newlyMajor })}</p>}
      {diff.noLongerMajor > 0 && <p>{t("routing.proposal.noLongerMajor", { count: diff.noLongerMajor })}</p>}
      <div className={styles.pair}>
        <Counts
          title={t("routing.proposal.bySector")}
          heads={[
            t("routing.proposal.sector"),
            t("routing.proposal.decisions"),
            t("routing.proposal.changed"),
          ]}
          rows={diff.bySector.map(({ sector, decisions, changed }) => [
            sectors[sector] || t("unknownSector"),
            decisions,
            changed,
          ])}
          empty=""
        />
        <Counts
          title={t("routing.proposal.byAgency")}
          heads={[t("routing.proposal.agency"), t("routing.proposal.gains"), t("routing.proposal.loses")]}
          rows={diff.byAgency.map(({ agency, gains, loses }) => [agency, gains, loses])}
          empty={t("routing.proposal.byAgencyNone")}
        />
      </div>
    </>
  );
}

function Counts({
  title,
  heads,
  rows,
  empty,
}: {
  title: string;
  heads: readonly string[];
  rows: readonly (readonly [string, number, number])[];
  empty: string;
}) {
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className={controls.muted}>{empty}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={controls.table}>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, one, other]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{one}</td>
                  <td>{other}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function ChangesTable({ changes }: { changes: readonly NamedChange[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap} role="region" aria-labelledby="changes-title" tabIndex={0}>
      <table className={`${controls.table} ${finance.stacked} ${styles.rules}`}>
        <thead>
          <tr>
            <th scope="col">{t("routing.proposal.lead")}</th>
            <th scope="col">{t("routing.proposal.sector")}</th>
            <th scope="col">{t("routing.proposal.before")}</th>
            <th scope="col">{t("routing.proposal.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.decisionNo}>
              <th scope="row">
                {change.lead === null ? (
                  t("routing.proposal.decisionNo", { number: change.decisionNo })
                ) : (
                  <Link to={paths.staff.lead(change.lead.id)}>
                    {t("routing.proposal.leadNumber", { number: change.lead.number })}
                  </Link>
                )}
                <p className={controls.muted}>
                  {t(`routing.proposal.kind.${change.kind}`)} · {formatDay(change.decidedOn)}
                </p>
              </th>
              <td data-label={t("routing.proposal.sector")}>{change.sectorTitle ?? t("unknownSector")}</td>
              <td data-label={t("routing.proposal.before")}>
                <Parts parts={change.parts} outcome={change.before} places={change.places} />
              </td>
              <td data-label={t("routing.proposal.after")}>
                {change.after === null ? (
                  t("routing.proposal.unreadableRow")
                ) : (
                  <Parts parts={change.parts} outcome={change.after} places={change.places} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Parts({
  parts,
  outcome,
  places,
}: {
  parts: readonly DecisionPart[];
  outcome: DecisionOutcome;
  places: NamedChange["places"];
}) {
  const { t } = useTranslation("staff");
  return (
    <dl className={styles.change}>
      {parts.map((part) => (
        <div key={part}>
          <dt>{t(`routing.parts.${part}`)}</dt>
          <dd>{partText(part, outcome, places, t)}</dd>
        </div>
      ))}
    </dl>
  );
}

function partText(
  part: DecisionPart,
  outcome: DecisionOutcome,
  places: NamedChange["places"],
  t: StaffText,
): string {
  if (part === "escalate") return t(outcome.escalate ? "routing.proposal.yes" : "routing.proposal.no");
  const { territory } = outcome;
  const names =
    part === "territory"
      ? [...(territory.lead === null ? [] : [territory.lead]), ...territory.cooperate].map(
          (code) => places[code] ?? code,
        )
      : outcome[part];
  return names.length === 0 ? t("routing.proposal.nothing") : names.join(t("separator"));
}
