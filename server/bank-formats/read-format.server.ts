import { desc, eq } from "drizzle-orm";
import { DEFAULT_BANK_FORMAT, bankFormatSchema, type BankFormat } from "~/forms/bank-format";
import type { Tx } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";

/** How the bank wants its files: what two administrators agreed to last, or the shipped example where none was. */
export async function readBankFormat(tx: Tx): Promise<BankFormat> {
  return (await readFormatInForce(tx))?.format ?? DEFAULT_BANK_FORMAT;
}

/** The format in force with its version; null while the portal goes by the shipped example. */
export async function readFormatInForce(
  tx: Tx,
): Promise<{ readonly version: string; readonly format: BankFormat } | null> {
  const [row] = await tx
    .select({ version: formatProposals.version, content: formatProposals.content })
    .from(formatProposals)
    .where(eq(formatProposals.outcome, "agreed"))
    .orderBy(desc(formatProposals.decidedAt), desc(formatProposals.id))
    .limit(1);
  return row === undefined ? null : { version: row.version, format: bankFormatSchema.parse(row.content) };
}
