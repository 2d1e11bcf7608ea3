import { useTranslation } from "react-i18next";
import { TextArea } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

type LinesField = "sites" | "apps" | "responsible" | "phonesOrAccounts";

/** Boxes of one item a line. */
function Lines({
  names,
  optional,
  values,
  errors,
}: StepProps & { names: readonly LinesField[]; optional: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {names.map((name) => (
        <TextArea
          key={name}
          name={name}
          rows={3}
          optional={optional}
          label={t(`report.fields.${name}.label`)}
          hint={t(`report.fields.${name}.hint`)}
          error={sayError(t, errors, name)}
          value={textOf(values, name)}
          autoComplete="off"
        />
      ))}
    </>
  );
}

export function OnlineStep(props: StepProps) {
  return <Lines {...props} names={["sites", "apps"]} optional={props.offer.subjectKind !== "site"} />;
}

export function InChargeStep(props: StepProps) {
  return <Lines {...props} names={["responsible", "phonesOrAccounts"]} optional={!props.offer.nameUnknown} />;
}
