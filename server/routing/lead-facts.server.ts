import { and, desc, inArray, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leadSectors } from "~db/schema/leads";
import { addDays } from "~server/clock";
import { divisionName } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";
import { territoryUnit } from "~server/packs/look-up-pack";
import { SECTOR_IDS, type SectorId } from "~server/packs/sector-ids";
import { routingFactsFor, type RoutingFacts } from "./facts";

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
 * places of the earliest tip that names them, the largest amount and head count anyone gives, and the number of tips
 * within the last 7 days. Amounts in 分.
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
    .where(and(inArray(leadSectors.leadId, leadIds), isNull(leadSectors.toOn)))
    .orderBy(desc(leadSectors.isPrimary), leadSectors.sector);
  const earliest = (column: string) =>
    sql<string | null>`(array_agg(${sql.identifier(column)} order by arrival_no)
      filter (where ${sql.identifier(column)} ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$'))[1]`;
  const rows = await tx
    .select({
      leadId: tips.leadId,
      registered: earliest("registered_at"),
      operating: earliest("operating_at"),
      occurred: earliest("occurred_at"),
      allegedFen: sql<string | null>`max(${tips.allegedFen})::text`,
      people: sql<number | null>`max(${tips.people})`,
      recent: sql<number>`count(*) filter (where ${tips.arrivedOn} > ${addDays(input.today, -7)})::int`,
      crime: sql<boolean | null>`bool_or(${tips.suspectedCrime})`,
    })
    .from(tips)
    .where(inArray(tips.leadId, leadIds))
    .groupBy(tips.leadId);
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
