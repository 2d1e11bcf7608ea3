import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatInstant } from "~/i18n/format-date";
import type { BatchView } from "~server/payouts/read-batch.server";
import controls from "../controls.module.css";
import styles from "./payouts.module.css";

/** What a batch is, who froze and released it, how far its files have come. */
export function BatchFacts({ batch }: { batch: BatchView }) {
  const { t } = useTranslation("staff");
  const rows: [string, string | null][] = [
    [t("payouts.facts.total"), formatFen(batch.totalFen)],
    [t("payouts.count"), String(batch.lines.length)],
    [t("payouts.facts.source"), batch.source],
    [t("payouts.facts.preparedBy"), `${batch.preparedBy} · ${formatInstant(batch.preparedAt)}`],
    [t("payouts.facts.cashier"), batch.cashier],
    [
      t("payouts.facts.releases"),
      batch.releases
        .map(({ person, signedAt }) => `${person} · ${formatInstant(signedAt)}`)
        .join(t("separator")) || t("payouts.facts.none"),
    ],
    [
      t("payouts.facts.handed"),
      batch.status === "released"
        ? t("payouts.facts.handedOf", { done: batch.handed, of: batch.lines.length })
        : null,
    ],
    [t("payouts.facts.sentAt"), batch.sentAt && formatInstant(batch.sentAt)],
    [t("payouts.facts.cancelled"), batch.cancelReason],
  ];
  return (
    <section className={controls.card}>
      <dl className={styles.facts}>
        {rows.map(
          ([label, value]) =>
            value !== null && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
        <div>
          <dt>{t("payouts.facts.hash")}</dt>
          <dd className={styles.hash}>
            <code>{batch.hash}</code>
          </dd>
        </div>
        {batch.files.map((file) => (
          <div key={file.id}>
            <dt>{t("payouts.facts.file", { kind: t(`payouts.file.kinds.${file.kind}`) })}</dt>
            <dd className={styles.hash}>
              {t("payouts.facts.madeAt", { time: formatInstant(file.madeAt) })}
              {file.wasSent && ` · ${t("payouts.facts.wasSent")}`}
              <br />
              {t("payouts.facts.mark")} <code data-file-sha256>{file.sha256}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
