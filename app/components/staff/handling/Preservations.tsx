import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { PreservationDecision } from "~server/handling/handling-kinds";
import type { HandlingPage, PreservationView } from "~server/handling/read-handling.server";
import controls from "../controls.module.css";
import { CUSTODY_FORMS, PRESERVE_FORM } from "./field-specs";
import { HandlingForm } from "./HandlingForm";
import { Pairs } from "./Measures";
import styles from "./handling.module.css";

/** Things kept as evidence, their chain of custody, and what was decided. */
export function Preservations({ page, failed }: { page: HandlingPage; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  return (
    <>
      {page.preservations.count === 0 && <p className={controls.empty}>{t("handling.preservationsEmpty")}</p>}
      {page.preservations.rows.map((kept) => (
        <Preservation key={kept.id} kept={kept} mayRecord={page.mayRecord} failed={failed} />
      ))}
      {(page.mayHandle || failed?.form === "preserve") && (
        <HandlingForm
          intent="preserve"
          title={t("handling.preserveAdd")}
          hint={t("handling.preserveHint")}
          submit={t("handling.preserveSave")}
          fields={PRESERVE_FORM}
          values={{ legalBasis: t("handling.preserveBasis") }}
          failed={failed}
        />
      )}
    </>
  );
}

function Preservation({
  kept,
  mayRecord,
  failed,
}: {
  kept: PreservationView;
  mayRecord: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const decided = kept.steps.some(({ kind }) => kind === "decided");
  return (
    <article className={styles.entry}>
      <h3>
        {kept.item} · {kept.quantity}{" "}
        {kept.dueOn !== null && (
          <span className={controls.tag} data-tone="waiting">
            {t("handling.due", { day: formatDay(kept.dueOn) })}
          </span>
        )}
        {decided && (
          <span className={controls.tag} data-tone="done">
            {t("handling.ended")}
          </span>
        )}
      </h3>
      <Pairs
        rows={[
          [t("handling.labels.holder"), kept.holder],
          [t("handling.labels.place"), kept.place],
          [t("handling.labels.basis"), kept.legalBasis],
          [t("handling.labels.sha256"), kept.sha256],
        ]}
      />
      <h4>{t("handling.chain")}</h4>
      <ol className={styles.steps}>
        <li>{t("handling.chainFirst", { day: formatDay(kept.takenOn), holder: kept.firstHolder })}</li>
        {kept.steps.map((step) => (
          <li key={step.id}>
            {step.kind === "handover"
              ? t("handling.chainStep", {
                  day: formatDay(step.onDay),
                  from: step.fromHolder ?? "",
                  to: step.toHolder ?? "",
                  reason: step.reason,
                })
              : t("handling.chainDecided", {
                  day: formatDay(step.onDay),
                  decision: t(`handling.decisions.${step.decision as PreservationDecision}`),
                  reason: step.reason,
                })}
          </li>
        ))}
      </ol>
      {(["handover", "decided"] as const).map(
        (intent) =>
          ((mayRecord && !decided) || failed?.form === `${intent}-${kept.id}`) && (
            <HandlingForm
              key={intent}
              intent={intent}
              of={kept.id}
              title={t(`handling.custodyAdd.${intent}`)}
              submit={t(`handling.custodyAdd.${intent}`)}
              fields={CUSTODY_FORMS[intent]}
              hidden={{ preservationId: kept.id }}
              values={intent === "handover" ? { fromHolder: kept.holder } : {}}
              failed={failed}
            />
          ),
      )}
    </article>
  );
}
