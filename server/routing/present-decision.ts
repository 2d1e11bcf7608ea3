// A decision in the pack's words, for a page. Client-safe.
import type { Pack } from "~server/packs/grammar";
import { sectorTitle } from "~server/packs/list-options";
import { agencyIdByName, agencyName, agencyNameOn, isNamedByPlace } from "~server/packs/look-up-pack";
import { namePlace } from "~server/packs/name-place";
import { contradictionsOf, type Contradiction } from "./contradictions";
import { decideByFallback } from "./decide-sectors";
import type { RoutingFacts } from "./facts";
import { nameHolders, settlingSector, type HolderRelation, type NamedHolder } from "./name-holders";
import type { Replay } from "./replay-decision.server";
import type { RoutingDecision } from "./route-lead";

/** A matched fact: its key in the catalogue (`lead.facts.*`) and its value in words, "" where the key says it all. */
export type FactView = { readonly fact: string; readonly value: string };

/** What a rule decides: a sector's bodies, who is told, the place, or that it is reported at once. */
export type RuleKind = "sector" | "fallback" | "also" | "territory" | "escalation";

/** What does not fit in the facts, in the words of `contradictions.*`: the sector's title and the fact as given. */
export type ContradictionView = Pick<Contradiction, "kind" | "to"> & {
  readonly sector: string;
  readonly value: string;
  /** Who takes over where the rules cannot be trusted. */
  readonly office: string;
};

/**
 * A body in the plan's word, its name today where that is another, and the office meant where the plan names a body by
 * the place alone (所在镇办).
 */
export type BodyView = {
  readonly name: string;
  readonly today: string | null;
  readonly office: string | null;
};

/** What the rules say, in words: the bodies that hold the lead, or would. */
export type RouteView = {
  /** Whom the rules name; `lead` of a stored decision may be another body, chosen by triage. */
  readonly ruledLead: readonly BodyView[];
  readonly lead: readonly BodyView[];
  readonly coLead: readonly BodyView[];
  readonly cooperating: readonly BodyView[];
  readonly also: readonly BodyView[];
  /** Of those: responsible for the place; told because the rule for the place says so. */
  readonly responsible: readonly BodyView[];
  readonly reportTo: readonly BodyView[];
  /** Nested business whose duties are unclear: the body that leads settles them, these cooperate until it has. */
  readonly unsettled: readonly BodyView[] | null;
  readonly territory: { readonly lead: string | null; readonly cooperate: readonly string[] };
  readonly escalate: boolean;
  /** The leading office decided: no rule names a body for one of its sectors. */
  readonly byFallback: boolean;
  readonly basis: readonly {
    readonly kind: RuleKind;
    readonly rule: string;
    readonly clause: string;
    readonly matched: readonly FactView[];
  }[];
  readonly nextBest: { readonly lead: readonly string[]; readonly clause: string } | null;
  readonly contradictions: readonly ContradictionView[];
};

/** A stored decision as a lead's page shows it. */
export type DecisionView = RouteView & {
  readonly kind: "proposed" | "confirmed";
  /** The number of the plan it rests on. */
  readonly document: string;
  readonly replay: Replay;
  readonly decidedOn: string;
  readonly packVersion: string;
  readonly overridden: boolean;
  readonly reason: string | null;
};

/**
 * `facts`: what was decided on; null where they can no longer be read. `days` (YYYY-MM-DD): bodies are the ones of the
 * day of the decision, under their names of today.
 */
