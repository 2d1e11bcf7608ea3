import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { SelectField, type OptionGroup } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import type { Offer } from "~server/intake/offer-step.server";
import { sayError, type StepProps } from "./step-props";

export function TerritoryStep({ values, errors, offer }: StepProps) {
  const { t, i18n } = useTranslation();
  const groups = optionGroups(t, i18n.language === "en", offer.places);
  return (
    <>
      {(["operating", "registered", "occurred"] as const).map((name) => (
        <SelectField
          key={name}
          name={name}
          label={t(`report.fields.${name}.label`)}
          hint={t(`report.fields.${name}.hint`)}
          error={sayError(t, errors, name)}
          value={textOf(values, name)}
          empty={t("report.options.choosePlace")}
          groups={groups}
        />
      ))}
    </>
  );
}

/** Places outside the pack have Chinese names only: they are marked as Chinese for a screen reader. */
function optionGroups(t: TFunction, english: boolean, places: Offer["places"]): OptionGroup[] {
  const groups = places.map((group) => ({
    label: t(`report.places.${group.key}`),
    options: [
      ...group.places.map(({ code, zh, en }) => ({
        value: code,
        label: english ? (en ?? zh) : zh,
        lang: english && en === null ? "zh-CN" : undefined,
      })),
      ...(group.unsure === null
        ? []
        : [{ value: group.unsure.code, label: t("report.places.ownUnsure", { name: group.unsure.zh }) }]),
    ],
  }));
  return [
    ...groups,
    {
      label: t("report.places.none"),
      options: [
        { value: "online", label: t("report.options.online") },
        { value: "unknown", label: t("report.options.unknownPlace") },
      ],
    },
  ];
}
