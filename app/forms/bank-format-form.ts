import { BANK_FIELDS, bankFormatSchema, type BankFormat } from "./bank-format";
import { cleanNote } from "./clean-text";
import { formValues, textOf, type FormValues } from "./parse-form";

/** Rows the form offers for the columns of the bank's file; a bank that asks for more is not known. */
export const COLUMN_ROWS = 14;

export const WORD_FIELDS = ["out", "booked", "returned", "rejected", "pending"] as const;
export const STATEMENT_FIELDS = ["endToEndId", "date", "amount", "direction", "status"] as const;

/** A select cannot carry a tab legibly. */
const DELIMITERS = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" } as const;
export const DELIMITER_NAMES = ["comma", "semicolon", "tab", "pipe"] as const;

export type ReadFormat =
  | { readonly ok: true; readonly value: BankFormat; readonly values: FormValues }
  | { readonly ok: false; readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };

/** The field an error of the schema belongs to, by the beginning of its path; the first that fits. */
const FIELD_OF: readonly (readonly [path: string, field: string])[] = [
  ["debtor.name", "debtorName"],
  ["debtor.account", "debtorAccount"],
  ["debtor.bankName", "debtorBankName"],
  ["debtor.bankCode", "debtorBankCode"],
  ["purpose", "purpose"],
  ["csv.columns", "field1"],
  ["csv.delimiter", "delimiter"],
  ["csv.charset", "charset"],
  ["csv.amountUnit", "amountUnit"],
  ["csv.formulas", "formulas"],
  ["statement.charset", "statementCharset"],
  ["statement.delimiter", "statementDelimiter"],
  ["statement.skip", "statementSkip"],
  ["statement.amountUnit", "statementAmountUnit"],
  ...STATEMENT_FIELDS.map((name) => [`statement.columns.${name}`, `statement-${name}`] as const),
  ...WORD_FIELDS.map((name) => [`statement.words.${name}`, `words-${name}`] as const),
];

/** What is said at the field; a choice nobody can make with the form says that of choices. */
const MESSAGE_OF: Readonly<Record<string, string>> = {
  debtorName: "formatName",
  debtorAccount: "formatAccount",
  debtorBankName: "formatName",
  debtorBankCode: "formatBankCode",
  purpose: "formatPurpose",
  field1: "formatColumns",
  statementSkip: "formatSkip",
  statement: "formatStatement",
  words: "formatWords",
};

/** Judges the form of a bank format; errors are catalogue keys by field. */
export function readBankFormatForm(form: FormData): ReadFormat {
  const values = formValues(form);
  const line = (name: string) => String(cleanNote(textOf(values, name))).replace(/\s+/g, " ");
  const code = (name: string) => line(name).normalize("NFKC").replace(/\s/g, "");
  const delimiter = (name: string) => DELIMITERS[textOf(values, name) as keyof typeof DELIMITERS];
  const optional = (name: string) => (line(name) === "" ? undefined : line(name));
  const words = (name: string) =>
    line(`words-${name}`)
      .split(/[、，,;；\s]+/)
      .filter((word) => word !== "");
  const columns = readColumns(values, line);
  const given = {
    debtor: {
      name: line("debtorName"),
      account: code("debtorAccount").toUpperCase(),
      bankName: line("debtorBankName"),
      bankCode: code("debtorBankCode"),
    },
    purpose: line("purpose"),
    csv: {
      columns,
      header: textOf(values, "header") === "yes",
      delimiter: delimiter("delimiter"),
      charset: textOf(values, "charset"),
      amountUnit: textOf(values, "amountUnit"),
      formulas: textOf(values, "formulas"),
    },
    statement: {
      charset: textOf(values, "statementCharset"),
      delimiter: delimiter("statementDelimiter"),
      skip: /^\d{1,2}$/.test(code("statementSkip")) ? Number(code("statementSkip")) : -1,
      columns: {
        endToEndId: line("statement-endToEndId"),
        date: line("statement-date"),
        amount: line("statement-amount"),
        direction: optional("statement-direction"),
        status: optional("statement-status"),
      },
      amountUnit: textOf(values, "statementAmountUnit"),
      words: {
        out: words("out"),
        booked: words("booked"),
        returned: words("returned"),
        rejected: words("rejected"),
        pending: words("pending"),
      },
    },
  };
  const errors: Record<string, string> = {};
  const read = bankFormatSchema.safeParse(given);
  for (const issue of read.error?.issues ?? []) {
    const path = issue.path.join(".");
    const [, field] = FIELD_OF.find(([start]) => path === start || path.startsWith(`${start}.`)) ?? [];
    const at = field ?? "debtorName";
    errors[at] ??= MESSAGE_OF[at.replace(/-.*$/, "")] ?? "formatChoice";
  }
  if (errors["field1"] === undefined && !headersFit(columns, given.csv.header)) {
    errors["field1"] = "formatHeaders";
  }
  if (twice(Object.values(given.statement.columns).filter((name) => name !== undefined))) {
    errors["statement-endToEndId"] ??= "formatStatementTwice";
  }
  if (given.statement.columns.status !== undefined && given.statement.words.booked.length === 0) {
    errors["words-booked"] ??= "formatBooked";
  }
  if (twice(Object.values(given.statement.words).flat())) errors["words-out"] ??= "formatWordsTwice";
  return read.success && Object.keys(errors).length === 0
    ? { ok: true, value: read.data, values }
    : { ok: false, values, errors };
}

/** The rows of columns that say something, in their order. */
function readColumns(values: FormValues, line: (name: string) => string) {
  return Array.from({ length: COLUMN_ROWS }, (_, at) => at + 1).flatMap((row) => {
    const field = BANK_FIELDS.find((known) => known === textOf(values, `field${row}`));
    if (field === undefined) return [];
    const header = line(`header${row}`);
    return [field === "fixed" ? { field, header, text: line(`fixed${row}`) } : { field, header }];
  });
}

/** A file with headers has one for every column, and none twice. */
function headersFit(columns: readonly { header: string }[], shown: boolean): boolean {
  return (
    !shown || (columns.every(({ header }) => header !== "") && !twice(columns.map(({ header }) => header)))
  );
}

const twice = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;

/** A format as the form's fields hold it. */
export function bankFormatValues({ debtor, purpose, csv, statement }: BankFormat): FormValues {
  const nameOf = (sign: string) =>
    DELIMITER_NAMES.find((name) => DELIMITERS[name] === sign) ?? DELIMITER_NAMES[0];
  return {
    ...{ debtorName: debtor.name, debtorAccount: debtor.account },
    ...{ debtorBankName: debtor.bankName, debtorBankCode: debtor.bankCode, purpose },
    ...Object.fromEntries(
      csv.columns.flatMap(({ field, header, text }, at) => [
        [`field${at + 1}`, field],
        [`header${at + 1}`, header],
        [`fixed${at + 1}`, text ?? ""],
      ]),
    ),
    ...(csv.header ? { header: "yes" } : {}),
    ...{ delimiter: nameOf(csv.delimiter), charset: csv.charset },
    ...{ amountUnit: csv.amountUnit, formulas: csv.formulas },
    ...{ statementCharset: statement.charset, statementDelimiter: nameOf(statement.delimiter) },
    ...{ statementSkip: String(statement.skip), statementAmountUnit: statement.amountUnit },
    ...Object.fromEntries(
      STATEMENT_FIELDS.map((name) => [`statement-${name}`, statement.columns[name] ?? ""]),
    ),
    ...Object.fromEntries(WORD_FIELDS.map((name) => [`words-${name}`, statement.words[name].join("、")])),
  };
}