export function presentDecision(
  pack: Pack,
  decision: RoutingDecision,
  facts: RoutingFacts | null,
  days: { readonly decided: string; readonly today: string },
): RouteView {
  const place = (code: string) => namePlace(pack, code) ?? code;
  const holders = nameHolders(pack, { decision, facts, day: days.decided });
  const shown = (which: (one: NamedHolder) => boolean) =>
    holders.filter(which).map((one) => nameHolder(pack, one, days.today));
  const as = (relation: HolderRelation) => shown((one) => one.relation === relation);
  // A version since may know a body no more: then it goes by the name it was decided under.
  const gone = (names: readonly string[]): BodyView[] =>
    names
      .filter((name) => agencyIdByName(pack, name) === null)
      .map((name) => ({ name, today: null, office: null }));
  const lead = [...as("lead"), ...gone(decision.lead)];
  const settling = facts !== null && settlingSector(pack, facts) !== null;
  return {
    ruledLead: lead,
    lead,
    coLead: [...as("co_lead"), ...gone(decision.coLead)],
    cooperating: [...as("cooperating"), ...gone(decision.cooperating)],
    also: [...as("also"), ...gone(decision.also)],
    responsible: shown(({ why }) => why === "place"),
    reportTo: shown(({ why }) => why === "report"),
    unsettled: settling ? shown(({ why }) => why === "unsettled") : null,
    territory: {
      lead: decision.territory.lead === null ? null : place(decision.territory.lead),
      cooperate: decision.territory.cooperate.map(place),
    },
    escalate: decision.escalate,
    byFallback: decision.nextBest === null,
    basis: decision.basis.map(({ rule, clause, matched }, at) => ({
      kind: kindOf(decision, at),
      rule,
      clause,
      matched: presentFacts(pack, matched),
    })),
    nextBest: decision.nextBest && { lead: decision.nextBest.lead, clause: decision.nextBest.clause },
    // 不确定 stands for "not settled yet" there, and contradicts nothing.
    contradictions: (facts === null ? [] : presentContradictions(pack, facts)).filter(
      ({ kind }) => !settling || kind !== "unknown_beside_known",
    ),
  };
}

function nameHolder(pack: Pack, { agencyId, plan }: NamedHolder, today: string): BodyView {
  if (plan === null) return { name: agencyId, today: null, office: null };
  const name = agencyName(pack, plan);
  const slug = agencyId.slice(pack.id.length + 1);
  const now = agencyNameOn(pack, slug, today);
  if (isNamedByPlace(pack, plan) && slug !== plan) return { name, today: null, office: now };
  return { name, today: now === name ? null : now, office: null };
}

function presentContradictions(pack: Pack, facts: RoutingFacts): ContradictionView[] {
  const office = decideByFallback(pack).lead.join("、");
  return contradictionsOf(pack, facts).map(({ kind, to, sector, matched }) => ({
    ...{ kind, to, office },
    sector: (sector && sectorTitle(pack, sector)) ?? "",
    value: matched.substance ?? matched.registered ?? matched.operating ?? matched.occurred ?? "",
  }));
}

/** By what matched: sectors, who is told, figures of a threshold; the rest is the place. */
function kindOf(decision: RoutingDecision, at: number): RuleKind {
  const matched: Partial<RoutingFacts> = decision.basis[at]?.matched ?? {};
  if (matched.sectors !== undefined) {
    const alone = decision.basis.filter((one) => one.matched.sectors !== undefined).length === 1;
    return alone && decision.nextBest === null ? "fallback" : "sector";
  }
  if (matched.suspectedCrime !== undefined || matched.petition !== undefined) return "also";
  const figure = matched.allegedFen ?? matched.people ?? matched.tipsLast7Days;
  return figure === undefined ? "territory" : "escalation";
}

function presentFacts(pack: Pack, matched: Partial<RoutingFacts>): FactView[] {
  return Object.entries(matched).flatMap(([fact, value]): FactView[] => {
    if (value === null || value === false)
      return fact === "licensed" && value === false ? [{ fact: "unlicensed", value: "" }] : [];
    if (value === true) return [{ fact, value: "" }];
    if (Array.isArray(value)) {
      const titles = value.map((id) => sectorTitle(pack, id) ?? "").filter(Boolean);
      return [{ fact, value: titles.join("、") }];
    }
    if (fact === "registered" || fact === "operating" || fact === "occurred") {
      return [{ fact, value: namePlace(pack, String(value)) ?? String(value) }];
    }
    return [{ fact, value: String(value) }];
  });
}
