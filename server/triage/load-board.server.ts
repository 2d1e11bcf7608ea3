import { boardQuery, filtersOf, isFiltered, viewQuery } from "~/forms/board-view";
import { countDaysToGo } from "~server/clocks/days-to-go.server";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import {
  agencyOptions,
  agencyOptionsOf,
  packOptions,
  sectorOptions,
  sectorTitle,
  type Option,
} from "~server/packs/list-options";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { assigningReach } from "./assign-lead.server";
import { findOpenSet } from "./freeze-set.server";
import { listAssignments } from "./list-assignments.server";
import { CARDS_A_PAGE, listBoard } from "./list-board.server";
import { listPeople } from "./list-people.server";
import { listViews } from "./list-views.server";
import { presentCard } from "./present-card.server";
import { presentLead } from "./present-lead.server";
import { readLead } from "./read-lead.server";
import { readBoardOptions } from "./set-board-options.server";
import type { ClosureCode, Stage } from "./stages";

/** Events a lead's panel shows; the lead's page has them all. */
const PANEL_EVENTS = 5;

/** Everything the board's page shows for one address. */
export async function loadBoard(portal: Portal, params: URLSearchParams, actor: StaffActor) {
  const { db, pack, clock } = portal;
  const today = chinaDay(clock.now());
  const asked = boardQuery.parse(Object.fromEntries(params));
  const page = pageOf(params.get("page"));
  const { stage, sort } = asked;
  const columns = await listBoard(
    db,
    { filters: filtersOf(asked, today, actor.id), stage, sort, page },
    actor,
  );
  const toGo = await countDaysToGo(db, { leads: columns.flatMap(({ cards }) => cards), today }, actor);
  const { views, habits } = await listViews(db, { today }, actor);
  const panel = await loadPanel(portal, params.get("open"), actor);
  const mayAct = assigningReach(actor) !== null;
  const held = portal.packs.all();
  const asPlans = held.filter((one) => asked.pack === "" || one.pack.id === asked.pack);
  const plans = asPlans.length === 0 ? held : asPlans;
  const places = unique(
    plans.flatMap((one) =>
      one.pack.territory.units.map(({ code, name }) => ({ value: code, label: name.zh })),
    ),
  );
  return {
    columns: columns.map((column) => ({
      stage: column.stage,
      count: column.count,
      more: column.more,
      cards: column.cards.map((card) => ({
        ...presentCard(portal.packs.of(card.packId).pack, card, toGo.get(card.id) ?? null),
        // Named where it is not the portal's own: most cards are of that.
        plan: card.packId === pack.pack.id ? null : portal.packs.of(card.packId).pack.title.zh,
      })),
    })),
    filters: asked,
    filtered: isFiltered(asked),
    stage: stage ?? null,
    page,
    pages: Math.max(1, Math.ceil((columns[0]?.count ?? 0) / CARDS_A_PAGE)),
    views,
    habits,
    viewQuery: viewQuery(params),
    options: await readBoardOptions(db, actor),
    panel,
    askedMove: params.get("move"),
    set: await findOpenSet(db, params.get("set") ?? "", actor),
    mayAct,
    me: actor.id,
    ...(await listPeople(db, actor)),
    packs: packOptions(held),
    // What one plan has no word for another may: a filter offers every plan's, once.
    sectors: unique(plans.flatMap((one) => sectorOptions(one.pack))),
    bodies: agencyOptionsOf(plans, today),
    // Bodies the lead beside the board may be returned for: those of its own pack.
    agencies: agencyOptions(panel === null ? pack.pack : portal.packs.of(panel.packId).pack, today),
    places,
    today,
    seesAll: hasRole(actor, "triage_officer", "auditor"),
  };
}

function unique(options: readonly Option[]): Option[] {
  return options.filter((one, at) => options.findIndex(({ value }) => value === one.value) === at);
}

function pageOf(text: string | null): number {
  const page = Number(text ?? "1");
  return Number.isInteger(page) && page >= 1 && page <= 100_000 ? page : 1;
}

/** A lead beside the board, without its reports; null where none is asked for or it is out of sight. */
async function loadPanel(portal: Portal, leadId: string | null, actor: StaffActor) {
  if (leadId === null || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(leadId)) return null;
  const { db, packs, clock } = portal;
  try {
    const page = await readLead(db, { leadId, tipsPage: null, at: clock.now() }, actor);
    const { id, packId, number, name, version, isMajor, leadingOfficeOnly, openedOn } = page.lead;
    const { pack } = packs.of(packId);
    const today = chinaDay(clock.now());
    const all = packs.all().map((one) => one.pack);
    return {
      ...{ id, packId, number, name, version, isMajor, leadingOfficeOnly, openedOn },
      stage: page.lead.stage as Stage,
      closureCode: page.lead.closureCode as ClosureCode | null,
      sectors: page.sectors.flatMap(({ sector }) => sectorTitle(pack, sector) ?? []),
      holders: page.holders.map((holder) => ({ name: holder.name, relation: holder.relation })),
      toGo: (await countDaysToGo(db, { leads: [{ id, dueOn: page.dueOn }], today }, actor)).get(id) ?? null,
      tipCount: page.tipCount,
      moves: page.moves.map(({ to, needs }) => ({ to, needs })),
      history: presentLead(pack, page, all).history.slice(0, PANEL_EVENTS),
      assignments: await listAssignments(db, id, actor),
    };
  } catch (error) {
    if (error instanceof DomainError && error.status === 404) return null;
    throw error;
  }
}
