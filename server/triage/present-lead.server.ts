import { presentEvent, type EventView } from "~server/audit/present-event";
import { isChannel, type Channel } from "~server/intake/channels";
import type { Pack } from "~server/packs/grammar";
import { compareDecisions, type DecisionPart } from "~server/routing/compare-decisions";
import { routingFacts } from "~server/routing/facts";
import { presentDecision, type BodyView, type DecisionView } from "~server/routing/present-decision";
import type { Replay } from "~server/routing/replay-decision.server";
import { nameAgencyAmong, sectorTitle } from "~server/packs/list-options";
import { checklistFor, endOf } from "~server/packs/look-up-pack";
import { namePlaceInFull } from "~server/packs/name-place";
import { isKnownSector } from "~server/routing/lead-facts.server";
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

export type HolderView = Omit<LeadPage["holders"][number], "after"> & {
  /** The body that ceased, whose place it took, and what says so. */
  readonly after: { readonly name: string; readonly clause: string } | null;
};

type StoredDecision = NonNullable<LeadPage["proposed"]>;

/** `holders`: who holds it now. An override is told by them; the decision itself stays what the rules said. */
function presentStored(
  pack: Pack,
  stored: StoredDecision,
  replay: Replay | null,
  holders: LeadPage["holders"],
  today: string,
): DecisionView {
  const decision = stored.decision as RoutingDecision;
  const holding = (as: string): BodyView[] =>
    holders.flatMap(({ relation, name, after }) =>
      // Triage chose the body that has ceased since.
      relation !== as
        ? []
        : [{ name: after?.name ?? name, today: after === null ? null : name, office: null }],
    );
  const chosen = stored.overridden ? holding("lead") : [];
  const facts = routingFacts.safeParse(stored.facts).data ?? null;
  const ruled = presentDecision(pack, decision, facts, { decided: stored.decidedOn, today });
  return {
    ...ruled,
    kind: stored.kind === "confirmed" ? "confirmed" : "proposed",
    decidedOn: stored.decidedOn,
    packVersion: stored.packVersion,
    document: pack.document,
    replay: replay ?? "unknown",
    overridden: stored.overridden,
    reason: stored.reason,
    ...(chosen.length > 0
      ? { lead: chosen, coLead: holding("co_lead"), cooperating: holding("cooperating"), unsettled: null }
      : {}),
  };
}

/** The parts of a lead's page that need the pack's words, so that a browser is not sent the pack. */
export function presentLead(
  pack: Pack,
  page: LeadPage,
  packs: readonly Pack[] = [pack],
): {
  sectors: string[];
  tips: TipView[];
  proposed: DecisionView | null;
  confirmed: DecisionView | null;
  /** Where the confirmed decision departs from the proposal. */
  changedParts: DecisionPart[];
  history: EventView[];
  holders: HolderView[];
} {
  const planOf = ({ packId }: StoredDecision) => packs.find(({ id }) => id === packId) ?? pack;
  return {
    sectors: page.sectors.flatMap(({ sector }) => sectorTitle(pack, sector) ?? []),
    tips: page.tips.map((tip) => presentTip(pack, tip)),
    proposed:
      page.proposed &&
      presentStored(planOf(page.proposed), page.proposed, page.replays.proposed, [], page.today),
    confirmed:
      page.confirmed &&
      presentStored(planOf(page.confirmed), page.confirmed, page.replays.confirmed, page.holders, page.today),
    changedParts:
      page.proposed && page.confirmed
        ? compareDecisions(
            page.proposed.decision as RoutingDecision,
            page.confirmed.decision as RoutingDecision,
          )
        : [],
    holders: page.holders.map(({ after, ...one }) => ({
      ...one,
      after: after && { name: after.name, clause: clauseOfEnd(packs, after.id, page.today) },
    })),
    history: page.history.map((event) => presentEvent(event, (id) => nameAgencyAmong(packs, id, page.today))),
  };
}

/** What the plan in force cites for a body's end; "" where no pack of the portal has it. */
function clauseOfEnd(packs: readonly Pack[], agencyId: string, today: string): string {
  const pack = packs.find(({ id }) => agencyId.startsWith(`${id}.`));
  return pack === undefined
    ? ""
    : (endOf(pack, agencyId.slice(pack.id.length + 1), today)?.clause ?? pack.document);
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
