import { and, asc, eq, gt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leadChanges } from "~db/schema/board";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";

export const CHANGED_FIELDS = [
  "stage",
  "name",
  "major",
  "accept_due",
  "handle_due",
  "closure",
  "other",
] as const;
export type ChangedField = (typeof CHANGED_FIELDS)[number];

export type LeadChange = {
  readonly field: ChangedField;
  readonly was: string | null;
  readonly becomes: string | null;
  /** null for a report that came, or the portal itself. */
  readonly by: string | null;
  readonly on: string;
  readonly at: Date | null;
};

const SHOWN = 20;

/** What others changed of a lead since the version a form showed, oldest first; 404 where it is out of sight. */
export async function listChanges(
  db: Database,
  input: { readonly leadId: string; readonly since: number },
  actor: StaffActor,
): Promise<LeadChange[]> {
  return withActor(db, actor, async (tx) => {
    await readLeadInScope(tx, input.leadId, actor);
    const rows = await tx
      .select({
        field: leadChanges.field,
        was: leadChanges.was,
        becomes: leadChanges.becomes,
        by: staff.displayName,
        on: leadChanges.changedOn,
        at: leadChanges.changedAt,
      })
      .from(leadChanges)
      .leftJoin(staff, eq(staff.id, leadChanges.changedBy))
      .where(and(eq(leadChanges.leadId, input.leadId), gt(leadChanges.version, input.since)))
      .orderBy(asc(leadChanges.version), asc(leadChanges.field))
      .limit(SHOWN);
    return rows.map((row) => ({ ...row, field: row.field as ChangedField }));
  });
}
