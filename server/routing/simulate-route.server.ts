import { formValues, parseForm, type FormValues } from "~/forms/parse-form";
import { simulateSchema } from "~/forms/simulate";
import type { Database } from "~db/client.server";
import { readOfferedPack } from "~server/packs/list-versions.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { routingFactsFor } from "./facts";
import { presentDecision, type RouteView } from "./present-decision";
import { routeLead } from "./route-lead";

export type Simulated = {
  readonly status: 200 | 400;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  /** null where the form needs mending. */
  readonly result: (RouteView & { readonly document: string; readonly packVersion: string }) | null;
};

/**
 * Decides on made-up facts by any stored or waiting version, as of `today` (YYYY-MM-DD). Writes nothing; the answer
 * stands on the posted page.
 */
export async function simulateRoute(
  db: Database,
  asking: { readonly form: FormData; readonly today: string },
  actor: StaffActor,
): Promise<Simulated> {
  const { form, today } = asking;
  const values = formValues(form);
  const refuse = (errors: Record<string, string>): Simulated => ({
    ...{ status: 400, state: { values, errors }, result: null },
  });
  const asked = parseForm(simulateSchema, form);
  if (!asked.ok) return refuse({ ...asked.errors });
  const { rules, alleged, tips, ...rest } = asked.value;
  const pack = await readOfferedPack(db, rules, actor);
  if (pack === null) return refuse({ rules: "chooseVersion" });
  const facts = routingFactsFor(pack).safeParse({ ...rest, allegedFen: alleged, tipsLast7Days: tips });
  if (!facts.success) {
    const field = String(facts.error.issues[0]?.path[0] ?? "sectors");
    return refuse({ [field]: field === "sectors" ? "chooseSector" : "placeCode" });
  }
  const decision = presentDecision(pack, routeLead(pack, facts.data), facts.data, { decided: today, today });
  return {
    status: 200,
    state: { values, errors: {} },
    result: { ...decision, document: pack.document, packVersion: pack.version },
  };
}
