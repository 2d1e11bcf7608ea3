import { presentEvent, type EventView } from "~server/audit/present-event";
import { isChannel, type Channel } from "~server/intake/channels";
import type { Pack } from "~server/packs/grammar";
import { nameAgencyById, sectorTitle } from "~server/packs/list-options";
import { checklistFor } from "~server/packs/look-up-pack";
import { namePlace, namePlaceInFull } from "~server/packs/name-place";
import { isKnownSector } from "~server/routing/lead-facts.server";
import type { RoutingFacts } from "~server/routing/facts";
import type { RoutingDecision } from "~server/routing/route-lead";
import type { ThreadCount } from "~server/messages/count-threads.server";
import type { SealedView } from "~server/secrecy/sealed-view";
import type { LeadPage, LeadTip } from "./read-lead.server";

/** A place as a page says it: its name, or one of the answers that are no place. */
export type PlaceView =
  { readonly kind: "named"; readonly name: string } | { readonly kind: "online" | "unknown" };

export type TipView = {
  readonly id: string;
  readonly rank: number;
  readonly arrivedOn: string;
  readonly mode: "anonymous" | "named";
  readonly channel: Channel;
  readonly wantsReward: boolean;
  /** The reporter took it back: the receipt opens nothing any more, and no reward can be claimed. */
  readonly withdrawn: boolean;
  /** For the leading office alone. */
  readonly concernsOfficial: boolean;
  readonly subjectKind: "organisation" | "person" | "site";
  readonly subjectName: string;
  readonly uscc: string | null;
  readonly sector: string | null;
  readonly registered: PlaceView | null;
  readonly operating: PlaceView | null;
  readonly occurred: PlaceView | null;
  readonly redLines: readonly string[];
  readonly startedOn: string | null;
  readonly ongoing: string | null;
  readonly allegedFen: bigint | null;
  readonly people: number | null;
  readonly identifiers: readonly { kind: string; values: readonly string[] }[];
  readonly narrative: SealedView;
  readonly details: SealedView;
  readonly files: SealedView;
  readonly thread: ThreadCount | null;
};

/** A matched fact: its key in the catalogue (`lead.facts.*`) and its value in words, "" where the key says it all. */
export type FactView = { readonly fact: string; readonly value: string };

export type DecisionView = {
  readonly kind: "proposed" | "confirmed";
  readonly decidedOn: string;
  readonly packVersion: string;
  readonly overridden: boolean;
  readonly reason: string | null;
  readonly lead: readonly string[];
  readonly coLead: readonly string[];
  readonly cooperating: readonly string[];
  readonly also: readonly string[];
  readonly territory: { readonly lead: string | null; readonly cooperate: readonly string[] };
  readonly escalate: boolean;
  readonly basis: readonly { rule: string; clause: string; matched: readonly FactView[] }[];
  readonly nextBest: { readonly lead: readonly string[]; readonly clause: string } | null;
};

type StoredDecision = NonNullable<LeadPage["proposed"]>;

/** The parts of a lead's page that need the pack's words, so that a browser is not sent the pack. */
export function presentLead(
  pack: Pack,
  page: LeadPage,
): {
  sectors: string[];
  tips: TipView[];
  proposed: DecisionView | null;
  confirmed: DecisionView | null;
  history: EventView[];
} {
  return {
    sectors: page.sectors.flatMap(({ sector }) => sectorTitle(pack, sector) ?? []),
    tips: page.tips.map((tip) => presentTip(pack, tip)),
    proposed: page.proposed && presentDecision(pack, page.proposed, null),
    confirmed: page.confirmed && presentDecision(pack, page.confirmed, page),
    history: page.history.map((event) => presentEvent(event, (id) => nameAgencyById(pack, id))),
  };
}

