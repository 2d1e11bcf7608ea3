import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { routingDecisions } from "~db/schema/leads";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { packsOfLeads } from "~server/packs/packs-of-leads.server";
import { readLeadsFacts } from "./lead-facts.server";
import { routeLead, type RoutingDecision } from "./route-lead";

/**
 * Runs the router on a lead as it stands and keeps what it says, with all it takes to replay it. `pack` is the home
 * pack; a lead of another one is routed by its own.
 */
export async function proposeRoute(
  tx: Tx,
  input: { leadId: string; pack: LoadedPack; today: string },
): Promise<RoutingDecision> {
  const [decision] = await proposeRoutes(tx, { ...input, leadIds: [input.leadId] });
  if (decision === undefined) throw new Error("no proposal for a lead that was asked for");
  return decision;
}

/** The same for many leads at once, in the order asked for. */
export async function proposeRoutes(
  tx: Tx,
  input: { leadIds: readonly string[]; pack: LoadedPack; today: string },
): Promise<RoutingDecision[]> {
  if (input.leadIds.length === 0) return [];
  const packOf = await packsOfLeads(tx, input.leadIds, input.pack);
  const made = new Map<string, typeof routingDecisions.$inferInsert & { decision: RoutingDecision }>();
  for (const { pack, sha256 } of new Set(packOf.values())) {
    const leadIds = input.leadIds.filter((id) => packOf.get(id)?.pack === pack);
    const all = await readLeadsFacts(tx, { leadIds, pack, today: input.today });
    for (const [at, leadId] of leadIds.entries()) {
      const facts = all[at];
      if (facts === undefined) throw new Error("no facts of a lead that was asked for");
      made.set(leadId, {
        ...{ id: uuidv4(), leadId, kind: "proposed", decidedOn: input.today },
        ...{ packId: pack.id, packVersion: pack.version, packSha256: sha256 },
        ...{ facts, decision: routeLead(pack, facts) },
      });
    }
  }
  const rows = input.leadIds.flatMap((id) => made.get(id) ?? []);
  await insertRows(tx, routingDecisions, rows);
  return rows.map(({ decision }) => decision);
}
