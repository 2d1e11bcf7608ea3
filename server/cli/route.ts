// `npm run -s route -- <pack-id> < facts.json`: one routing decision.
import { InputError, parseInput, readJson, runJsonCommand } from "~server/cli/json-command";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import { routingFactsFor } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";

await runJsonCommand(async () => {
  const [id, ...rest] = process.argv.slice(2);
  const known = listPacks();
  if (id === undefined || rest.length > 0) {
    throw new InputError("pack", `name one pack (known: ${known.join(", ")})`);
  }
  if (!known.includes(id)) {
    throw new InputError("pack", `unknown pack ${JSON.stringify(id)} (known: ${known.join(", ")})`);
  }
  const { pack } = loadPack(id);
  const facts = parseInput("facts", routingFactsFor(pack), await readJson("facts"));
  return routeLead(pack, facts);
});
