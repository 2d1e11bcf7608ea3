import type { useTranslation } from "react-i18next";
import type { BankFormat } from "~/forms/bank-format";
import {
  STATEMENT_FIELDS,
  WORD_FIELDS,
  bankFormatValues,
  type DELIMITER_NAMES,
} from "~/forms/bank-format-form";
import { textOf } from "~/forms/parse-form";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** A format item by item, each under its name: "" where the office left it out. */
export function listFormat(format: BankFormat, t: StaffText): readonly (readonly [string, string])[] {
  const { debtor, csv, statement } = format;
  const values = bankFormatValues(format);
  const between = (name: string) =>
    t(`bankFormat.delimiters.${textOf(values, name) as (typeof DELIMITER_NAMES)[number]}`);
  const inFile = (label: string) => t("bankFormat.page.inFile", { label });
  const inStatement = (label: string) => t("bankFormat.page.inStatement", { label });
  return [
    [t("bankFormat.debtorName"), debtor.name],
    [t("bankFormat.debtorAccount"), debtor.account],
    [t("bankFormat.debtorBankName"), debtor.bankName],
    [t("bankFormat.debtorBankCode"), debtor.bankCode],
    [t("bankFormat.purpose"), format.purpose],
    [
      t("bankFormat.page.columns"),
      csv.columns
        .map(({ field, header, text }) => {
          const holds = field === "fixed" ? (text ?? "") : t(`bankFormat.fields.${field}`);
          return header === "" || header === holds ? holds : `${header}（${holds}）`;
        })
        .join("、"),
    ],
    [inFile(t("bankFormat.showHeader")), t(csv.header ? "yes" : "no")],
    [inFile(t("bankFormat.delimiter")), between("delimiter")],
    [inFile(t("bankFormat.charset")), t(`bankFormat.charsets.${csv.charset}`)],
    [inFile(t("bankFormat.amountUnit")), t(`bankFormat.amountUnits.${csv.amountUnit}`)],
    [inFile(t("bankFormat.formulas")), t(`bankFormat.formulaWays.${csv.formulas}`)],
    [inStatement(t("bankFormat.delimiter")), between("statementDelimiter")],
    [inStatement(t("bankFormat.charset")), t(`bankFormat.charsets.${statement.charset}`)],
    [inStatement(t("bankFormat.amountUnit")), t(`bankFormat.amountUnits.${statement.amountUnit}`)],
    [inStatement(t("bankFormat.statementSkip")), String(statement.skip)],
    ...STATEMENT_FIELDS.map(
      (name) =>
        [inStatement(t(`bankFormat.statementHeaders.${name}`)), statement.columns[name] ?? ""] as const,
    ),
    ...WORD_FIELDS.map(
      (name) => [inStatement(t(`bankFormat.words.${name}`)), statement.words[name].join("、")] as const,
    ),
  ];
}
