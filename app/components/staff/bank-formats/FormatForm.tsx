import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { ErrorSummary } from "~/components/staff/ErrorSummary";
import { CheckField, SelectField, TextField, type FormState } from "~/components/staff/Field";
import { SubmitButton } from "~/components/staff/SubmitButton";
import controls from "~/components/staff/controls.module.css";
import type { BankFormat } from "~/forms/bank-format";
import { DELIMITER_NAMES, STATEMENT_FIELDS, WORD_FIELDS, bankFormatValues } from "~/forms/bank-format-form";
import { FormatColumns } from "./FormatColumns";

/** The whole format in one plain form, filled with the one in force or with what came back. */
export function FormatForm({
  format,
  failed,
}: {
  format: BankFormat;
  failed: { readonly state: FormState; readonly refusal: string | null } | null;
}) {
  const { t } = useTranslation("staff");
  const state = failed?.state ?? { values: bankFormatValues(format), errors: {} };
  const of = (name: string) => ({ form: "format", name, state });
  const delimiters = DELIMITER_NAMES.map((value) => ({ value, label: t(`bankFormat.delimiters.${value}`) }));
  const charsets = (["utf-8", "gb18030"] as const).map((value) => ({
    value,
    label: t(`bankFormat.charsets.${value}`),
  }));
  const units = (["yuan", "fen"] as const).map((value) => ({
    value,
    label: t(`bankFormat.amountUnits.${value}`),
  }));
  return (
    <section className={controls.card} aria-labelledby="format-title">
      <h2 id="format-title">{t("bankFormat.writeTitle")}</h2>
      <p className={controls.muted}>{t("bankFormat.writeHint")}</p>
      <ErrorSummary form="format" state={failed?.state} refusal={failed?.refusal} />
      <Form method="post">
        <h3>{t("bankFormat.debtorTitle")}</h3>
        <TextField {...of("debtorName")} label={t("bankFormat.debtorName")} />
        <TextField {...of("debtorAccount")} label={t("bankFormat.debtorAccount")} />
        <TextField {...of("debtorBankName")} label={t("bankFormat.debtorBankName")} />
        <TextField
          {...of("debtorBankCode")}
          label={t("bankFormat.debtorBankCode")}
          hint={t("bankFormat.debtorBankCodeHint")}
          inputMode="numeric"
        />
        <TextField {...of("purpose")} label={t("bankFormat.purpose")} hint={t("bankFormat.purposeHint")} />
        <h3>{t("bankFormat.fileTitle")}</h3>
        <FormatColumns state={state} />
        <CheckField {...of("header")} label={t("bankFormat.showHeader")} />
        <SelectField {...of("delimiter")} label={t("bankFormat.delimiter")} options={delimiters} />
        <SelectField {...of("charset")} label={t("bankFormat.charset")} options={charsets} />
        <SelectField {...of("amountUnit")} label={t("bankFormat.amountUnit")} options={units} />
        <SelectField
          {...of("formulas")}
          label={t("bankFormat.formulas")}
          hint={t("bankFormat.formulasHint")}
          options={(["refuse", "quote"] as const).map((value) => ({
            value,
            label: t(`bankFormat.formulaWays.${value}`),
          }))}
        />
        <h3>{t("bankFormat.statementTitle")}</h3>
        <SelectField {...of("statementCharset")} label={t("bankFormat.charset")} options={charsets} />
        <SelectField {...of("statementDelimiter")} label={t("bankFormat.delimiter")} options={delimiters} />
        <SelectField {...of("statementAmountUnit")} label={t("bankFormat.amountUnit")} options={units} />
        <TextField {...of("statementSkip")} label={t("bankFormat.statementSkip")} inputMode="numeric" />
        {STATEMENT_FIELDS.map((name) => (
          <TextField
            key={name}
            {...of(`statement-${name}`)}
            label={t(`bankFormat.statementHeaders.${name}`)}
          />
        ))}
        {WORD_FIELDS.map((name) => (
          <TextField
            key={name}
            {...of(`words-${name}`)}
            label={t(`bankFormat.words.${name}`)}
            hint={t(name === "booked" ? "bankFormat.bookedHint" : "bankFormat.wordsHint")}
          />
        ))}
        <SubmitButton>{t("bankFormat.write")}</SubmitButton>
      </Form>
    </section>
  );
}
