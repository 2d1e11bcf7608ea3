import { eq } from "drizzle-orm";
import { DEFAULT_BANK_FORMAT, bankFormatSchema, type BankFormat } from "~/forms/bank-format";
import type { Tx } from "~db/client.server";
import { settings } from "~db/schema/packs";

/** How the bank wants its files: the office's setting `bank_format`, or the shipped start where none was made. */
export async function readBankFormat(tx: Tx): Promise<BankFormat> {
  const [row] = await tx.select().from(settings).where(eq(settings.key, "bank_format"));
  if (row === undefined) return DEFAULT_BANK_FORMAT;
  const given: unknown = typeof row.value === "string" ? JSON.parse(row.value) : row.value;
  return bankFormatSchema.parse(given);
}
