import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { HandlingPage, MeasureView } from "~server/handling/read-handling.server";
import controls from "../controls.module.css";
import { MEASURE_FORM, OUTCOME_FORM } from "./field-specs";
import { HandlingForm } from "./HandlingForm";
import styles from "./handling.module.css";

/** The register of measures, newest first, with what came of each. */
export function Measures({ page, failed }: { page: HandlingPage; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  return (
    <>
      {page.measures.count === 0 && <p className={controls.empty}>{t("handling.measuresEmpty")}</p>}
      {page.measures.rows.map((measure) => (
        <Measure key={measure.measureId} measure={measure} mayRecord={page.mayRecord} failed={failed} />
      ))}
      {(page.mayHandle || failed?.form === "measure") && (
        <HandlingForm
          intent="measure"
          title={t("handling.measureAdd")}
          submit={t("handling.measureSave")}
          fields={MEASURE_FORM}
          failed={failed}
        />
      )}
    </>
  );
}

function Measure({
  measure,
  mayRecord,
  failed,
}: {
  measure: MeasureView;
  mayRecord: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const [latest, ...earlier] = measure.versions;
  if (latest === undefined) return null;
  const rows: [string, string | null][] = [
    [t("handling.labels.body"), measure.body],
    [t("handling.labels.basis"), latest.legalBasis],
    [t("handling.labels.number"), latest.documentNumber],
    [t("handling.labels.summary"), latest.summary],
    [t("handling.labels.review"), latest.reviewOn && formatDay(latest.reviewOn)],
    [t("handling.labels.outcome"), latest.outcome],
  ];
  return (
    <article className={styles.entry}>
      <h3>
        {t(`handling.measureKinds.${measure.kind}`)}
        <span className={controls.muted}>
          {" "}
          {formatDay(latest.takenOn)} · {t("handling.by", { person: latest.person })}
        </span>
      </h3>
      <Pairs rows={rows} />
      {earlier.length > 0 && (
        <details className={controls.quietDetails}>
          <summary>{t("handling.earlier")}</summary>
          <ul>
            {earlier.map((one) => (
              <li key={one.version}>
                {t("handling.version", { version: one.version })} · {t("handling.by", { person: one.person })}{" "}
                · {one.outcome ?? one.summary}
              </li>
            ))}
          </ul>
        </details>
      )}
      {mayRecord && (
        <HandlingForm
          intent="outcome"
          of={measure.measureId}
          title={t("handling.measureOutcome")}
          submit={t("handling.measureOutcome")}
          fields={OUTCOME_FORM}
          hidden={{ measureId: measure.measureId, version: String(latest.version) }}
          failed={failed}
        />
      )}
    </article>
  );
}

/** Labelled facts; those without a value are left out. */
export function Pairs({ rows }: { rows: readonly (readonly [string, string | null])[] }) {
  return (
    <dl className={styles.pairs}>
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
    </dl>
  );
}
