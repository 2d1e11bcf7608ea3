import { and, asc, count, eq, getTableColumns, inArray } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { events } from "~db/schema/events";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import type { SpamGround } from "~server/intake/receive-tip.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { LeadTip } from "./read-lead.server";

export const SPAM_A_PAGE = 10;

/** All of a tip but the receipt's lookup id, which no page ever needs. */
const { lookupId: _receipt, ...tipColumns } = getTableColumns(tips);

export type SpamTip = LeadTip & { readonly why: SpamGround | null };

/**
 * Reports set apart, in the order they arrived, for triage alone; `state` tells those still waiting from those judged
 * to be spam, which can be brought back. Their texts come sealed. That somebody looked is itself an event.
 */
export async function listSpam(
  db: Database,
  input: { readonly state: "suspected" | "confirmed"; readonly page: number; readonly at: Date },
  actor: StaffActor,
): Promise<{ readonly count: number; readonly tips: readonly SpamTip[] }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  return withActor(db, actor, async (tx) => {
    const [{ total } = { total: 0 }] = await tx
      .select({ total: count() })
      .from(tips)
      .where(eq(tips.spam, input.state));
    const offset = (Math.max(1, input.page) - 1) * SPAM_A_PAGE;
    const rows = await tx
      .select(tipColumns)
      .from(tips)
      .where(eq(tips.spam, input.state))
      .orderBy(asc(tips.arrivalNo))
      .limit(SPAM_A_PAGE)
      .offset(offset);
    if (rows.length === 0) return { count: total, tips: [] };
    const tipIds = rows.map(({ id }) => id);
    const marks = await tx
      .select({ tipId: tipIdentifiers.tipId, kind: tipIdentifiers.kind, value: tipIdentifiers.value })
      .from(tipIdentifiers)
      .where(inArray(tipIdentifiers.tipId, tipIds));
    const grounds = await tx
      .select({ tipId: events.subjectId, data: events.data })
      .from(events)
      .where(
        and(
          eq(events.subjectTable, "tips"),
          inArray(events.subjectId, tipIds),
          eq(events.action, "tip.spam_suspected"),
        ),
      );
    const sealed = await readSealed(tx, { tipIds, fields: ["narrative", "details", "files"] }, actor);
    await recordEvent(
      tx,
      {
        action: "tips.viewed",
        subjectTable: "tips",
        subjectId: input.state,
        data: { page: input.page, tips: rows.length },
        at: input.at,
      },
      actor,
    );
    return {
      count: total,
      tips: rows.map((row, at) => ({
        ...row,
        rank: offset + at + 1,
        identifiers: marks
          .filter(({ tipId }) => tipId === row.id)
          .map(({ kind, value }) => ({ kind, value })),
        narrative: sealed(row.id, "narrative"),
        details: sealed(row.id, "details"),
        files: sealed(row.id, "files"),
        // Nobody is written to before a report is judged.
        thread: null,
        why: groundOf(grounds.find(({ tipId }) => tipId === row.id)?.data),
      })),
    };
  });
}

function groundOf(data: unknown): SpamGround | null {
  const why = (data as { why?: unknown } | undefined)?.why;
  return why === "no_work" || why === "flood" ? why : null;
}
