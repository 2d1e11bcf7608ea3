import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsTheLead, readLeadInScope, readsTheTips, type LeadRow } from "~server/triage/lead-scope.server";

export type ThreadHead = {
  readonly lead: LeadRow;
  readonly tip: {
    readonly id: string;
    readonly leadId: string | null;
    readonly concernsOfficial: boolean;
    readonly contentKey: Buffer | null;
    readonly replyKey: Buffer | null;
    readonly receiptClosedOn: string | null;
    readonly receiptClosedWhy: string | null;
  };
  /** Whether this person speaks for the lead's body, or for the leading office. */
  readonly mayWrite: boolean;
};

/** The tip whose thread is asked for, if this person reads the tips of its lead; 404 otherwise. */
export async function readThreadHead(
  tx: Tx,
  input: { readonly leadId: string; readonly tipId: string; readonly lockLead?: boolean },
  actor: StaffActor,
): Promise<ThreadHead> {
  const lead = await readLeadInScope(tx, input.leadId, actor, { lock: input.lockLead });
  if (!/^[0-9a-f-]{36}$/.test(input.tipId) || !(await readsTheTips(tx, lead.id, actor))) throw notFound();
  const [tip] = await tx
    .select({
      id: tips.id,
      leadId: tips.leadId,
      concernsOfficial: tips.concernsOfficial,
      contentKey: tips.contentKey,
      replyKey: tips.replyKey,
      receiptClosedOn: tips.receiptClosedOn,
      receiptClosedWhy: tips.receiptClosedWhy,
    })
    .from(tips)
    .where(and(eq(tips.id, input.tipId), eq(tips.leadId, lead.id)));
  if (tip === undefined) throw notFound();
  const mayWrite =
    hasRole(actor, "triage_officer") ||
    (hasRole(actor, "agency_officer") && (await leadsTheLead(tx, lead.id, actor)));
  return { lead, tip, mayWrite };
}
