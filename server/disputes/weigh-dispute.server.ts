import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { Move } from "~server/triage/stages";

/** Whether a lead is in a dispute now, and whether one was ever decided; asked past what the person sees of it (0028). */
export async function weighDispute(tx: Tx, leadId: string): Promise<{ open: boolean; decided: boolean }> {
  const { rows } = await tx.execute<{ open: boolean; decided: boolean }>(
    sql`select dispute_is_open(${leadId}::uuid) as open, dispute_was_decided(${leadId}::uuid) as decided`,
  );
  return { open: rows[0]?.open === true, decided: rows[0]?.decided === true };
}

/**
 * The moves that are left on a lead with disputes: it leaves one by its decision, carried out on the dispute's page; a
 * decided body does not send it back, but may ask there, on new facts, to take the dispute up again.
 */
export async function movesBesideDispute(
  tx: Tx,
  leadId: string,
  moves: readonly Move[],
  actor: StaffActor,
): Promise<Move[]> {
  const { open, decided } = await weighDispute(tx, leadId);
  return moves.filter(({ from, to }) => {
    if (from === "disputed" && to === "dispatched") return !open && !decided;
    if (to === "returned") return !decided;
    return to !== "disputed" || !decided || hasRole(actor, "triage_officer");
  });
}
