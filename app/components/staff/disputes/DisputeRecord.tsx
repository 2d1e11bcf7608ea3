import { useTranslation } from "react-i18next";
import { formatDay, formatInstant } from "~/i18n/format-date";
import type { DisputeEntry, DisputeView } from "~server/disputes/present-dispute.server";
import controls from "../controls.module.css";
import styles from "./disputes.module.css";

/** What is argued, who mediates and how; a decided one says how long it took. */
export function DisputeHead({ dispute }: { dispute: DisputeView }) {
  const { t } = useTranslation("staff");
  const pairs: [string, string][] = [
    [t("disputes.cause"), t(`disputes.causes.${dispute.cause}`)],
    [t("disputes.mediator"), dispute.mediator],
    [t("disputes.method"), dispute.method],
    [t("disputes.clause"), dispute.clause],
    [t("disputes.openedAt"), formatInstant(dispute.openedAt)],
  ];
  return (
    <section className={controls.card} aria-labelledby="question-title">
      <h2 id="question-title">{t("disputes.question")}</h2>
      <p className={styles.question}>{dispute.question}</p>
      <dl className={styles.pairs}>
        {pairs.map(
          ([label, value]) =>
            value !== "" && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

/** Everything said and done, in order. */
export function DisputeProceedings({ entries }: { entries: readonly DisputeEntry[] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="proceedings-title">
      <h2 id="proceedings-title">{t("disputes.proceedings")}</h2>
      <ol className={styles.entries}>
        {entries.map((entry) => (
          <li key={entry.key} data-kind={entry.kind}>
            <h3>{entryTitle(entry, t)}</h3>
            <p className={styles.when}>
              {formatInstant(entry.at)}
              {entry.person !== "" && ` · ${t("disputes.by", { person: entry.person })}`}
            </p>
            {entry.pairs.length > 0 && (
              <dl className={styles.pairs}>
                {entry.pairs.map(({ label, value }) => (
                  <div key={label}>
                    <dt>{t(`disputes.labels.${label}`)}</dt>
                    <dd>{pairText(label, value, t)}</dd>
                  </div>
                ))}
              </dl>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

function entryTitle({ kind, body, version }: DisputeEntry, t: StaffText): string {
  if (kind === "opened" && body === "") return t("disputes.entries.openedAlone");
  if (kind === "opinion" && version !== null && version > 1)
    return t("disputes.entries.opinionAgain", { body, version });
  return t(`disputes.entries.${kind}`, { body });
}

function pairText(label: DisputeEntry["pairs"][number]["label"], value: string, t: StaffText): string {
  if (label === "heldOn") return formatDay(value);
  return label === "byGroup" ? t("yes") : value;
}

/** Each body heard, why, and what it proposes now. */
export function DisputeParties({ parties }: { parties: DisputeView["parties"] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="parties-title">
      <h2 id="parties-title">{t("disputes.statusTitle")}</h2>
      <ul className={styles.parties}>
        {parties.map((party) => (
          <li key={party.agencyId}>
            <p>
              <strong>{party.name}</strong>{" "}
              <span className={controls.muted}>
                {t(`disputes.why.${party.why}`)}
                {!party.hasOfficer && ` · ${t("disputes.byPost")}`}
              </span>
            </p>
            {party.why !== "decided" && (
              <p>
                {party.proposes === null ? (
                  <span className={controls.tag} data-tone="waiting">
                    {t("disputes.silent")}
                  </span>
                ) : (
                  t("disputes.proposes", { body: party.proposes })
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