export function presentTip(pack: Pack, tip: LeadTip): TipView {
  const items = isKnownSector(pack, tip.sector) ? checklistFor(pack, tip.sector) : [];
  const lines = [...items, ...pack.unfairCompetition, ...pack.redLines.flatMap((list) => list.items)];
  const kinds = [...new Set(tip.identifiers.map(({ kind }) => kind))];
  return {
    id: tip.id,
    rank: tip.rank,
    arrivedOn: tip.arrivedOn,
    mode: tip.mode === "named" ? "named" : "anonymous",
    channel: isChannel(tip.channel) ? tip.channel : "web",
    wantsReward: tip.wantsReward,
    withdrawn: tip.receiptClosedWhy === "withdrawn",
    concernsOfficial: tip.concernsOfficial,
    subjectKind: tip.subjectKind as TipView["subjectKind"],
    subjectName: tip.subjectName,
    uscc: tip.uscc,
    sector: sectorTitle(pack, tip.sector),
    registered: presentPlace(pack, tip.registeredAt),
    operating: presentPlace(pack, tip.operatingAt),
    occurred: presentPlace(pack, tip.occurredAt),
    redLines: tip.redLines.map((id) => lines.find((line) => line.id === id)?.text.zh ?? id),
    startedOn: tip.startedOn,
    ongoing: tip.ongoing,
    allegedFen: tip.allegedFen,
    people: tip.people,
    identifiers: kinds.map((kind) => ({
      kind,
      values: tip.identifiers.filter((one) => one.kind === kind).map(({ value }) => value),
    })),
    narrative: tip.narrative,
    details: tip.details,
    files: tip.files,
    thread: tip.thread,
  };
}

/** A stored code in words. Codes neither the pack nor the division list knows are shown as they are. */
export function presentPlace(pack: Pack, code: string | null): PlaceView | null {
  if (code === null) return null;
  if (code === "online" || code === "unknown") return { kind: code };
  return { kind: "named", name: namePlaceInFull(pack, code) ?? code };
}

function presentDecision(pack: Pack, stored: StoredDecision, page: LeadPage | null): DecisionView {
  const decision = stored.decision as RoutingDecision;
  const place = (code: string) => namePlace(pack, code) ?? code;
  // An override is told by who holds the lead; the decision itself stays what the rules said.
  const holding = (as: string) =>
    page?.holders.filter(({ relation }) => relation === as).map(({ name }) => name) ?? [];
  const chosen = holding("lead");
  return {
    kind: stored.kind === "confirmed" ? "confirmed" : "proposed",
    decidedOn: stored.decidedOn,
    packVersion: stored.packVersion,
    overridden: stored.overridden,
    reason: stored.reason,
    lead: stored.overridden && chosen.length > 0 ? chosen : decision.lead,
    coLead: stored.overridden && chosen.length > 0 ? holding("co_lead") : decision.coLead,
    cooperating: decision.cooperating,
    also: decision.also,
    territory: {
      lead: decision.territory.lead === null ? null : place(decision.territory.lead),
      cooperate: decision.territory.cooperate.map(place),
    },
    escalate: decision.escalate,
    basis: decision.basis.map(({ rule, clause, matched }) => ({
      rule,
      clause,
      matched: presentFacts(pack, matched),
    })),
    nextBest: decision.nextBest && { lead: decision.nextBest.lead, clause: decision.nextBest.clause },
  };
}

function presentFacts(pack: Pack, matched: Partial<RoutingFacts>): FactView[] {
  return Object.entries(matched).flatMap(([fact, value]): FactView[] => {
    if (value === null || value === false)
      return fact === "licensed" && value === false ? [{ fact: "unlicensed", value: "" }] : [];
    if (value === true) return [{ fact, value: "" }];
    if (Array.isArray(value)) {
      return [
        {
          fact,
          value: value
            .map((id) => sectorTitle(pack, id) ?? "")
            .filter(Boolean)
            .join("、"),
        },
      ];
    }
    if (fact === "registered" || fact === "operating" || fact === "occurred") {
      return [{ fact, value: namePlace(pack, String(value)) ?? String(value) }];
    }
    return [{ fact, value: String(value) }];
  });
}
