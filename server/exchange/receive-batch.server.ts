import { randomInt } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { tipIdentifiers, tipImports, tips } from "~db/schema/intake";
import { sealedKeys, sealedValues } from "~db/schema/sealed";
import { recordEvents, type EventInput } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { placementData, type Placement } from "~server/intake/place-tip.server";
import { placeTips } from "~server/intake/place-tips.server";
import { identifierRows, tipRow } from "~server/intake/receive-tip.server";
import { trailLead } from "~server/intake/trail-lead";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { packsOfLeads } from "~server/packs/packs-of-leads.server";
import { readNewest } from "~server/packs/read-stored-pack.server";
import { proposeRoutes } from "~server/routing/propose-route.server";
import { straightAgencies } from "~server/routing/straight-agencies";
import { sealManyForAgencies } from "~server/secrecy/seal-tip.server";
import type { SystemActor } from "~server/staff-auth/actor";
import { raiseMajors } from "~server/triage/raise-major.server";
import type { PreparedRow } from "./prepare-rows.server";

/** Importers write one batch after the other: two of the same file then never wait for each other in a circle. */
const IMPORT_LOCK = 0x71_70_73_31;

/**
 * Many reports of another channel in one transaction: sealed already, then placed, stored, routed and written to the
 * trail as `receiveTip` does with one, a table at a time instead of a report at a time. Rows whose number was
 * imported meanwhile are passed over. Returns the rows that were taken.
 */
export async function receiveBatch(
  tx: Tx,
  input: { readonly rows: readonly PreparedRow[]; readonly pack: LoadedPack; readonly at: Date },
  actor: SystemActor,
): Promise<readonly PreparedRow[]> {
  const { at } = input;
  const today = chinaDay(at);
  await tx.execute(sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`);
  const known = await findImported(
    tx,
    input.rows.map(({ externalKey }) => externalKey),
  );
  const taken = new Set(known);
  const rows = input.rows.filter(({ externalKey }) => {
    const name = toName(externalKey);
    return !taken.has(name) && taken.add(name);
  });
  if (rows.length === 0) return [];
  const pack = await readNewest(tx, input.pack);
  const placements = await placeTips(tx, { reports: rows.map(({ facts }) => facts), pack, today });
  const placed = rows.map((row, n) => ({ row, placement: placementOf(placements, n) }));

  await insertRows(
    tx,
    tips,
    placed.map(({ row, placement }) =>
      tipRow({ ...row, language: "zh-CN", pack, at, leadId: placement.leadId, spam: null }),
    ),
  );
  await insertRows(
    tx,
    tipIdentifiers,
    rows.flatMap(({ sealed, facts }) => identifierRows(sealed.tipId, facts)),
  );
  await insertRows(
    tx,
    sealedValues,
    rows.flatMap(({ sealed }) => [...sealed.values]),
  );
  await insertRows(
    tx,
    sealedKeys,
    rows.flatMap(({ sealed }) => [...sealed.keys]),
  );
  // In no order: the place of a key on the disk does not tell which of the batch's reports it came with.
  const numbers = shuffled(
    rows.map(({ externalKey, source }) => ({ externalKey, source, importedOn: today })),
  );
  await insertRows(tx, tipImports, numbers);
  await recordEvents(tx, placed.map(received(at)), actor);
  const opened = placements.filter((one) => one.opened).map(({ leadId }) => leadId);
  await proposeRoutes(tx, { leadIds: opened, pack, today });
  const packOf = await packsOfLeads(
    tx,
    placements.map(({ leadId }) => leadId),
    pack,
  );
  await sealManyForAgencies(
    tx,
    placed
      .filter(({ row }) => !row.facts.concernsOfficial)
      .map(({ row, placement }) => ({
        sealed: row.sealed,
        leadId: placement.leadId,
        straightTo: straightAgencies((packOf.get(placement.leadId) ?? pack).pack, row.facts.sector, today),
      })),
  );
  const leadIds = [...new Set(placements.map(({ leadId }) => leadId))];
  await raiseMajors(tx, { leadIds, pack: pack.pack, today, at, dayOnly: true }, actor);
  return rows;
}

function received(at: Date) {
  return ({ row, placement }: { row: PreparedRow; placement: Placement }): EventInput => ({
    action: "tip.received",
    subjectTable: "tips",
    subjectId: row.sealed.tipId,
    ...trailLead({ ...row.facts, leadId: placement.leadId }),
    data: { channel: row.channel, ...placementData(placement) },
    at,
    dayOnly: true,
  });
}

function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(randomInt(left.length), 1));
}

function placementOf(placements: readonly Placement[], at: number): Placement {
  const placement = placements[at];
  if (placement === undefined) throw new Error("a report without a place");
  return placement;
}

/** Which of these numbers were imported before, as `toName` spells them. */
export async function findImported(tx: Tx, keys: readonly Buffer[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  // A look-up for each number: as a list, all numbers ever imported are read until they are very many.
  const { rows } = await tx.execute<{ key: Buffer }>(sql`
    select given.key from unnest(${sql.param([...keys])}::bytea[]) as given(key)
     where (select true from ${tipImports} i where i.external_key = given.key limit 1)`);
  return new Set(rows.map(({ key }) => toName(key)));
}

export function toName(key: Uint8Array): string {
  return Buffer.from(key).toString("base64");
}
