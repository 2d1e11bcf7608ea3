import { routingFacts, type RoutingFacts } from "~server/routing/facts";

/** Facts as the command would read them: what is not said is false, 0 or null. */
export function makeFacts(given: Partial<RoutingFacts> = {}): RoutingFacts {
  return routingFacts.parse({ sectors: ["p2p"], ...given });
}
