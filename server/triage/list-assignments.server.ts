import { aliasedTable, desc, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leadAssignments } from "~db/schema/board";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { assigningReach, listAssignable } from "./assign-lead.server";
import { readLeadInScope } from "./lead-scope.server";

export type AssignmentView = {
  readonly id: string;
  readonly person: string;
  readonly agency: string;
  readonly how: "taken" | "assigned" | "handed_over" | "in_turn";
  readonly by: string;
  readonly fromAt: Date;
  readonly endedAt: Date | null;
};

export type LeadAssignments = {
  readonly live: readonly AssignmentView[];
  /** Ended ones, newest first, the last ten. */
  readonly ended: readonly AssignmentView[];
  /** Whether this person puts people on the lead; then whom they may choose, with how many open leads each has. */
  readonly mayAssign: boolean;
  readonly people: readonly { readonly id: string; readonly name: string; readonly open: number }[];
};

const SHOWN = 30;
const ENDED_SHOWN = 10;

/** Who works on a lead, and worked on it, as far as this person's board tells. */
export async function listAssignments(
  db: Database,
  leadId: string,
  actor: StaffActor,
): Promise<LeadAssignments> {
  return withActor(db, actor, async (tx) => {
    await readLeadInScope(tx, leadId, actor);
    const by = aliasedTable(staff, "assigner");
    const rows = await tx
      .select({
        id: leadAssignments.id,
        person: staff.displayName,
        agency: agencies.name,
        how: leadAssignments.how,
        by: by.displayName,
        fromAt: leadAssignments.fromAt,
        endedAt: leadAssignments.endedAt,
      })
      .from(leadAssignments)
      .innerJoin(staff, eq(staff.id, leadAssignments.staffId))
      .innerJoin(agencies, eq(agencies.id, staff.agencyId))
      .innerJoin(by, eq(by.id, leadAssignments.assignedBy))
      .where(eq(leadAssignments.leadId, leadId))
      .orderBy(desc(leadAssignments.fromAt), desc(leadAssignments.id))
      .limit(SHOWN);
    const views = rows.map((row) => ({ ...row, how: row.how as AssignmentView["how"] }));
    const reach = assigningReach(actor);
    const free = reach === null ? [] : await listAssignable(tx, leadId, reach);
    return {
      live: views.filter(({ endedAt }) => endedAt === null),
      ended: views.filter(({ endedAt }) => endedAt !== null).slice(0, ENDED_SHOWN),
      mayAssign: free.length > 0,
      people: free.map(({ staffId, name, open }) => ({ id: staffId, name, open })),
    };
  });
}
