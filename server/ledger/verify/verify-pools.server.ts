import { canonicalJson } from "~server/canonical-json";
import { replayAwards } from "~server/rewards/replay-award.server";
import { sha256 } from "~server/rewards/write-voucher.server";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Pool = {
  id: string;
  status: string;
  case_input: { bases?: Record<string, string | null> | null };
  computation: unknown;
  amount: string;
  awarded: string;
  scheme: string;
  finding_status: string;
  is_final: boolean;
  illegal: string | null;
  penalty: string | null;
  collected: string | null;
  fundraising: string | null;
  goods: string | null;
  recovered: string | null;
  ordered: string | null;
  record_hash: Buffer | null;
  record: string | null;
  /** `[question, clause, tip, answer, excludes, reason]` in the order they were asked. */
  answers: unknown[][];
};

/** Recomputes every award from its stored inputs and scheme version, byte for byte (invariants 8, 12 and 13). */
export async function verifyPools(read: ReadRows, findings: Findings): Promise<void> {
  const schemes = new Map(
    (
      await read<{ key: string; content: unknown; sha256: string }>(
        "select scheme_id || ' ' || version as key, content, sha256 from schemes",
      )
    ).map(({ key, content, sha256: kept }) => {
      const changed = sha256(canonicalJson(content)).toString("hex") !== kept;
      return [key, { content, changed: changed ? `its content no longer has the hash ${kept}` : null }];
    }),
  );
  const replay = replayAwards(new Map([...schemes].map(([key, { content }]) => [key, content])));
  const pools = readPages<Pool>(
    read,
    `select p.id, p.status, p.case_input, p.computation, p.amount_fen::text as amount, s.scheme_id || ' ' || s.version as scheme,
            (select coalesce(sum(a.amount_fen), 0)::text from awards a where a.pool_id = p.id) as awarded,
            f.status as finding_status, f.is_final, f.illegal_amount_fen::text as illegal, f.penalty_fen::text as penalty,
            f.collected_fen::text as collected, coalesce(f.fundraising_fen, f.illegal_amount_fen)::text as fundraising,
            f.goods_fen::text as goods, f.recovered_fen::text as recovered, f.ordered_fen::text as ordered,
            p.record_hash, r.body as record,
            (select coalesce(json_agg(json_build_array(a.question, a.clause, a.tip_id, a.answer, a.excludes, a.reason)
               order by a.position), '[]') from assessment_answers a where a.pool_id = p.id) as answers
       from reward_pools p join schemes s on s.scheme_id = p.scheme_id and s.version = p.scheme_version
       left join assessment_records r on r.pool_id = p.id
       join findings f on f.id = p.finding_id where p.id > $1 order by p.id`,
    [FIRST_ID],
    (row) => [row.id],
  );
  for await (const pool of pools) {
    findings.count("pools");
    const wrong = (rule: string, detail: string) => findings.fault(rule, "reward_pools", pool.id, detail);
    const changed = schemes.get(pool.scheme)?.changed ?? null;
    if (changed !== null) wrong("13 a scheme version never changes", changed);
    const stored = canonicalJson(pool.computation);
    const replayed = replayed12(replay, pool);
    if (replayed !== stored) wrong("12 a reward is recomputable bit for bit", replayed.slice(0, 200));
    if (pool.amount !== pool.awarded) {
      wrong("8 the shares sum to the pool", `${pool.awarded} instead of ${pool.amount}`);
    }
    if (!["verified", "superseded"].includes(pool.finding_status) || !pool.is_final) {
      wrong("12 a reward rests on a verified, final finding", pool.finding_status);
    }
    if (pool.record_hash !== null) {
      if (pool.record === null || !sha256(pool.record).equals(pool.record_hash)) {
        wrong("12 a computation keeps the record it was judged by", pool.record_hash.toString("hex"));
      } else if (!tellsAnswers(pool.record, pool.answers)) {
        wrong("12 a record tells the answers that were given", "assessment_answers differ from the record");
      }
    }
    const bases = pool.case_input.bases ?? {};
    const { illegal, penalty, collected, fundraising, goods, recovered, ordered } = pool;
    const facts = { illegalAmount: illegal, penalty, collected, fundraising, goods, recovered, ordered };
    for (const [base, amount] of Object.entries(facts)) {
      if ((bases[base] ?? null) !== amount) {
        wrong(
          "12 a reward's inputs are its finding's amounts",
          `${base}: ${bases[base] ?? null}, finding ${amount}`,
        );
      }
    }
  }
}

function replayed12(replay: ReturnType<typeof replayAwards>, pool: Pool): string {
  try {
    return canonicalJson(replay(pool.scheme, pool.case_input));
  } catch (error) {
    return error instanceof Error ? `cannot be recomputed: ${error.message}` : "cannot be recomputed";
  }
}

const ANSWERED = ["question", "clause", "tip", "answer", "excludes", "reason"] as const;

/** Whether a record's words hold these answers, in this order, and nothing else about them. */
function tellsAnswers(record: string, answers: readonly (readonly unknown[])[]): boolean {
  const { answers: told } = JSON.parse(record) as { answers?: unknown };
  if (!Array.isArray(told) || told.length !== answers.length) return false;
  return (told as unknown[]).every((one, at) => {
    if (typeof one !== "object" || one === null) return false;
    const words = one as Readonly<Record<string, unknown>>;
    return (
      Object.keys(words).length === ANSWERED.length &&
      ANSWERED.every((name, place) => name in words && words[name] === answers[at]?.[place])
    );
  });
}
