// The rules of a pack as a page lists them. Client-safe.
import type { Pack, RowRule } from "~server/packs/grammar";
import { sectorTitle } from "~server/packs/list-options";
import { agencyName, agencyNameOn } from "~server/packs/look-up-pack";
import type { SectorId } from "~server/packs/sector-ids";
import type { FactView } from "./present-decision";

export const RULES_A_PAGE = 20;

/** A body as the plan prints it, and its name today where that is another. */
export type NamedBody = { readonly name: string; readonly today: string | null };

export type RuleTopic =
  | { readonly kind: "sector"; readonly title: string | null }
  | { readonly kind: "fallback" | "crime" | "petition" | "escalation" }
  | {
      readonly kind: "territory";
      readonly rule: "registered" | "operating" | "both" | "provincial" | "outside" | "fallback";
      readonly sectors: readonly string[];
    };

export type RuleView = {
  readonly rule: string;
  readonly clause: string;
  readonly topic: RuleTopic;
  readonly when: readonly FactView[];
  readonly lead: readonly NamedBody[];
  readonly coLead: readonly NamedBody[];
  readonly cooperating: readonly NamedBody[];
  /** The title of the sector whose rule is followed. */
  readonly sameAs: string | null;
  readonly inferred: boolean;
  readonly note: string | null;
};

/** Every rule a decision may cite, in the order they are asked; `day` (YYYY-MM-DD) dates the bodies' names. */
export function listRules(pack: Pack, day: string): RuleView[] {
  const body = (id: string): NamedBody => {
    const [name, today] = [agencyName(pack, id), agencyNameOn(pack, id, day)];
    return { name, today: today === name ? null : today };
  };
  const plain = (rule: string, clause: string, topic: RuleTopic, rest: Partial<RuleView> = {}): RuleView => ({
    ...{ rule, clause, topic, when: [], lead: [], coLead: [], cooperating: [] },
    ...{ sameAs: null, inferred: false, note: null },
    ...rest,
  });
  const { crime, petition } = pack.crossCuts;
  const { territory } = pack;
  return [
    ...pack.rows.flatMap((row) =>
      row.rules.map((rule) =>
        plain(
          rule.id,
          rule.clause,
          { kind: "sector", title: sectorTitle(pack, row.sector) },
          {
            when: conditionOf(rule),
            lead: (rule.lead ?? []).map(body),
            coLead: rule.coLead.map(body),
            cooperating: rule.cooperating.map(body),
            sameAs: rule.sameAs === undefined ? null : sectorTitle(pack, rule.sameAs),
            inferred: rule.inferred === true,
            note: rule.note ?? null,
          },
        ),
      ),
    ),
    ...(pack.nested
      ? [
          plain(
            pack.nested.id,
            pack.nested.clause,
            { kind: "fallback" },
            {
              lead: pack.nested.lead.map(body),
              inferred: pack.nested.inferred === true,
              when: [{ fact: "nested", value: "" }],
            },
          ),
        ]
      : []),
    plain(
      pack.fallback.id,
      pack.fallback.clause,
      { kind: "fallback" },
      { lead: pack.fallback.lead.map(body), inferred: pack.fallback.inferred === true },
    ),
    ...(crime ? [plain(crime.id, crime.clause, { kind: "crime" }, { lead: [body(crime.agency)] })] : []),
    ...(petition
      ? [plain(petition.id, petition.clause, { kind: "petition" }, { lead: [body(petition.agency)] })]
      : []),
    ...[...territory.sectorRules, { ...territory.rule, sectors: [] as readonly SectorId[] }].map((rule) =>
      plain(rule.id, rule.clause, {
        kind: "territory",
        rule: rule.kind,
        sectors: rule.sectors.flatMap((sector) => sectorTitle(pack, sector) ?? []),
      }),
    ),
    plain(territory.outside.id, territory.outside.clause, {
      kind: "territory",
      rule: "outside",
      sectors: [],
    }),
    plain(territory.fallback.id, territory.fallback.clause, {
      kind: "territory",
      rule: "fallback",
      sectors: [],
    }),
    ...pack.escalation.thresholds.map((threshold) =>
      plain(threshold.id, threshold.clause, { kind: "escalation" }, { when: [thresholdFact(threshold)] }),
    ),
  ];
}

function thresholdFact(threshold: Pack["escalation"]["thresholds"][number]): FactView {
  const fact = { amount: "allegedFen", people: "people", tips: "tipsLast7Days" }[threshold.kind];
  return { fact, value: String(threshold.atLeast) };
}

function conditionOf({ when }: RowRule): FactView[] {
  const facts: FactView[] = [];
  if (when?.nested === true) facts.push({ fact: "nested", value: "" });
  if (when?.licensed !== undefined)
    facts.push({ fact: when.licensed ? "licensed" : "unlicensed", value: "" });
  if (when?.substance !== undefined && when.substance !== "none") {
    const words = when.substance === "any" ? "其他" : when.substance.join("、");
    facts.push({ fact: "substance", value: words });
  }
  return facts;
}

/** Rules in which a word stands: in a sector's title, a body's printed or present name, the clause or the rule's id. */
export function searchRules(rules: readonly RuleView[], search: string): RuleView[] {
  const plain = (value: string) => value.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const wanted = plain(search);
  if (wanted === "") return [...rules];
  return rules.filter((rule) => {
    const { topic } = rule;
    const bodies = [...rule.lead, ...rule.coLead, ...rule.cooperating];
    const titles = topic.kind === "sector" ? [topic.title] : topic.kind === "territory" ? topic.sectors : [];
    const words = [
      ...titles,
      ...bodies.flatMap(({ name, today }) => [name, today]),
      ...rule.when.map(({ value }) => value),
      ...[rule.clause, rule.rule, rule.note],
    ];
    return words.some((word) => word !== null && plain(word).includes(wanted));
  });
}
