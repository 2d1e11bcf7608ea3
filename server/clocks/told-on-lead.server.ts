import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { BOARD_CLOCKS, type ClockKind } from "./clock-kinds";

/**
 * The lead a clock's events are told on: none where the clock belongs to what the leading office did while the lead was
 * its own alone (0048, clock_of_office). Bodies that got the lead since read its trail, and would learn of a letter or a
 * measure from its days.
 */
export async function toldOnLead(
  tx: Tx,
  clock: { readonly id: string; readonly leadId: string; readonly kind: string; readonly subject: string },
): Promise<{ leadId?: string }> {
  const { id, leadId, kind, subject } = clock;
  if (BOARD_CLOCKS.includes(kind as ClockKind) || subject === "") return { leadId };
  const { rows } = await tx.execute<{ own: boolean }>(
    sql`select clock_of_office(${leadId}::uuid, ${id}::uuid, ${subject}) as own`,
  );
  return rows[0]?.own === true ? {} : { leadId };
}
