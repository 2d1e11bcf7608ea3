import type { Database } from "~db/client.server";
import { readPages, withSnapshot, type ReadRows } from "~server/ledger/verify/read-rows.server";
import type { CheckpointLine } from "./checkpoint-files.server";
import { EVENT_COLUMNS, GENESIS, hashLink, type ChainedEvent } from "./hash-link.server";

/** The first bad row. `position` and `seq` are text and null where the row that should have them is gone. */
export type ChainFault = {
  readonly position: string | null;
  readonly seq: string | null;
  readonly what:
    | "event changed"
    | "event removed"
    | "event inserted out of the chain"
    | "link changed"
    | "link removed"
    | "event or link changed"
    | "root differs"
    | "root missing"
    | "checkpoint differs"
    | "checkpoint missing from the chain"
    | "checkpoint missing"
    | "checkpoint unreadable";
  /** The day of a root, or the file and line of a checkpoint. */
  readonly where?: string;
};

export type ChainVerdict = {
  readonly ok: boolean;
  /** Events in the trail, and those of them that wait for the sealer. */
  readonly events: number;
  readonly unsealed: number;
  /** The last good link; null for an empty chain. */
  readonly head: { readonly position: string; readonly hash: string } | null;
  readonly roots: number;
  readonly checkpoints: number;
  /** Events chained after the root of the day they name: their transaction was long, or they were dated back. */
  readonly late: { readonly count: number; readonly firstSeq: string | null };
  readonly fault: ChainFault | null;
};

/** `gone`: its event is no more, and its columns are null. */
type Link = ChainedEvent & { readonly position: string; readonly hash: Buffer; readonly gone: boolean };
/** What a root or a checkpoint says the chain holds at a position. */
type Witness = {
  readonly day: string;
  readonly hash: string;
  readonly where: string;
  readonly kind: "root" | "checkpoint";
};

/**
 * Recomputes the whole chain from the stored events, and compares it with the daily roots and with the checkpoints
 * kept elsewhere, which alone tell a truncated, restored or wholly recomputed chain. Reads one snapshot a page at a
 * time: memory grows with the number of days only. Ends at the first bad row. A root without a checkpoint is a fault
 * too, but for the newest day's, whose line may be about to be written; `checkpoints` null compares with none.
 * `onProgress` hears of every event that is done, and how many there are.
 */
