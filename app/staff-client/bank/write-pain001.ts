import type { BankFormat } from "~/forms/bank-format";
import { faultOf, sumOf, yuan, type Payment, type Written } from "./payment";

export const PAIN001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

export type Pain001Input = {
  /** The batch's number, e.g. `PB2026-0007`. */
  readonly batch: string;
  /** When it is written, an ISO instant. */
  readonly createdAt: string;
  /** The day the bank is asked to pay, `YYYY-MM-DD`. */
  readonly executeOn: string;
  readonly payments: readonly Payment[];
  readonly format: Pick<BankFormat, "debtor" | "purpose">;
};

/**
 * A batch as ISO 20022 pain.001.001.09 (CustomerCreditTransferInitiationV09): one PmtInf, amounts in CNY, control sums
 * in both headers, banks named by their CNAPS code. The purpose is the office's own text and tells nothing of whom or
 * what. Answers a fault, and no file, where a text cannot stand in it.
 */
export function writePain001(input: Pain001Input): Written<string> {
  const { batch, createdAt, executeOn, payments, format } = input;
  const fault = faultOf(payments);
  if (fault !== null) return { ok: false, fault };
  const count = String(payments.length);
  const sum = yuan(sumOf(payments));
  const { debtor } = format;
  const file = [
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${PAIN001}"><CstmrCdtTrfInitn>`,
    tag(
      "GrpHdr",
      leaf("MsgId", batch) +
        leaf("CreDtTm", createdAt) +
        leaf("NbOfTxs", count) +
        leaf("CtrlSum", sum) +
        tag("InitgPty", leaf("Nm", debtor.name)),
    ),
    "<PmtInf>",
    leaf("PmtInfId", batch),
    leaf("PmtMtd", "TRF"),
    // Each payment is a line of its own in the statement: a lump sum could not be matched.
    leaf("BtchBookg", "false"),
    leaf("NbOfTxs", count),
    leaf("CtrlSum", sum),
    tag("ReqdExctnDt", leaf("Dt", executeOn)),
    tag("Dbtr", leaf("Nm", debtor.name)),
    tag("DbtrAcct", account(debtor.account) + leaf("Ccy", "CNY")),
    tag("DbtrAgt", bank(debtor.bankCode, debtor.bankName)),
    leaf("ChrgBr", "DEBT"),
    ...payments.map(({ endToEndId, amountFen, payee }) =>
      tag(
        "CdtTrfTxInf",
        tag("PmtId", leaf("InstrId", endToEndId) + leaf("EndToEndId", endToEndId)) +
          tag("Amt", `<InstdAmt Ccy="CNY">${yuan(amountFen)}</InstdAmt>`) +
          tag("CdtrAgt", bank(payee.bankCode, payee.bankName)) +
          tag("Cdtr", leaf("Nm", payee.name)) +
          tag("CdtrAcct", account(payee.account)) +
          tag("RmtInf", leaf("Ustrd", format.purpose)),
      ),
    ),
    "</PmtInf></CstmrCdtTrfInitn></Document>\n",
  ].join("");
  return { ok: true, file };
}

function account(number: string): string {
  return tag("Id", tag("Othr", leaf("Id", number)));
}

/** A member of the clearing system CNAPS, or a bank known by its name alone. */
function bank(code: string | null, name: string): string {
  const member =
    code === null ? "" : tag("ClrSysMmbId", tag("ClrSysId", leaf("Cd", "CNAPS")) + leaf("MmbId", code));
  return tag("FinInstnId", member + leaf("Nm", name));
}

function tag(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`;
}

function leaf(name: string, text: string): string {
  return tag(name, escapeXml(text));
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
