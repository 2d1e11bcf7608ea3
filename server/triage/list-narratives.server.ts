import { asc, count, eq } from "drizzle-orm";
import type { SealedNarrative } from "~/staff-client/keys/desk-messages";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { notFound } from "~server/errors.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope, readsTheTips, type LeadRow } from "./lead-scope.server";

/** Narratives a page opens and compares, and how many of them one request hands out. */
export const NARRATIVES_A_PAGE = 500;
export const NARRATIVES_A_BATCH = 100;

/** The lead whose narratives are about to be opened, and how many there are. 404 for anyone who may not read them. */
export async function readNarrativesHead(
  db: Database,
  input: { readonly leadId: string },
  actor: StaffActor,
): Promise<{ readonly lead: LeadRow; readonly tipCount: number }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readableLead(tx, input.leadId, actor);
    const [row] = await tx.select({ tipCount: count() }).from(tips).where(eq(tips.leadId, lead.id));
    return { lead, tipCount: row?.tipCount ?? 0 };
  });
}

/**
 * One batch of a lead's narratives in the order of arrival, still sealed. `page` counts from 1, `batch` from 0 within
 * it. That somebody read them is an event. 404 for anyone who may not read them.
 */
export async function listNarratives(
  db: Database,
  input: { readonly leadId: string; readonly page: number; readonly batch: number; readonly at: Date },
  actor: StaffActor,
): Promise<{ narratives: SealedNarrative[] }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readableLead(tx, input.leadId, actor);
    const offset = (input.page - 1) * NARRATIVES_A_PAGE + input.batch * NARRATIVES_A_BATCH;
    const rows = await tx
      .select({ id: tips.id, arrivedOn: tips.arrivedOn })
      .from(tips)
      .where(eq(tips.leadId, lead.id))
      .orderBy(asc(tips.arrivalNo))
      .limit(NARRATIVES_A_BATCH)
      .offset(offset);
    if (rows.length === 0) return { narratives: [] };
    const sealed = await readSealed(tx, { tipIds: rows.map(({ id }) => id), fields: ["narrative"] }, actor);
    await recordEvent(
      tx,
      {
        action: "tips.viewed",
        subjectTable: "leads",
        subjectId: lead.id,
        data: { firstRank: offset + 1, tips: rows.length },
        at: input.at,
      },
      actor,
    );
    return {
      narratives: rows.map((row, at) => ({
        ...row,
        rank: offset + at + 1,
        narrative: sealed(row.id, "narrative"),
      })),
    };
  });
}

async function readableLead(tx: Tx, leadId: string, actor: StaffActor): Promise<LeadRow> {
  const lead = await readLeadInScope(tx, leadId, actor);
  if (!(await readsTheTips(tx, lead.id, actor))) throw notFound();
  return lead;
}
