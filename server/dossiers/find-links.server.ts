import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { foldName } from "./fold-name.server";
import { identifiesSubject } from "./shared-hosts";

/** What two dossiers have in common, as somebody wrote it. */
export type Shared = {
  readonly kind: "site" | "app" | "person" | "phone" | "account" | "address";
  readonly value: string;
};

export type Link = { readonly dossierId: string; readonly shared: readonly Shared[] };

/** Identifiers are taken from so many of the dossier's first tips, and looked up so often: the page costs the same for a flood. */
const TIPS_READ = 200;
const MARKS_READ = 40;
const FOUND_PER_MARK = 50;
const LINKS_SHOWN = 20;

type Mark = { kind: string; key: string };

/**
 * Other dossiers that share a person, phone, account, site, app or address with this one, the most telling first. Reads
 * under the acting person's policies: a body finds what its own leads hold, never tips about officials.
 */
export async function findLinks(tx: Tx, dossierId: string): Promise<Link[]> {
  const { rows: written } = await tx.execute<Mark>(
    sql`select distinct i.kind, i.key from tip_identifiers i where i.tip_id in (
          select t.id from leads l, lateral (select t.id, t.arrival_no from tips t where t.lead_id = l.id
             order by t.arrival_no limit ${TIPS_READ}) t
           where l.dossier_id = ${dossierId}::uuid order by t.arrival_no limit ${TIPS_READ})
        limit 400`,
  );
  const { rows: fields } = await tx.execute<{ field: string; key: string }>(
    sql`select f.field, f.match_key as key from dossier_fields f where f.dossier_id = ${dossierId}::uuid
         and f.match_key is not null and not exists (select 1 from dossier_fields g
           where g.dossier_id = f.dossier_id and g.field = f.field
             and (g.recorded_at, g.id) > (f.recorded_at, f.id))`,
  );
  const marks = written.filter(telling).slice(0, MARKS_READ);
  const people = [
    ...marks.filter(({ kind }) => kind === "person").map(({ key }) => foldName(key)),
    ...fields.filter(({ field }) => !field.endsWith("_address")).map(({ key }) => key),
  ];
  const addresses = fields.filter(({ field }) => field.endsWith("_address")).map(({ key }) => key);
  const asked = [...marks, ...people.map((key) => ({ kind: "person", key }))].filter(
    (one, at, all) => all.findIndex(({ kind, key }) => kind === one.kind && key === one.key) === at,
  );
  const found = [
    ...(await byIdentifier(tx, dossierId, asked)),
    ...(await byField(tx, dossierId, [...new Set([...people, ...addresses])])),
  ];
  const links = new Map<string, Shared[]>();
  for (const { other, kind, value } of found) {
    const shared = links.get(other) ?? [];
    if (!shared.some((one) => one.kind === kind && foldName(one.value) === foldName(value)))
      links.set(other, [...shared, { kind, value }]);
  }
  return [...links]
    .map(([id, shared]) => ({ dossierId: id, shared }))
    .toSorted((a, b) => weighShared(b.shared) - weighShared(a.shared))
    .slice(0, LINKS_SHOWN);
}

/** How much common things speak for one subject, from 0 to 1: a person or an address has several companies. */
export function weighShared(shared: readonly Shared[]): number {
  const weight = { site: 0.6, app: 0.5, account: 0.6, phone: 0.5, person: 0.25, address: 0.25 };
  return Math.min(
    1,
    shared.reduce((all, { kind }) => all + weight[kind], 0),
  );
}

/** Shared hosts and service numbers (95588, 12363, 400) link nobody. */
function telling({ kind, key }: Mark): boolean {
  if (kind === "site") return identifiesSubject(key);
  if (kind === "phone") return key.length >= 7 && !/^(?:95|96|12|[48]00)/.test(key);
  return key.length >= 2;
}

type Found = { other: string } & Shared;

async function byIdentifier(tx: Tx, dossierId: string, marks: readonly Mark[]): Promise<Found[]> {
  if (marks.length === 0) return [];
  const { rows } = await tx.execute<Found>(
    sql`select distinct l.dossier_id as other, hit.kind, hit.value
          from unnest(${sql.param(marks.map(({ kind }) => kind))}::text[],
                      ${sql.param(marks.map(({ key }) => key))}::text[]) as mark(kind, key)
          cross join lateral (select i.tip_id, i.kind, i.value from tip_identifiers i
            where i.kind = mark.kind and i.key = mark.key limit ${FOUND_PER_MARK}) hit
          join tips t on t.id = hit.tip_id join leads l on l.id = t.lead_id
         where l.dossier_id <> ${dossierId}::uuid limit 200`,
  );
  return rows;
}

async function byField(tx: Tx, dossierId: string, keys: readonly string[]): Promise<Found[]> {
  if (keys.length === 0) return [];
  const { rows } = await tx.execute<Found>(
    sql`select distinct f.dossier_id as other,
               case when f.field like '%\\_address' then 'address' else 'person' end as kind, f.value
          from dossier_fields f join dossiers d on d.id = f.dossier_id
         where f.match_key = any(${sql.param([...keys])}::text[]) and f.dossier_id <> ${dossierId}::uuid
           and d.merged_into is null limit 200`,
  );
  return rows;
}
