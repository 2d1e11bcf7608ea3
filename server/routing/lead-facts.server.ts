import { and, desc, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { matchAny } from "~db/match-any.server";
import { leadSectors } from "~db/schema/leads";
import { addDays } from "~server/clock";
import { divisionName } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";
import { territoryUnit } from "~server/packs/look-up-pack";
import { SECTOR_IDS, type SectorId } from "~server/packs/sector-ids";
import { routingFactsFor, type RoutingFacts } from "./facts";
import type { EscalationFacts } from "./weigh-escalation";

/** What triage alone can say of a lead; a reporter is not asked. */
export type TriageFacts = {
  readonly suspectedCrime: boolean;
  readonly petition: boolean;
  readonly nested: boolean;
  /** What the business is in substance (穿透), in the pack's words; absent and null alike mean not known. */
  readonly substance?: string | null;
  readonly licensed?: boolean | null;
};

const NOTHING_KNOWN: TriageFacts = { suspectedCrime: false, petition: false, nested: false };

/**
 * The facts by which a lead is routed, gathered from its tips: sectors as they stand on the lead (primary first),
 * places of the earliest tip that names them (among the first thousand), the largest amount and head count anyone gives, and the number of tips
 * within the last 7 days. Amounts in 分. Bodies read what follows from these facts: what accuses an official counts on a
 * lead of the leading office alone, and on no other.
 */
export async function readLeadFacts(
  tx: Tx,
  input: { leadId: string; pack: Pack; today: string; triage?: TriageFacts },
): Promise<RoutingFacts> {
  const [facts] = await readLeadsFacts(tx, { ...input, leadIds: [input.leadId] });
  if (facts === undefined) throw new Error("no facts of a lead that was asked for");
  return facts;
}

/** The same for many leads at once, in the order asked for. */
export async function readLeadsFacts(
  tx: Tx,
  input: { leadIds: readonly string[]; pack: Pack; today: string; triage?: TriageFacts },
): Promise<RoutingFacts[]> {
  const leadIds = [...input.leadIds];
  const sectors = await tx
    .select({ leadId: leadSectors.leadId, sector: leadSectors.sector })
    .from(leadSectors)
    .where(and(matchAny(leadSectors.leadId, leadIds), isNull(leadSectors.toOn)))
    .orderBy(desc(leadSectors.isPrimary), leadSectors.sector);
  const rows = await readSums(tx, leadIds, input.today);
  const triage = input.triage ?? NOTHING_KNOWN;
  const schema = routingFactsFor(input.pack);
  const sumsOf = new Map(rows.map((row) => [row.leadId, row]));
  return leadIds.map((leadId) => {
    const sums = sumsOf.get(leadId);
    const own = sectors.filter((one) => one.leadId === leadId).map(({ sector }) => sector);
    return schema.parse({
      sectors: own.length > 0 ? own : ["unknown"],
      registered: placeIn(input.pack, sums?.registered ?? null),
      operating: placeIn(input.pack, sums?.operating ?? null),
      occurred: placeIn(input.pack, sums?.occurred ?? null),
      allegedFen: sums?.allegedFen ?? "0",
      people: sums?.people ?? 0,
      tipsLast7Days: sums?.recent ?? 0,
      suspectedCrime: triage.suspectedCrime || sums?.crime === true,
      petition: triage.petition,
      nested: triage.nested,
      substance: triage.substance ?? null,
      licensed: triage.licensed ?? null,
    });
  });
}

type Sums = {
  leadId: string;
  registered: string | null;
  operating: string | null;
  occurred: string | null;
  allegedFen: string | null;
  people: number | null;
  recent: number;
  crime: boolean;
};

/** Reports looked through, first come first, for one that names a place: a flood may be of reports that name none. */
const NAMED_WITHIN = 1_000;

/** For whom reports are summed up: whoever may see the lead, or the leading office, which sees every report. */
export type Reach = "lead" | "office";

/** Which of a lead's reports `t` count, of `l(id, kept)`: what accuses an official shows on no lead that bodies may hold. */
const counts = (reach: Reach) => (reach === "office" ? sql`true` : sql`(l.kept or not t.concerns_official)`);

/**
 * Of those, the ones whose figures may call for 重大. What a reporter took back still stands with the office and its
 * places still tell where the business is; but nobody stands behind its figures any more, and reports sent and taken
 * back at once must not raise an alarm. A mark once raised stays: it was right when it was made.
 */
const weighs = (reach: Reach) => sql`${counts(reach)} and t.receipt_closed_why is distinct from 'withdrawn'`;

const askedLeads = (leadIds: readonly string[]) =>
  sql`(select id, leading_office_only as kept from leads where id = any (${sql.param([...leadIds])}::uuid[])) l`;

/** Each figure from the index that has it at its end: of a lead's reports only those of the last days are counted. */
async function readSums(tx: Tx, leadIds: readonly string[], today: string): Promise<Sums[]> {
  if (leadIds.length === 0) return [];
  const earliest = (column: string) => sql`(select t.${sql.identifier(column)} from (
      select * from tips t where lead_id = l.id and ${counts("lead")} order by arrival_no limit ${NAMED_WITHIN}) t
    where t.${sql.identifier(column)} ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$' order by t.arrival_no limit 1)`;
  const { rows } = await tx.execute<Sums>(sql`
    select l.id as "leadId", ${earliest("registered_at")} as registered, ${earliest("operating_at")} as operating,
           ${earliest("occurred_at")} as occurred, ${mostAlleged("lead")}::text as "allegedFen", ${mostPeople("lead")} as people,
           (select count(*) from tips t where t.lead_id = l.id and ${weighs("lead")}
              and t.arrived_on > ${addDays(today, -7)}::date)::int as recent,
           exists (select 1 from tips t where t.lead_id = l.id and ${counts("lead")} and t.suspected_crime) as crime
      from ${askedLeads(leadIds)}`);
  return rows;
}

const mostAlleged = (reach: Reach) => sql`(select t.alleged_fen from tips t
  where t.lead_id = l.id and ${weighs(reach)} and t.alleged_fen is not null order by t.alleged_fen desc limit 1)`;
const mostPeople = (reach: Reach) => sql`(select t.people from tips t
  where t.lead_id = l.id and ${weighs(reach)} and t.people is not null order by t.people desc limit 1)`;

/**
 * What the pack's thresholds ask of leads, by id. Reports are counted up to the highest threshold and no further: below
 * it the count is exact, from it on it is what is needed to know that it is reached. For `office` every report counts,
 * and what follows is the leading office's alone.
 */
export async function readEscalationFacts(
  tx: Tx,
  input: {
    readonly leadIds: readonly string[];
    readonly pack: Pack;
    readonly today: string;
    readonly reach?: Reach;
  },
): Promise<ReadonlyMap<string, EscalationFacts>> {
  const reach = input.reach ?? "lead";
  const enough = Math.max(
    0,
    ...input.pack.escalation.thresholds.map((one) => (one.kind === "tips" ? one.atLeast : 0)),
  );
  const { rows } = await tx.execute<Pick<Sums, "leadId" | "allegedFen" | "people" | "recent">>(sql`
    select l.id as "leadId", ${mostAlleged(reach)}::text as "allegedFen", ${mostPeople(reach)} as people,
           (select count(*) from (select 1 from tips t where t.lead_id = l.id and ${weighs(reach)}
              and t.arrived_on > ${addDays(input.today, -7)}::date limit ${enough}) counted)::int as recent
      from ${askedLeads(input.leadIds)}`);
  return new Map(
    rows.map(({ leadId, allegedFen, people, recent }) => [
      leadId,
      { allegedFen: allegedFen ?? "0", people: people ?? 0, tipsLast7Days: recent },
    ]),
  );
}

/** A code as this pack knows it: of another pack's own unit (a development zone) its city is left, or nothing. */
function placeIn(pack: Pack, code: string | null): string | null {
  if (code === null || /^\d{6}$/.test(code) || territoryUnit(pack, code) !== null) return code;
  return /^\d{4}/.test(code) ? `${code.slice(0, 4)}00` : null;
}

/** Whether a code is one the pack or the division list knows (`online` and `unknown` are answers, not codes). */
export function isKnownPlace(pack: Pack, code: string): boolean {
  return territoryUnit(pack, code) !== null || divisionName(code) !== null;
}

/** Whether the pack offers a sector (`unknown`, 不确定, always is one). */
export function isKnownSector(pack: Pack, sector: string): sector is SectorId {
  return (
    (SECTOR_IDS as readonly string[]).includes(sector) &&
    (sector === "unknown" || pack.sectors.some(({ id }) => id === sector))
  );
}