export async function verifyChain(
  db: Database,
  given: readonly CheckpointLine[] | null,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ChainVerdict> {
  const checkpoints = given ?? [];
  return withSnapshot(db, "audit-verify", async (read) => {
    const roots = await read<{ day: string; position: string; hash: Buffer }>(
      `select day::text as day, position::text as position, hash from audit_roots order by audit_roots.day`,
    );
    const [counted] = await read<{ events: string }>("select count(*)::text as events from events");
    const witnesses = collectWitnesses(roots, checkpoints);
    const total = Number(counted?.events ?? 0);
    const walked = await walk(read, witnesses, roots, (done) => onProgress(done, total));
    const fault =
      walked.fault ??
      missingWitness(witnesses, walked.length) ??
      unlikeRoots(roots, checkpoints) ??
      (await slippedIn(read, roots.at(-1)?.day)) ??
      (given === null ? null : unkeptRoot(roots, given));
    return {
      ok: fault === null,
      events: total,
      unsealed: total - walked.length,
      head: walked.head,
      roots: roots.length,
      checkpoints: checkpoints.length,
      late: walked.late,
      fault,
    };
  });
}

type Walked = Pick<ChainVerdict, "head" | "late" | "fault"> & { readonly length: number };

async function walk(
  read: ReadRows,
  witnesses: Map<string, Witness[]>,
  roots: readonly { day: string; position: string }[],
  onLink: (done: number) => void,
): Promise<Walked> {
  const late = { count: 0, firstSeq: null as string | null };
  let [previous, head, length, rooted]: [Buffer, Walked["head"], number, number] = [GENESIS, null, 0, 0];
  let rootDay = "";
  const ended = (fault: ChainFault | null): Walked => ({ head, late, length, fault });
  const links = readPages<Link>(
    read,
    `select c.position::text as position, c.hash, e.id is null as gone, ${EVENT_COLUMNS}
       from event_chain c left join events e on e.id = c.event_id
      where c.position > $1 order by c.position`,
    ["0"],
    (row) => [row.position],
  );
  for await (const [link, next] of pairs(links)) {
    const position = String(length + 1);
    if (link.position !== position) return ended({ position, seq: null, what: "link removed" });
    if (link.gone) return ended({ position, seq: null, what: "event removed" });
    const expected = hashLink(previous, link);
    if (!expected.equals(link.hash)) {
      return ended({ position, seq: link.seq, what: whatIsWrong(previous, expected, link, next) });
    }
    const hash = expected.toString("hex");
    const denied = witnesses.get(position)?.find((witness) => witness.hash !== hash);
    if (denied !== undefined)
      return ended({ position, seq: link.seq, what: `${denied.kind} differs`, where: denied.where });
    for (
      ;
      roots[rooted] !== undefined && BigInt(roots[rooted]?.position ?? 0) < BigInt(position);
      rooted += 1
    )
      rootDay = roots[rooted]?.day ?? rootDay;
    if (link.recordedOn <= rootDay) {
      late.count += 1;
      late.firstSeq ??= link.seq;
    }
    [previous, head, length] = [expected, { position, hash }, length + 1];
    onLink(length);
  }
  return ended(null);
}

/** Which row was touched shows in whether the link after it follows the stored hash, the right one, or the one before. */
function whatIsWrong(
  previous: Buffer,
  expected: Buffer,
  link: Link,
  next: Link | undefined,
): ChainFault["what"] {
  if (next === undefined || next.gone) return "event or link changed";
  if (hashLink(link.hash, next).equals(next.hash)) return "event changed";
  if (hashLink(expected, next).equals(next.hash)) return "link changed";
  if (hashLink(previous, next).equals(next.hash)) return "event inserted out of the chain";
  return "event or link changed";
}

function collectWitnesses(
  roots: readonly { day: string; position: string; hash: Buffer }[],
  checkpoints: readonly CheckpointLine[],
): Map<string, Witness[]> {
  const at = new Map<string, Witness[]>();
  const add = (position: string, witness: Witness) =>
    at.set(position, [...(at.get(position) ?? []), witness]);
  for (const { day, position, hash } of roots)
    add(position, { day, hash: hash.toString("hex"), where: day, kind: "root" });
  for (const { file, line, checkpoint } of checkpoints) {
    if (checkpoint === null) continue;
    const { day, position, hash } = checkpoint;
    add(position.toString(), { day, hash, where: `${file}:${line}`, kind: "checkpoint" });
  }
  return at;
}

/** What is vouched for beyond the chain's end: it was cut off, or an older copy was put back. */
function missingWitness(witnesses: Map<string, Witness[]>, length: number): ChainFault | null {
  const beyond = [...witnesses].filter(([position]) => BigInt(position) > BigInt(length));
  const [first] = beyond.sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const [witness] = first?.[1] ?? [];
  if (first === undefined || witness === undefined) return null;
  const what = witness.kind === "root" ? "link removed" : "checkpoint missing from the chain";
  return { position: first[0], seq: null, what, where: witness.where };
}

/** Every checkpoint was a root once, and can be read. */
function unlikeRoots(
  roots: readonly { day: string; position: string }[],
  checkpoints: readonly CheckpointLine[],
): ChainFault | null {
  const known = new Map(roots.map(({ day, position }) => [day, position]));
  for (const { file, line, checkpoint } of checkpoints) {
    const where = `${file}:${line}`;
    if (checkpoint === null) return { position: null, seq: null, what: "checkpoint unreadable", where };
    const position = checkpoint.position.toString();
    const root = known.get(checkpoint.day);
    if (root === undefined) return { position, seq: null, what: "root missing", where };
    if (root !== position) return { position: root, seq: null, what: "root differs", where };
  }
  return null;
}

/** A published root no file vouches for: the folder was emptied, or exchanged, or could not be written to. */
function unkeptRoot(
  roots: readonly { day: string; position: string }[],
  checkpoints: readonly CheckpointLine[],
): ChainFault | null {
  const kept = new Set(checkpoints.map(({ checkpoint }) => checkpoint?.day));
  const root = roots.slice(0, -1).find(({ day }) => !kept.has(day));
  return root === undefined
    ? null
    : { position: root.position, seq: null, what: "checkpoint missing", where: root.day };
}

/** An event without a link that is dated before the last root: the sealer had passed that day. */
async function slippedIn(read: ReadRows, rootDay: string | undefined): Promise<ChainFault | null> {
  if (rootDay === undefined) return null;
  const [row] = await read<{ seq: string }>(
    `select e.seq::text as seq from events e where e.recorded_on <= $1::date
        and not exists (select 1 from event_chain c where c.event_id = e.id) order by e.seq limit 1`,
    [rootDay],
  );
  return row === undefined ? null : { position: null, seq: row.seq, what: "event inserted out of the chain" };
}

/** Each item with the one after it. */
async function* pairs<T>(items: AsyncIterable<T>): AsyncGenerator<[T, T | undefined]> {
  let held: T | undefined;
  for await (const item of items) {
    if (held !== undefined) yield [held, item];
    held = item;
  }
  if (held !== undefined) yield [held, undefined];
}
