import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { FormFailure } from "~server/clocks/carry-out.server";
import { LETTER_KINDS, REPAYMENT_DAYS, STEPS_OF, type LetterKind } from "~server/handling/handling-kinds";
import type { HandlingPage, LetterView, StepView } from "~server/handling/read-handling.server";
import controls from "../controls.module.css";
import { LETTER_FORMS, STEP_FORMS } from "./field-specs";
import { HandlingForm } from "./HandlingForm";
import { Pairs } from "./Measures";
import styles from "./handling.module.css";

/** Numbered letters, newest first, what became of each, and the forms that issue another. */
export function Letters({ page, failed }: { page: HandlingPage; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const { subject } = page;
  const begins: Partial<Record<LetterKind, Record<string, string>>> = {
    rectify: { recipient: page.lead.name },
    repayment: { recipient: page.lead.name, days: String(REPAYMENT_DAYS) },
    forward: { recipient: page.recipients[0]?.agencyId ?? "" },
    sites: { items: [...subject.sites, ...subject.apps].join("\n") },
  };
  return (
    <>
      {page.letters.count === 0 && <p className={controls.empty}>{t("handling.lettersEmpty")}</p>}
      {page.letters.rows.map((letter) => (
        <Letter
          key={letter.id}
          leadId={page.lead.id}
          letter={letter}
          mayRecord={letter.kind === "forward" ? page.mayRecordForward : page.mayRecord}
          failed={failed}
        />
      ))}
      {LETTER_KINDS.map(
        (kind) =>
          ((kind === "forward" ? page.mayForward : page.mayHandle) || failed?.form === kind) && (
            <HandlingForm
              key={kind}
              intent={kind}
              title={t(`handling.letterAdd.${kind}`)}
              hint={`${t(`handling.letterHints.${kind}`)}${t("handling.noReporter")}`}
              submit={t("handling.letterSend")}
              fields={LETTER_FORMS[kind]}
              itemsLabel={t(`handling.itemsLabels.${kind}`)}
              values={begins[kind] ?? {}}
              choices={page.recipients.map(({ agencyId, name, relation }) => ({
                value: agencyId,
                label: t("handling.recipient", { name, relation: t(`relations.${relation as "lead"}`) }),
              }))}
              failed={failed}
            />
          ),
      )}
    </>
  );
}

function Letter({
  leadId,
  letter,
  mayRecord,
  failed,
}: {
  leadId: string;
  letter: LetterView;
  mayRecord: boolean;
  failed: FormFailure | null;
}) {
  const { t } = useTranslation("staff");
  const { facts, kind } = letter;
  const served = letter.steps.some((step) => step.kind === "served");
  const open = mayRecord && !letter.ended;
  return (
    <article className={styles.entry} id={`letter-${letter.id}`}>
      <h3>
        {t(`handling.letterTitles.${kind}`)} {letter.number}{" "}
        {letter.ended && (
          <span className={controls.tag} data-tone="done">
            {t("handling.ended")}
          </span>
        )}
        {letter.dueOn !== null && (
          <span className={controls.tag} data-tone="waiting">
            {t("handling.due", { day: formatDay(letter.dueOn) })}
          </span>
        )}
      </h3>
      <Pairs
        rows={[
          [t("handling.labels.recipient"), facts.recipient],
          [t("handling.labels.basis"), facts.legalBasis],
          [t("handling.labels.reason"), facts.reason],
          [t(`handling.itemsLabels.${kind}`), facts.items.map(({ text }) => text).join("；")],
        ]}
      />
      <p>
        <a href={paths.staff.letter(letter.id)}>{t("handling.print")}</a>
        {kind === "transfer" && open && (
          <>
            {" · "}
            <Link to={paths.staff.evidence(leadId, letter.id)}>{t("handling.stepAdd.bundle")}</Link>
          </>
        )}
      </p>
      {letter.steps.length > 0 && (
        <ol className={styles.steps}>
          {letter.steps.map((step) => (
            <Step key={step.id} step={step} />
          ))}
        </ol>
      )}
      {STEPS_OF[kind].map((step) => {
        if (step === "bundle") return null;
        const offered = open && (step === "served" ? !served : kind === "transfer" || served);
        if (!offered && failed?.form !== `${step}-${letter.id}`) return null;
        return (
          <HandlingForm
            key={step}
            intent={step}
            of={letter.id}
            title={t(`handling.stepAdd.${step}`)}
            submit={t(`handling.stepAdd.${step}`)}
            fields={STEP_FORMS[step]}
            hidden={{ letterId: letter.id }}
            failed={failed}
          />
        );
      })}
    </article>
  );
}

function Step({ step }: { step: StepView }) {
  const { t } = useTranslation("staff");
  const result =
    step.result === null
      ? null
      : t(`handling.results.${step.kind}.${step.result}` as "handling.results.review.done");
  const parts = [
    formatDay(step.onDay),
    t(`handling.steps.${step.kind}`),
    result,
    step.extendDays !== null ? t("handling.extended", { days: step.extendDays }) : null,
    step.documentNumber,
    step.note,
    t("handling.by", { person: step.person }),
  ].filter((part) => part !== null);
  return (
    <li>
      {parts.join(" · ")}
      {step.sha256 !== null && (
        <>
          <br />
          {t("handling.bundleLine", { files: step.files ?? 0 })} <code>{step.sha256}</code>
        </>
      )}
    </li>
  );
}
