import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { matchAny } from "~db/match-any.server";
import { leads } from "~db/schema/leads";
import { recordEvent } from "~server/audit/record-event.server";
import { GROWTH_RULE, readGrowth, weighGrowth, type Growth } from "~server/clocks/weigh-growth.server";
import type { Pack } from "~server/packs/grammar";
import { packsOfLeadsWhere } from "~server/packs/packs-of-leads.server";
import { readEscalationFacts, readLeadFacts } from "~server/routing/lead-facts.server";
import { weighEscalation, type EscalationFacts } from "~server/routing/weigh-escalation";
import type { Actor } from "~server/staff-auth/actor";

/**
 * Marks a lead 重大 the moment a threshold of the pack is met (马上报告), once. A lead already marked costs one
 * indexed read, so that a flood of tips on one subject stays cheap. What accuses an official marks no lead that bodies
 * may hold: the mark, its figures and its event would tell the body accused that such a report came. It alerts the
 * leading office alone. `pack` judges where none is stored.
 */
export async function raiseMajor(tx: Tx, input: Cause & { leadId: string }, actor: Actor): Promise<boolean> {
  return (await raiseMajors(tx, { ...input, leadIds: [input.leadId] }, actor)) > 0;
}

type Cause = {
  pack: Pack;
  today: string;
  at: Date;
  dayOnly?: boolean;
  /** The merge of dossiers that brought the tips together, so that undoing it can take back what only it had reached. */
  mergeId?: string;
};

/** The same for many leads at once; how many were raised. */
export async function raiseMajors(
  tx: Tx,
  input: Cause & { leadIds: readonly string[] },
  actor: Actor,
): Promise<number> {
  const minor = and(matchAny(leads.id, input.leadIds), eq(leads.isMajor, false));
  // The thresholds are each pack's own, of the version in force now.
  const packOf = await packsOfLeadsWhere(tx, minor, null);
  if (packOf.size === 0) return 0;
  // Reports that arrive together must see each other: without the lock each counts itself alone and the last one
  // up to the threshold raises nothing. Inserting a tip only shares the lead's key, so reporters do not block.
  const leadIds = [...packOf.keys()].sort();
  await tx
    .select({ id: leads.id })
    .from(leads)
    .where(matchAny(leads.id, leadIds))
    .orderBy(leads.id)
    .for("no key update");
  const { rows: accusing } = await tx.execute<{ id: string }>(
    sql`select distinct lead_id as id from tips where lead_id = any (${sql.param(leadIds)}::uuid[]) and concerns_official`,
  );
  const accused = new Set(accusing.map(({ id }) => id));
  let raised = 0;
  for (const loaded of new Set(leadIds.map((id) => packOf.get(id) ?? null))) {
    const pack = loaded?.pack ?? input.pack;
    const own = leadIds.filter((id) => (packOf.get(id) ?? null) === loaded);
    const all = await readEscalationFacts(tx, { ...input, pack, leadIds: own });
    const growing = await weighGrowth(tx, { leadIds: own, today: input.today, limits: pack.limits });
    for (const leadId of own) {
      const facts = all.get(leadId);
      if (facts === undefined) continue;
      const grows = growing.has(leadId);
      if (await raise(tx, { ...input, pack, leadId, facts, grows }, actor)) raised += 1;
      else if (accused.has(leadId)) await alertOffice(tx, { ...input, pack, leadId }, actor);
    }
  }
  return raised;
}

/** What all reports of a lead together meet where those that bodies may see do not: told to the leading office, once. */
async function alertOffice(tx: Tx, input: Cause & { leadId: string }, actor: Actor): Promise<void> {
  const { leadId, pack, today } = input;
  const facts = (await readEscalationFacts(tx, { leadIds: [leadId], pack, today, reach: "office" })).get(
    leadId,
  );
  const hits = facts === undefined ? [] : weighEscalation(pack, facts);
  const of = { today, reach: "office" } as const;
  const growing = await weighGrowth(tx, { ...of, leadIds: [leadId], limits: pack.limits });
  for (const [rule, figure] of causesOf(
    hits,
    growing.has(leadId) ? await readGrowth(tx, { ...of, leadId }) : null,
  )) {
    const { rows } = await tx.execute<{ id: string | null }>(
      sql`select raise_office_alert(${leadId}::uuid, ${rule}, ${figure}, ${today}::date) as id`,
    );
    const id = rows[0]?.id ?? null;
    if (id === null) continue;
    await tx.execute(sql`select mail_major(${leadId}::uuid, ${input.at.toISOString()}::timestamptz)`);
    await recordEvent(
      tx,
      {
        action: "alert.raised_for_office",
        subjectTable: "alerts",
        subjectId: id,
        data: { rule },
        at: input.at,
        dayOnly: input.dayOnly,
      },
      actor,
    );
  }
}

type Hits = ReturnType<typeof weighEscalation>;

/** One alert a cause, for the page of the leading office: the rule and the figure that met it. */
function causesOf(hits: Hits, growth: Growth | null): (readonly [string, string])[] {
  return [
    ...hits.map(({ threshold, matched }) => [threshold.id, String(Object.values(matched)[0] ?? "")] as const),
    ...(growth === null ? [] : [[GROWTH_RULE, `${growth.today}:${growth.before}`] as const]),
  ];
}

async function raise(
  tx: Tx,
  input: Cause & { leadId: string; facts: EscalationFacts; grows: boolean },
  actor: Actor,
): Promise<boolean> {
  const { grows } = input;
  if (weighEscalation(input.pack, input.facts).length === 0 && !grows) return false;
  const raised = await tx
    .update(leads)
    .set({ isMajor: true, version: sql`${leads.version} + 1` })
    .where(and(eq(leads.id, input.leadId), eq(leads.isMajor, false)))
    .returning({ id: leads.id });
  if (raised.length === 0) return false;
  // Once a lead, so the whole figures may be counted.
  const hits = weighEscalation(input.pack, await readLeadFacts(tx, input));
  const growth = await readGrowth(tx, input);
  // Whoever's act raises it may see neither the officers' addresses nor the outbox (0021).
  await tx.execute(sql`select mail_major(${input.leadId}::uuid, ${input.at.toISOString()}::timestamptz)`);
  for (const [rule, figure] of causesOf(hits, grows ? growth : null))
    await tx.execute(
      sql`select raise_alert(${input.leadId}::uuid, ${rule}, ${figure}, ${input.today}::date)`,
    );
  await recordEvent(
    tx,
    {
      action: "lead.major_raised",
      subjectTable: "leads",
      subjectId: input.leadId,
      leadId: input.leadId,
      data: {
        ...(input.mergeId === undefined ? {} : { merge: input.mergeId }),
        hits: [
          ...hits.map(({ threshold, matched }) => ({
            rule: threshold.id,
            clause: threshold.clause,
            matched,
          })),
          ...(grows ? [{ rule: GROWTH_RULE, clause: "发展迅速（本办公室设定）", matched: growth }] : []),
        ],
      },
      at: input.at,
      dayOnly: input.dayOnly,
    },
    actor,
  );
  return true;
}
