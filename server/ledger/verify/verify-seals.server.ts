import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";
import { JOURNAL_GENESIS, POSTING_COLUMNS, hashPosting, type SealedPosting } from "../seal-journal.server";

type Sealed = SealedPosting & { position: string; sealed: string; previous: Buffer; hash: Buffer };

/** A root published outside this database: a day, how many postings were sealed, and the last seal (hex). */
export type PublishedRoot = { readonly day: string; readonly position: bigint; readonly hash: string };

const RULE = "18 the journal's chain holds";

/**
 * Recomputes the chain over the journal and names the first bad row: a posting changed, removed, reordered, or slipped
 * in; a last block cut off, against the roots published here and told in the audit trail; and a restored old backup,
 * against roots published elsewhere (`published`).
 */
export async function verifySeals(
  read: ReadRows,
  findings: Findings,
  published: readonly PublishedRoot[] = [],
): Promise<void> {
  const roots = await readRoots(read, published);
  let previous = JOURNAL_GENESIS;
  let expected = 1n;
  const seals = readPages<Sealed>(
    read,
    `select s.position::text, s.transaction_id as "sealed", s.previous_hash as "previous", s.hash, ${POSTING_COLUMNS}
       from ledger_seals s left join ledger_transactions t on t.id = s.transaction_id
      where s.position > $1::bigint order by s.position`,
    ["0"],
    (row) => [row.position],
  );
  for await (const row of seals) {
    findings.count("seals");
    const wrong = (detail: string, table = "ledger_transactions") =>
      findings.fault(RULE, table, row.sealed, detail);
    if (BigInt(row.position) !== expected) {
      return findings.fault(RULE, "ledger_seals", expected.toString(), "this seal is missing");
    }
    if (row.id === null) return wrong("sealed, and not there any more");
    if (!row.previous.equals(previous)) return wrong("does not follow the seal before it", "ledger_seals");
    if (!hashPosting(previous, row).equals(row.hash))
      return wrong("changed since it was sealed, or sealed elsewhere");
    for (const root of roots.get(row.position) ?? []) {
      if (root.hash !== row.hash.toString("hex")) {
        return wrong(`not what was published for ${root.day} (${root.from})`);
      }
    }
    roots.delete(row.position);
    previous = row.hash;
    expected += 1n;
  }
  // What was published beyond the last seal was cut off, or this is an older copy of the books.
  const [beyond] = [...roots.values()].flat().sort((a, b) => Number(a.position - b.position));
  if (beyond !== undefined) {
    findings.fault(
      RULE,
      "ledger_seals",
      beyond.position.toString(),
      `the chain ends at ${expected - 1n}; the root of ${beyond.day} (${beyond.from}) was published at ${beyond.position}`,
    );
    return;
  }
  const [unsealed] = await read<{ id: string }>(
    `select v.transaction_id as id from voucher_numbers v
      where not exists (select 1 from ledger_seals s where s.transaction_id = v.transaction_id)
        and exists (select 1 from voucher_numbers o join ledger_seals s on s.transaction_id = o.transaction_id
                     where o.fiscal_year = v.fiscal_year and o.number > v.number)
      order by v.fiscal_year, v.number limit 1`,
  );
  if (unsealed !== undefined) {
    findings.fault(RULE, "ledger_transactions", unsealed.id, "slipped in behind the chain");
  }
}

type Root = PublishedRoot & { readonly from: string };

async function readRoots(read: ReadRows, published: readonly PublishedRoot[]): Promise<Map<string, Root[]>> {
  const own = await read<{ day: string; position: string; hash: string }>(
    "select day::text, position::text, encode(hash, 'hex') as hash from ledger_roots order by day",
  );
  const told = await read<{ day: string; position: string; hash: string }>(
    `select subject_id as day, data ->> 'position' as position, data ->> 'hash' as hash from events
      where subject_table = 'ledger_roots' and action = 'ledger.root_made' order by seq`,
  );
  const all: Root[] = [
    ...own.map((root) => ({ ...root, position: BigInt(root.position), from: "published here" })),
    ...told.map((root) => ({ ...root, position: BigInt(root.position), from: "told in the audit trail" })),
    ...published.map((root) => ({ ...root, from: "kept elsewhere" })),
  ];
  const byPosition = new Map<string, Root[]>();
  for (const root of all) {
    const key = root.position.toString();
    byPosition.set(key, [...(byPosition.get(key) ?? []), root]);
  }
  return byPosition;
}
