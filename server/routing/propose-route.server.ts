import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { routingDecisions } from "~db/schema/leads";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readLeadsFacts } from "./lead-facts.server";
import { routeLead, type RoutingDecision } from "./route-lead";

/** Runs the router on a lead as it stands and keeps what it says, with all it takes to replay it. */
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
  const { pack, sha256 } = input.pack;
  if (input.leadIds.length === 0) return [];
  const all = await readLeadsFacts(tx, { leadIds: input.leadIds, pack, today: input.today });
  const rows = all.map((facts, at) => ({
    id: uuidv4(),
    leadId: input.leadIds[at] ?? "",
    kind: "proposed",
    packId: pack.id,
    packVersion: pack.version,
    packSha256: sha256,
    facts,
    decision: routeLead(pack, facts),
    decidedOn: input.today,
  }));
  await tx.insert(routingDecisions).values(rows);
  return rows.map(({ decision }) => decision);
}
