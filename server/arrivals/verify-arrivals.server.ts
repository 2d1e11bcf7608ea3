import type { Database } from "~db/client.server";
import { readPages, withSnapshot } from "~server/ledger/verify/read-rows.server";
import { ARRIVALS_GENESIS, hashArrival, type Arrival } from "./hash-arrival";

export type ArrivalsVerdict = {
  readonly ok: boolean;
  readonly registered: number;
  /** Tips that wait for the sealer. */
  readonly waiting: number;
  /** SHA-256 of the last good row, hex; null for an empty register. */
  readonly head: string | null;
  /** The first bad row's arrival number, and what is wrong with it. */
  readonly fault: { readonly arrivalNo: string; readonly what: ArrivalsFault } | null;
};

export type ArrivalsFault =
  "row changed" | "rank out of order" | "tip left out" | "tip differs" | "root differs";

/**
 * Recomputes the register of arrivals: its hashes, that every rank of a lead is the one after the last, that no tip
 * below its end is missing, and that it agrees with the heads the audit trail keeps (`arrivals.sealed`).
 */
export async function verifyArrivals(db: Database): Promise<ArrivalsVerdict> {
  return withSnapshot(db, "verify-arrivals", async (read) => {
    const told = await read<{ upTo: string; hash: string }>(
      `select data->>'upTo' as "upTo", data->>'hash' as hash from events
        where subject_table = 'arrival_ranks' and action = 'arrivals.sealed'`,
    );
    const heads = new Map(told.map(({ upTo, hash }) => [upTo, hash]));
    const ranks = new Map<string, bigint>();
    let [previous, registered, last]: [Buffer, number, string] = [ARRIVALS_GENESIS, 0, "0"];
    let fault: ArrivalsVerdict["fault"] = null;
    const rows = readPages<Arrival & { hash: Buffer; tipNo: string | null }>(
      read,
      `select r.arrival_no::text as "arrivalNo", r.tip_id as "tipId", r.lead_id as "leadId", r.rank::text as rank,
              r.hash, t.arrival_no::text as "tipNo"
         from arrival_ranks r left join tips t on t.id = r.tip_id
        where r.arrival_no > $1 order by r.arrival_no`,
      ["0"],
      (row) => [row.arrivalNo],
    );
    for await (const row of rows) {
      const what = faultOf(previous, row, ranks, heads);
      if (what !== null) {
        fault = { arrivalNo: row.arrivalNo, what };
        break;
      }
      [previous, registered, last] = [row.hash, registered + 1, row.arrivalNo];
      if (row.leadId !== null) ranks.set(row.leadId, BigInt(row.rank ?? 0));
    }
    const [missing] = await read<{ no: string | null }>(
      `select min(t.arrival_no)::text as no from tips t where t.arrival_no <= $1
          and not exists (select 1 from arrival_ranks r where r.arrival_no = t.arrival_no)`,
      [last],
    );
    const [waiting] = await read<{ n: number }>("select count(*)::int as n from tips where arrival_no > $1", [
      last,
    ]);
    if (fault === null && typeof missing?.no === "string")
      fault = { arrivalNo: missing.no, what: "tip left out" };
    const head = registered === 0 ? null : previous.toString("hex");
    return { ok: fault === null, registered, waiting: waiting?.n ?? 0, head, fault };
  });
}

function faultOf(
  previous: Buffer,
  row: Arrival & { hash: Buffer; tipNo: string | null },
  ranks: ReadonlyMap<string, bigint>,
  heads: ReadonlyMap<string, string>,
): ArrivalsFault | null {
  if (!hashArrival(previous, row).equals(row.hash)) return "row changed";
  if (row.tipNo !== row.arrivalNo) return "tip differs";
  if (row.leadId !== null && BigInt(row.rank ?? 0) !== (ranks.get(row.leadId) ?? 0n) + 1n)
    return "rank out of order";
  const told = heads.get(row.arrivalNo);
  return told !== undefined && told !== row.hash.toString("hex") ? "root differs" : null;
}
