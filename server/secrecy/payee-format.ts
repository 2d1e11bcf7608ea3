import { SUITE, type Recipient } from "./format";

/** What is sealed of where a transfer goes. JSON in the body; the longest fits one padded step of 4 KiB. */
export type PayeeDetails = {
  /** 户名. */
  readonly holder: string;
  /** 开户银行. */
  readonly bank: string;
  /** 开户网点; may be empty. */
  readonly branch: string;
  /** Digits alone. */
  readonly account: string;
};

/** Which payee record: its own row, of which award. */
export type PayeeRef = { readonly payeeId: string; readonly awardId: string };

export const PAYEE_TABLE = "payee_details";
export const PAYEE_RECORD = "payee";

/** Which share is whose: one alone is random bytes. */
export const PAYEE_SHARES = [
  { slot: "approver", part: "a" },
  { slot: "cashier", part: "b" },
] as const;

/** AAD of the sealed body: it opens as no other record's, and for no other award. */
export function payeeAad({ payeeId, awardId }: PayeeRef): string {
  return [SUITE, PAYEE_TABLE, payeeId, PAYEE_RECORD, awardId].join("|");
}

/** HPKE info of the approvers' share handed to one cashier (`personId`) for one batch. */
export function payeeReleaseInfo(
  of: PayeeRef & { readonly batchId: string; readonly personId: string },
  to: Recipient,
): string {
  return [
    SUITE,
    "payee-share",
    of.batchId,
    of.awardId,
    of.payeeId,
    of.personId,
    to.slot,
    String(to.epoch),
  ].join("|");
}
