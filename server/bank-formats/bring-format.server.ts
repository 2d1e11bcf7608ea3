import { createHash } from "node:crypto";
import { count } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { DEFAULT_BANK_FORMAT, type BankFormat } from "~/forms/bank-format";
import type { Database } from "~db/client.server";
import { formatProposals } from "~db/schema/bank-formats";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { checkAdministrator } from "~server/staff-auth/check-administrator.server";
import { formatSame, sayFormatRefusals } from "./format-refusals.server";
import { readFormatInForce } from "./read-format.server";

/**
 * Brings a format of the bank's files, checked, before the administrators: it waits to be asked for, and files are made
 * as before. Administrators only (404 otherwise); throws `format_same`, `format_waiting` (409).
 */
export async function bringFormat(
  db: Database,
  input: { readonly format: BankFormat; readonly at: Date },
  actor: StaffActor,
): Promise<{ proposalId: string }> {
  const text = JSON.stringify(input.format);
  const work = withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    const now = (await readFormatInForce(tx))?.format ?? DEFAULT_BANK_FORMAT;
    if (JSON.stringify(sorted(now)) === JSON.stringify(sorted(input.format))) throw formatSame();
    const [{ known } = { known: 0 }] = await tx.select({ known: count() }).from(formatProposals);
    const [id, version] = [uuidv7(), String(known + 1)];
    await tx.insert(formatProposals).values({
      ...{ id, version, content: input.format },
      sha256: createHash("sha256").update(text).digest("hex"),
      ...{ broughtBy: actor.id, broughtAt: input.at },
    });
    await recordEvent(tx, { ...told("bank_format.brought", id, version), at: input.at }, actor);
    return { proposalId: id };
  });
  return sayFormatRefusals(work);
}

/** The database keeps JSON in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** An act on a format as the trail tells it: never what is in it, which holds the office's account. */
export function told(action: string, proposalId: string, version: string) {
  return {
    action,
    subjectTable: "format_proposals",
    subjectId: proposalId,
    data: { formatVersion: version },
  };
}
