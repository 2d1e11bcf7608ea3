import { nameBank } from "~/forms/claim";
import { mayExecuteOn } from "~/forms/execute-day";
import { paths } from "~/paths";
import type { BatchAct } from "~/forms/batch-act";
import type { BatchForFile } from "~server/payouts/read-payees.server";
import type { PayeesToHand } from "~server/payouts/hand-payees.server";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { openPayee, releasePayeeShare } from "~server/secrecy/payee-shares";
import { postStep } from "../ask-webauthn";
import { markFile, nameMarkedFile } from "./mark-file";
import { endToEndId, sumOf, type BankFault, type Payment } from "./payment";
import { writeBankCsv } from "./write-bank-csv";
import { writePain001 } from "./write-pain001";

/** Shares a post carries at most; the server takes no more. */
const PORTION = 50;

type Progress = (done: number, of: number) => void;

function post(act: BatchAct): Promise<unknown> {
  return postStep(paths.staff.payoutAct(), act);
}

/**
 * Hands an approver's shares of a released batch's payees to its cashier, in portions; what was handed before is not
 * done again. false where a share does not open with the keys held. Throws what `passkeyFault` puts into words.
 */
export async function handPayeesOver(
  batchId: string,
  keyring: OpenKeyring,
  onProgress: Progress,
): Promise<boolean> {
  const { payees, of, ...to } = (await post({ step: "payees", batchId })) as PayeesToHand;
  let done = of - payees.length;
  onProgress(done, of);
  for (let at = 0; at < payees.length; at += PORTION) {
    const shares: { payeeId: string; enc: string; body: string }[] = [];
    for (const payee of payees.slice(at, at + PORTION)) {
      const share = await releasePayeeShare(payee, to, keyring.roleKeys);
      if (share === null) return false;
      shares.push({ payeeId: payee.payeeId, ...share });
    }
    await post({ step: "hand", batchId, roleKeyId: to.to.roleKeyId, shares });
    done += shares.length;
    onProgress(done, of);
  }
  return true;
}

export type MadeBankFile =
  | { readonly state: "made"; readonly blob: Blob; readonly name: string }
  | { readonly state: "closed" | "day" }
  | { readonly state: "refused"; readonly fault: BankFault };

/**
 * Opens a released batch's payees in this page, writes the bank's file, and has the server note its mark, count and sum.
 * The file and the key of its mark, in its name, are handed back for saving and are sent nowhere. `closed` where a payee does not open with the keys held,
 * `day` where the bank may not be asked for that day: nothing is opened then.
 */
export async function makeBankFile(
  input: {
    readonly batchId: string;
    readonly kind: "pain001" | "csv";
    readonly executeOn: string;
    readonly today: string;
  },
  keyring: OpenKeyring,
  onProgress: Progress,
): Promise<MadeBankFile> {
  const { batchId, kind, executeOn } = input;
  if (!mayExecuteOn(executeOn, input.today)) return { state: "day" };
  const { batch, format, lines } = (await post({ step: "open", batchId, executeOn })) as BatchForFile;
  const payments: Payment[] = [];
  for (const { id, position, amountFen, payee } of lines) {
    onProgress(payments.length, lines.length);
    const to = await openPayee(payee, keyring.roleKeys);
    if (to === null) return { state: "closed" };
    const bankName = nameBank(to.bank, to.branch);
    payments.push({
      position,
      endToEndId: endToEndId(id),
      amountFen: BigInt(amountFen),
      payee: { name: to.holder, account: to.account, bankName, bankCode: null },
    });
  }
  onProgress(payments.length, lines.length);
  const written =
    kind === "csv"
      ? writeBankCsv(payments, format)
      : writePain001({
          batch,
          createdAt: new Date().toISOString(),
          executeOn,
          payments,
          format,
        });
  if (!written.ok) return { state: "refused", fault: written.fault };
  const bytes = typeof written.file === "string" ? new TextEncoder().encode(written.file) : written.file;
  const { key, mark } = await markFile(bytes);
  await post({
    step: "file",
    batchId,
    kind,
    sha256: mark,
    lines: payments.length,
    sumFen: sumOf(payments).toString(),
  });
  const type = kind === "csv" ? "text/csv" : "application/xml";
  return { state: "made", blob: new Blob([bytes], { type }), name: nameMarkedFile(batch, kind, key) };
}

/** Saves a file from this page. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
