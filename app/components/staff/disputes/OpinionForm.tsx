import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { DisputeView } from "~server/disputes/present-dispute.server";
import type { Option } from "~server/packs/list-options";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import { Differs } from "./Differs";

type Speaker = DisputeView["speaksFor"][number];

/** A body's opinion, or its next version; with the letter's number and day where triage writes it down. */
export function OpinionForm({
  speaker,
  bodies,
  state,
  refusal,
  stale,
}: {
  speaker: Speaker;
  bodies: readonly Option[];
  state: FormState | null;
  refusal: string | null;
  stale: boolean;
}) {
  const { t } = useTranslation("staff");
  const { live } = speaker;
  const form = `opinion-${speaker.agencyId.replaceAll(".", "-")}`;
  const nameOf = (id: string) => bodies.find(({ value }) => value === id)?.label ?? id;
  // What was last said is where the next version begins.
  const shown: FormState | null = state ?? (live === null ? null : { values: asTyped(live), errors: {} });
  return (
    <details
      className={controls.disclosure}
      open={state !== null || (live === null && !speaker.byLetter) || undefined}
    >
      <summary>{t("disputes.opinionOf", { body: speaker.name })}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={state} refusal={refusal} />
        {stale && state !== null && live !== null && (
          <Differs
            state={state}
            now={[
              { name: "opinion", label: t("disputes.opinion"), value: live.opinion },
              { name: "legalBasis", label: t("disputes.legalBasis"), value: live.legalBasis },
              {
                ...{ name: "proposedBody", label: t("disputes.proposedBody"), value: live.proposedBody },
                shown: nameOf(live.proposedBody),
              },
            ]}
          />
        )}
        {live !== null && <p className={controls.hint}>{t("disputes.opinionReplace")}</p>}
        {speaker.byLetter && <p className={controls.hint}>{t("disputes.letterHint")}</p>}
        <input type="hidden" name="intent" value="opinion" />
        <input type="hidden" name="agencyId" value={speaker.agencyId} />
        <input type="hidden" name="seen" value={live?.version ?? 0} />
        {speaker.byLetter && <input type="hidden" name="byLetter" value="yes" />}
        <TextAreaField form={form} name="opinion" label={t("disputes.opinion")} rows={5} state={shown} />
        <TextField
          form={form}
          name="legalBasis"
          label={t("disputes.legalBasis")}
          hint={t("disputes.legalBasisHint")}
          maxLength={300}
          state={shown}
        />
        <SelectField
          form={form}
          name="proposedBody"
          label={t("disputes.proposedBody")}
          options={bodies}
          empty={t("lead.choose")}
          state={shown}
        />
        {speaker.byLetter && (
          <div className={controls.pairOfFields}>
            <TextField
              form={form}
              name="letterNumber"
              label={t("disputes.letterNumber")}
              maxLength={100}
              state={shown}
            />
            <TextField
              form={form}
              name="letterOn"
              label={t("disputes.letterOn")}
              hint={t("disputes.dayHint")}
              maxLength={20}
              state={shown}
            />
          </div>
        )}
        <SubmitButton>
          {t(live === null ? "disputes.opinionButton" : "disputes.opinionAgainButton")}
        </SubmitButton>
      </Form>
    </details>
  );
}

function asTyped({ version: _of, ...fields }: NonNullable<Speaker["live"]>): FormState["values"] {
  return fields;
}
