import { BANK_NAME_MOST, hasControl } from "~/forms/bank-format";

/** Where one payment goes, as its payee gave it. Lives in the cashier's browser alone. */
export type Payee = {
  readonly name: string;
  readonly account: string;
  readonly bankName: string;
  /** 大额支付系统行号, 12 digits; null where it was not given. */
  readonly bankCode: string | null;
};

export type Payment = {
  readonly position: number;
  /** The line's id without dashes: 32 characters of the 35 a bank carries through. */
  readonly endToEndId: string;
  /** 分, above zero. */
  readonly amountFen: bigint;
  readonly payee: Payee;
};

/** Why no file was built, and at which payment of the batch (0: none of them). */
export type BankFault = {
  readonly position: number;
  readonly why: "text" | "formula" | "amount" | "double" | "charset" | "empty";
};

export type Written<T> =
  { readonly ok: true; readonly file: T } | { readonly ok: false; readonly fault: BankFault };

export function endToEndId(lineId: string): string {
  return lineId.replaceAll("-", "").toLowerCase();
}

/** 分 as a decimal of 元 with two places: what both kinds of file carry. */
export function yuan(fen: bigint): string {
  return `${fen / 100n}.${(fen % 100n).toString().padStart(2, "0")}`;
}

/** What is wrong with a batch whatever the format: empty, an id twice, an amount of nothing, a text no file can hold. */
export function faultOf(payments: readonly Payment[]): BankFault | null {
  if (payments.length === 0) return { position: 0, why: "empty" };
  const seen = new Set<string>();
  for (const { position, endToEndId: id, amountFen, payee } of payments) {
    if (!/^[0-9a-f]{32}$/.test(id) || seen.has(id)) return { position, why: "double" };
    seen.add(id);
    if (amountFen <= 0n || amountFen >= 10n ** 15n) return { position, why: "amount" };
    const { name, account, bankName, bankCode } = payee;
    const texts = [
      [name, 70],
      [account, 34],
      [bankName, BANK_NAME_MOST],
      [bankCode ?? "-", 35],
    ] as const;
    for (const [text, max] of texts)
      if (text.trim() === "" || [...text].length > max || hasControl(text)) return { position, why: "text" };
  }
  return null;
}

export function sumOf(payments: readonly Payment[]): bigint {
  return payments.reduce((sum, { amountFen }) => sum + amountFen, 0n);
}
