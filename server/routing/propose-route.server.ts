import { v4 as uuidv4 } from "uuid";
import type { Tx } from "~db/client.server";
import { routingDecisions } from "~db/schema/leads";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readLeadFacts } from "./lead-facts.server";
import { routeLead, type RoutingDecision } from "./route-lead";

/** Runs the router on a lead as it stands and keeps what it says, with all it takes to replay it. */
export async function proposeRoute(
  tx: Tx,
  input: { leadId: string; pack: LoadedPack; today: string },
): Promise<RoutingDecision> {
  const facts = await readLeadFacts(tx, { leadId: input.leadId, pack: input.pack.pack, today: input.today });
  const decision = routeLead(input.pack.pack, facts);
  await tx.insert(routingDecisions).values({
    id: uuidv4(),
    leadId: input.leadId,
    kind: "proposed",
    packId: input.pack.pack.id,
    packVersion: input.pack.pack.version,
    packSha256: input.pack.sha256,
    facts,
    decision,
    decidedOn: input.today,
  });
  return decision;
}
