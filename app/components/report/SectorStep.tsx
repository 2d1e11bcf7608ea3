import { useTranslation } from "react-i18next";
import { Choices, Question } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import type { Offer } from "~server/intake/offer-step.server";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

/** The common sectors first, the rest one click away, “not sure” always in sight at the end. */
export function SectorStep({ values, errors, offer }: StepProps) {
  const { t } = useTranslation();
  const chosen = textOf(values, "sector");
  const item = ({ id, label, help, examples }: Offer["sectors"][number]) => ({
    value: id,
    label,
    help:
      examples.length === 0
        ? help
        : `${help}${t("report.sectorExamples", { list: examples.join(t("report.listSeparator")) })}`,
  });
  const known = offer.sectors.filter(({ id }) => id !== "unknown");
  const common = known.filter((sector) => sector.common);
  const rest = known.filter((sector) => !sector.common);
  return (
    <Question
      name="sector"
      heading
      label={t("report.steps.sector.title")}
      hint={t("report.steps.sector.hint")}
      error={sayError(t, errors, "sector")}
    >
      <Choices name="sector" type="radio" chosen={[chosen]} items={common.map(item)} />
      {rest.length > 0 ? (
        <details className={css.more} open={rest.some(({ id }) => id === chosen)}>
          <summary>{t("report.moreSectors")}</summary>
          <Choices
            name="sector"
            type="radio"
            chosen={[chosen]}
            items={rest.map(item)}
            first={common.length === 0}
          />
        </details>
      ) : null}
      <Choices
        name="sector"
        type="radio"
        chosen={[chosen]}
        items={offer.sectors.filter(({ id }) => id === "unknown").map(item)}
        first={known.length === 0}
      />
    </Question>
  );
}
