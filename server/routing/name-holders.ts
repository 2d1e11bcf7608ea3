// Which bodies hold a lead once a decision is carried out: offices, where a decision has the plan's words. Client-safe.
import type { Pack } from "~server/packs/grammar";
import { agencyIdByName, isNamedByPlace, responsibleAgency, successorOn } from "~server/packs/look-up-pack";
import { decideSector } from "./decide-sectors";
import type { RoutingFacts } from "./facts";
import type { RoutingDecision } from "./route-lead";

export type HolderRelation = "lead" | "co_lead" | "cooperating" | "also";

/**
 * A holder and how it came to be one: a rule names it (`rule`), the plan makes it responsible for the place (`place`),
 * the plan wants it told of such a matter (`report`), or its duties are unclear until the leading body settles them
 * (`unsettled`). `agencyId` is as the database knows it (`jinhua.police`).
 */
export type NamedHolder = {
  readonly agencyId: string;
  readonly relation: HolderRelation;
  readonly why: "rule" | "place" | "report" | "unsettled";
  /** The plan's own body (id within the pack) that it stands for; null for a body of another pack. */
  readonly plan: string | null;
};

type Asked = {
  readonly decision: RoutingDecision;
  /** What was decided on; null where it can no longer be read. */
  readonly facts: RoutingFacts | null;
  /** YYYY-MM-DD: bodies that have ceased by then are followed to their successors. */
  readonly day: string;
  /** Bodies that lead whatever the rules say (改派, 会商决定), as the database knows them, the first before the others. */
  readonly instead?: readonly string[] | null;
};

/**
 * The holders of a decision, each once: lead > co-lead > also > cooperating, in the decision's order.
 *
 * - A body the plan names by the place alone (所在镇办, 上街 五(二)) is the office of the place that leads; where no place
 *   inside is known the plan's word stays.
 * - The bodies responsible on the ground of the places of the matter cooperate (属地: 金华 三(二)1, 四(二); 江苏 p2p; 吉林; 北京 各区;
 *   马鞍山 县区). Which place leads is said beside the decision.
 * - A territory rule's office that is to be told (报省领导小组办公室, 报省级联合办公室统筹, 报区金融办) is told.
 * - Of nested business whose duties are unclear, the body that settles them leads alone; the bodies of the other
 *   sectors cooperate until it has (`settlingSector`).
 * - A body that has ceased is its successor (保监会 after 2018).
 */
export function nameHolders(pack: Pack, asked: Asked): NamedHolder[] {
  const { decision, facts, day, instead = null } = asked;
  const { territory } = decision;
  const own = `${pack.id}.`;
  const office = (slug: string) => own + successorOn(pack, officeOf(pack, slug, territory.lead), day);
  // A body of another pack is its own pack's affair.
  const chosen = (id: string) => {
    const plan = pack.agencies.find((agency) => own + agency.id === id)?.id ?? null;
    return { agencyId: plan === null ? id : office(plan), plan };
  };
  const named = (
    names: readonly string[],
    relation: HolderRelation,
    why: NamedHolder["why"] = "rule",
  ): NamedHolder[] =>
    names.flatMap((name) => {
      const slug = agencyIdByName(pack, name);
      return slug === null ? [] : [{ agencyId: office(slug), relation, why, plan: slug }];
    });
  const settling = instead === null && facts !== null ? settlingSector(pack, facts) : null;
  const [lead, coLead] =
    settling === null ? [decision.lead, decision.coLead] : [settling.lead, settling.coLead];
  const unsettled = [...decision.lead, ...decision.coLead].filter(
    (name) => !lead.includes(name) && !coLead.includes(name),
  );
  const report = reportTo(pack, decision);
  const places = [...(territory.lead === null ? [] : [territory.lead]), ...territory.cooperate];
  const all: NamedHolder[] = [
    ...(instead?.map((id, at): NamedHolder => ({
      ...chosen(id),
      ...{ relation: at === 0 ? "lead" : "co_lead", why: "rule" },
    })) ?? named(lead, "lead")),
    ...named(coLead, "co_lead"),
    ...named(decision.also, "also"),
    ...(report === null
      ? []
      : [{ agencyId: office(report), relation: "also", why: "report", plan: report } as const]),
    ...(settling === null ? [] : named(unsettled, "cooperating", "unsettled")),
    ...named(decision.cooperating, "cooperating"),
    ...places.flatMap((code): NamedHolder[] => {
      const body = responsibleAgency(pack, code);
      if (body === null) return [];
      return [{ agencyId: office(body), relation: "cooperating", why: "place", plan: body }];
    }),
  ];
  return all.filter((one, at) => all.findIndex(({ agencyId }) => agencyId === one.agencyId) === at);
}

/** The office a body named by the place stands for; every other body is itself. */
export function officeOf(pack: Pack, slug: string, place: string | null): string {
  if (place === null || !isNamedByPlace(pack, slug)) return slug;
  return responsibleAgency(pack, place) ?? slug;
}

/** The office that the cited territory rule wants told, by the pack's id. */
export function reportTo(pack: Pack, decision: RoutingDecision): string | null {
  const { rule, sectorRules, outside } = pack.territory;
  const cited = [rule, ...sectorRules, outside].find(({ id }) =>
    decision.basis.some((one) => one.rule === id),
  );
  return cited?.reportTo ?? null;
}

/**
 * The first of several sectors, where nothing says whose the nested business is and its rule is the one for that: the
 * body the pack names for nested business (上街 五(一), 江苏 部门职责), or the leading office (金华 三 末段: 领导小组办公室牵头会商).
 * Null where triage settled on a sector: then the bodies of all lead, as the plan's rows say.
 */
export function settlingSector(
  pack: Pack,
  facts: RoutingFacts,
): { lead: readonly string[]; coLead: readonly string[] } | null {
  const [first] = facts.sectors;
  if (!facts.nested || first === undefined || new Set(facts.sectors).size < 2) return null;
  const decided = decideSector(pack, first, facts);
  return decided.byFallback || decided.matched.nested === true ? decided : null;
}
