import { and, desc, eq, lte } from "drizzle-orm";
import { DEFAULT_BANK_FORMAT, bankFormatSchema, type BankFormat } from "~/forms/bank-format";
import type { Tx } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";

/** How the bank wants its files: what two administrators agreed to last, or the shipped example where none was. */
export async function readBankFormat(tx: Tx): Promise<BankFormat> {
  return (await readFormatInForce(tx))?.format ?? DEFAULT_BANK_FORMAT;
}

/**
 * The format in force, or that was at an instant (`by`), with its version; null where the portal went by the shipped
 * example.
 */
export async function readFormatInForce(
  tx: Tx,
  by: Date | null = null,
): Promise<{ readonly version: string; readonly format: BankFormat } | null> {
  const [row] = await tx
    .select({ version: formatProposals.version, content: formatProposals.content })
    .from(formatProposals)
    .where(
      and(
        eq(formatProposals.outcome, "agreed"),
        by === null ? undefined : lte(formatProposals.decidedAt, by),
      ),
    )
    .orderBy(desc(formatProposals.decidedAt), desc(formatProposals.id))
    .limit(1);
  return row === undefined ? null : { version: row.version, format: bankFormatSchema.parse(row.content) };
}
