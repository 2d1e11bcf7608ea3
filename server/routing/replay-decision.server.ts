import type { Tx } from "~db/client.server";
import type { routingDecisions } from "~db/schema/leads";
import { canonicalJson } from "~server/canonical-json";
import { readPackVersion } from "~server/packs/read-stored-pack.server";
import { routingFacts } from "./facts";
import { routeLead } from "./route-lead";

/** `unknown`: the version it was made by is not stored here, so nobody can say. */
export type Replay = "same" | "differs" | "unknown";

type Stored = Pick<
  typeof routingDecisions.$inferSelect,
  "packId" | "packVersion" | "packSha256" | "facts" | "decision"
>;

/** Decides anew on the stored facts by the stored version, and compares all of it: bodies, place, clauses, next best. */
export async function replayDecision(tx: Tx, stored: Stored): Promise<Replay> {
  const loaded = await readPackVersion(tx, stored.packId, stored.packVersion);
  if (loaded === null) return "unknown";
  const facts = routingFacts.safeParse(stored.facts);
  if (loaded.sha256 !== stored.packSha256 || !facts.success) return "differs";
  const again: unknown = JSON.parse(JSON.stringify(routeLead(loaded.pack, facts.data)));
  return canonicalJson(again) === canonicalJson(stored.decision) ? "same" : "differs";
}
