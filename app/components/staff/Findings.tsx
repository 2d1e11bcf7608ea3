import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { AMOUNT_FIELDS, ENTITY_CLASSES, MAIN_AMOUNTS, MORE_AMOUNTS, type AmountField } from "~/forms/finding";
import { formatFen } from "~/forms/money";
import { textOf } from "~/forms/parse-form";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import { ErrorSummary } from "./ErrorSummary";
import { CheckField, SelectField, TextAreaField, TextField, type FormState } from "./Field";
import { SubmitButton } from "./SubmitButton";
import controls from "./controls.module.css";

export type FindingView = {
  readonly id: string;
  readonly version: number;
  readonly status: "recorded" | "verified" | "rejected" | "superseded";
  readonly entityClass: (typeof ENTITY_CLASSES)[number];
  /** 分; null where the document gives none. */
  readonly amounts: Readonly<Record<AmountField, bigint | null>>;
  readonly decisionNumber: string;
  readonly decidedOn: string;
  readonly isFinal: boolean;
  readonly recorder: string;
  readonly verifier: string | null;
  readonly rejectedReason: string | null;
};

const TONES = { recorded: "waiting", verified: "done", rejected: "major", superseded: undefined } as const;

/** Every version of the finding, newest first. */
export function FindingsTable({ findings }: { findings: readonly FindingView[] }) {
  const { t } = useTranslation("staff");
  if (findings.length === 0) return <p className={controls.empty}>{t("findings.empty")}</p>;
  return (
    <div className={controls.tableWrap} role="region" aria-label={t("findings.title")} tabIndex={0}>
      <table className={controls.table}>
        <thead>
          <tr>
            <th scope="col">{t("findings.versionColumn")}</th>
            <th scope="col">{t("findings.class")}</th>
            <th scope="col">{t("findings.amounts")}</th>
            <th scope="col">{t("findings.document")}</th>
            <th scope="col">{t("findings.people")}</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.id}>
              <th scope="row">
                {t("findings.version", { version: finding.version })}
                <br />
                <span className={controls.tag} data-tone={TONES[finding.status]}>
                  {t(`findings.statuses.${finding.status}`)}
                </span>
              </th>
              <td>{t(`findings.classes.${finding.entityClass}`)}</td>
              <td>
                <Amounts finding={finding} />
              </td>
              <td>
                {finding.decisionNumber}
                <br />
                {formatDay(finding.decidedOn)} · {t(finding.isFinal ? "findings.final" : "findings.notFinal")}
              </td>
              <td>
                {t("findings.recorder", { name: finding.recorder })}
                <br />
                {finding.verifier !== null && t("findings.verifier", { name: finding.verifier })}
                {finding.rejectedReason !== null && (
                  <p className={controls.error}>
                    {t("findings.rejectedReason", { reason: finding.rejectedReason })}
                  </p>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Amounts({ finding }: { finding: FindingView }) {
  const { t } = useTranslation("staff");
  const given = AMOUNT_FIELDS.flatMap((field) => {
    const fen = finding.amounts[field];
    return fen === null ? [] : [{ field, fen }];
  });
  if (given.length === 0) return <>{t("none")}</>;
  return (
    <dl className={controls.amounts}>
      {given.map(({ field, fen }) => (
        <div key={field}>
          <dt>{t(`findings.${field}`)}</dt>
          <dd>{formatFen(fen)}</dd>
        </div>
      ))}
    </dl>
  );
}

type FormProps = {
  leadId: string;
  /** Triage enters it for a body without accounts, by the letter that body sent. */
  forBody: boolean;
  state: FormState | null;
  refusal: string | null;
};

/** `seen`: the version of the last finding the page shows, 0 for none. */
export function RecordForm({ leadId, forBody, seen, state, refusal }: FormProps & { seen: number }) {
  const { t } = useTranslation("staff");
  const form = "finding";
  const again = seen > 0;
  return (
    <details className={controls.disclosure} open={state !== null || !again || undefined}>
      <summary>{t(again ? "findings.recordAgain" : "findings.recordTitle")}</summary>
      <Form method="post" action={paths.staff.findings(leadId)}>
        <ErrorSummary form={form} state={state} refusal={refusal} />
        <p className={controls.hint}>{t(forBody ? "findings.recordForBody" : "findings.recordHint")}</p>
        <input type="hidden" name="intent" value="record" />
        <input type="hidden" name="seen" value={seen} />
        <SelectField
          form={form}
          name="entityClass"
          label={t("findings.class")}
          options={ENTITY_CLASSES.map((id) => ({ value: id, label: t(`findings.classes.${id}`) }))}
          empty={t("lead.choose")}
          state={state}
        />
        <div className={controls.pairOfFields}>
          {MAIN_AMOUNTS.map((field) => (
            <TextField
              key={field}
              form={form}
              name={field}
              label={t(`findings.${field}`)}
              hint={t("findings.amountHint")}
              inputMode="text"
              maxLength={60}
              state={state}
            />
          ))}
          <TextField
            form={form}
            name="decisionNumber"
            label={t(forBody ? "findings.letterNumber" : "findings.decisionNumber")}
            maxLength={100}
            state={state}
          />
          <TextField
            form={form}
            name="decidedOn"
            label={t(forBody ? "findings.letterDay" : "findings.decidedOn")}
            hint={t("findings.decidedOnHint")}
            maxLength={20}
            state={state}
          />
        </div>
        <details
          className={controls.disclosure}
          open={MORE_AMOUNTS.some((field) => textOf(state?.values, field) !== "") || undefined}
        >
          <summary>{t("findings.moreAmounts")}</summary>
          <p className={controls.hint}>{t("findings.moreAmountsHint")}</p>
          <div className={controls.pairOfFields}>
            {MORE_AMOUNTS.map((field) => (
              <TextField
                key={field}
                form={form}
                name={field}
                label={t(`findings.${field}`)}
                hint={t("findings.amountHint")}
                inputMode="text"
                maxLength={60}
                state={state}
              />
            ))}
          </div>
        </details>
        <CheckField form={form} name="isFinal" label={t("findings.isFinal")} state={state} />
        <SubmitButton>{t("findings.recordButton")}</SubmitButton>
      </Form>
    </details>
  );
}

export function VerdictForm({
  leadId,
  forBody,
  finding,
  state,
  refusal,
}: FormProps & { finding: FindingView | null }) {
  const { t } = useTranslation("staff");
  const form = "verdict";
  if (finding === null) return null;
  return (
    <Form method="post" action={paths.staff.findings(leadId)} className={controls.disclosure}>
      <h3 className={controls.spacedTop}>{t("findings.verifyTitle", { version: finding.version })}</h3>
      <ErrorSummary form={form} state={state} refusal={refusal} />
      <p className={controls.hint}>{t(forBody ? "findings.verifyForBody" : "findings.verifyHint")}</p>
      <input type="hidden" name="intent" value="verdict" />
      <input type="hidden" name="findingId" value={finding.id} />
      <TextAreaField
        form={form}
        name="reason"
        label={t("findings.rejectReason")}
        hint={t("findings.rejectReasonHint")}
        rows={2}
        state={state}
      />
      <div className={controls.buttons}>
        <SubmitButton name="outcome" value="verified">
          {t("findings.verifyButton")}
        </SubmitButton>
        <SubmitButton kind="danger" name="outcome" value="rejected">
          {t("findings.rejectButton")}
        </SubmitButton>
      </div>
    </Form>
  );
}
