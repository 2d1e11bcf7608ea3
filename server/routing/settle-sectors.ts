import type { Pack } from "~server/packs/grammar";
import type { SectorId } from "~server/packs/sector-ids";
import { decideSector } from "./decide-sectors";
import { routingFacts } from "./facts";

export type SectorChoice = {
  /** Everything the business reaches into, in the order given. */
  readonly sectors: readonly SectorId[];
  /** The sector triage settles on, or null where the substance is to decide. */
  readonly primary: SectorId | null;
  readonly substance: string | null;
  readonly licensed: boolean | null;
  readonly nested: boolean;
};

export type SettledSectors = {
  /** The primary one first, each once. */
  readonly sectors: readonly [SectorId, ...SectorId[]];
  readonly nested: boolean;
  /** `tie`: nothing decides, so the body the pack names for nested business does, or the leading office. */
  readonly by: "only" | "chosen" | "substance" | "tie";
};

/**
 * Which of several sectors is the primary one. A choice stands. Left open, the pack's rules by substance or licence
 * decide where exactly one of them fits; else the business is nested and its duties unclear: the row with a rule for
 * nested business leads (上街 五(一), 江苏 资管业务) if it is one of the sectors, or in any case where the pack says that it
 * takes all nested business; else nobody in particular, which is the fallback's (金华 三 末段).
 */
export function settleSectors(pack: Pack, choice: SectorChoice): SettledSectors {
  const given = [...new Set(choice.sectors)];
  const first = (primary: SectorId): SettledSectors["sectors"] => [
    primary,
    ...given.filter((sector) => sector !== primary),
  ];
  const { primary, nested } = choice;
  if (primary !== null) {
    return { sectors: first(primary), nested, by: given.length > 1 ? "chosen" : "only" };
  }
  const [only] = given;
  if (given.length <= 1) return { sectors: first(only ?? "unknown"), nested, by: "only" };
  const decide = (sector: SectorId, isNested: boolean) =>
    decideSector(
      pack,
      sector,
      routingFacts.parse({
        sectors: [sector],
        substance: choice.substance,
        licensed: choice.licensed,
        nested: isNested,
      }),
    );
  const fitting = given.flatMap((sector) => {
    const { matched, plan, byFallback } = decide(sector, false);
    const bySubstance = matched.substance !== undefined || matched.licensed !== undefined;
    return bySubstance && !byFallback ? [plan] : [];
  });
  const [clear] = fitting;
  if (clear !== undefined && fitting.every((plan) => plan === clear)) {
    return { sectors: first(clear), nested, by: "substance" };
  }
  // A row that speaks of nesting itself comes before the plan's rule for all others (江苏: 资管业务 before 其他领域).
  const speaks = (sector: SectorId) =>
    pack.rows.some((row) => row.sector === sector && row.rules.some(({ when }) => when?.nested === true));
  const tie = [...given.filter(speaks), ...given].find(
    (sector) => decide(sector, true).matched.nested === true,
  );
  return { sectors: first(tie ?? "unknown"), nested: true, by: "tie" };
}

/** The words for the substance of a business that the pack's rules know, in its order. */
export function knownSubstances(pack: Pack): string[] {
  const named = pack.rows.flatMap((row) => (row.substances ?? []).map(({ name }) => name));
  return [...new Set(named)];
}
