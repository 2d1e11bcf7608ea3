import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";
import { JOURNAL_GENESIS, POSTING_COLUMNS, hashPosting, type SealedPosting } from "../seal-journal.server";
import type { PublishedRoot } from "../published-roots";

type Sealed = SealedPosting & { position: string; sealed: string; previous: Buffer; hash: Buffer };

const RULE = "18 the journal's chain holds";
/** A posting is sealed right after its commit; it may wait this long for a seal before it counts as left out. */
const WAITS_MS = 10 * 60_000;

/**
 * Recomputes the chain over the journal and names the first bad row: a posting changed, removed, reordered, or slipped
 * in; a last block cut off, against the roots published here and told in the audit trail; and a restored old backup,
 * against roots published elsewhere (`published`). Says how many postings no seal covers: some wait for it, and one that
 * has waited too long is a fault.
 */
export async function verifySeals(
  read: ReadRows,
  findings: Findings,
  published: readonly PublishedRoot[] = [],
): Promise<number> {
  const walked = await walkChain(read, findings, published);
  const slipped = walked.whole ? await findSlipped(read, findings) : null;
  return findUnsealed(read, findings, { lastSealedAt: walked.lastSealedAt, named: slipped });
}

/** `whole`: nothing is wrong with the chain itself. */
type Walked = { readonly whole: boolean; readonly lastSealedAt: string | null };

async function walkChain(
  read: ReadRows,
  findings: Findings,
  published: readonly PublishedRoot[],
): Promise<Walked> {
  const roots = await readRoots(read, published);
  let previous = JOURNAL_GENESIS;
  let expected = 1n;
  let lastSealedAt: string | null = null;
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
    const wrong = (detail: string, table = "ledger_transactions", id = row.sealed): Walked => {
      findings.fault(RULE, table, id, detail);
      return { whole: false, lastSealedAt };
    };
    if (BigInt(row.position) !== expected)
      return wrong("this seal is missing", "ledger_seals", expected.toString());
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
    if (lastSealedAt === null || row.recordedAt > lastSealedAt) lastSealedAt = row.recordedAt;
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
  }
  return { whole: beyond === undefined, lastSealedAt };
}

/** A numbered posting without a seal, before one of its year that has one: the sealer had passed it. Its id, or null. */
async function findSlipped(read: ReadRows, findings: Findings): Promise<string | null> {
  const [slipped] = await read<{ id: string }>(
    `select v.transaction_id as id from voucher_numbers v
      where not exists (select 1 from ledger_seals s where s.transaction_id = v.transaction_id)
        and exists (select 1 from voucher_numbers o join ledger_seals s on s.transaction_id = o.transaction_id
                     where o.fiscal_year = v.fiscal_year and o.number > v.number)
      order by v.fiscal_year, v.number limit 1`,
  );
  if (slipped === undefined) return null;
  findings.fault(RULE, "ledger_transactions", slipped.id, "slipped in behind the chain");
  return slipped.id;
}

/**
 * How many postings no seal covers. The last seals removed leave a chain that is whole, and their postings here. How long
 * one has waited is measured by the database's clock, or by the last sealed posting should that clock be behind it; one
 * dated far ahead of both has not waited, and was not recorded by the portal either. `named`: told of already.
 */
async function findUnsealed(
  read: ReadRows,
  findings: Findings,
  { lastSealedAt, named }: { readonly lastSealedAt: string | null; readonly named: string | null },
): Promise<number> {
  const [found] = await read<{ unsealed: string; id: string | null; at: string | null }>(
    `with unsealed as (
       select t.id, t.seq, t.recorded_at from ledger_transactions t
        where not exists (select 1 from ledger_seals s where s.transaction_id = t.id))
     select (select count(*) from unsealed)::text as unsealed, late.id,
            to_char(late.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
       from (select) one left join lateral (
         select u.id, u.recorded_at from unsealed u, (select greatest(now(), $1::timestamptz) as newest) clock
          where u.recorded_at not between clock.newest - $2::interval and clock.newest + $2::interval
          order by u.seq limit 1) late on true`,
    [lastSealedAt, `${WAITS_MS} milliseconds`],
  );
  if (found !== undefined && found.id !== null && found.id !== named) {
    findings.fault(
      RULE,
      "ledger_transactions",
      found.id,
      `recorded ${found.at} and not sealed: its seal was removed, or the portal stopped or failed before it sealed it (a running portal seals what waits when it starts and every hour)`,
    );
  }
  return Number(found?.unsealed ?? 0);
}

type Root = Required<PublishedRoot>;

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
    ...published.map((root) => ({ ...root, from: root.from ?? "kept elsewhere" })),
  ];
  const byPosition = new Map<string, Root[]>();
  for (const root of all) {
    const key = root.position.toString();
    byPosition.set(key, [...(byPosition.get(key) ?? []), root]);
  }
  return byPosition;
}
