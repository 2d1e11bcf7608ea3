import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { assessmentRecords, awardObjections } from "~db/schema/assessments";
import { leads } from "~db/schema/leads";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import type { Actor } from "~server/staff-auth/actor";
import { readFinding } from "./build-case.server";
import { describeChoices } from "./describe-choices";
import { findScheme, listSchemesOn } from "./find-scheme.server";
import { requirePreparerToRead } from "./list-assessable.server";
import { listCriteria, listQuestions } from "./list-questions";
import { readStoredScheme } from "./load-scheme.server";
import { isLocalLine, readLocalScheme } from "./read-local-scheme.server";
import type { Scheme } from "./scheme-grammar";

/** As many informants as one computation takes (buildCase). */
export const MOST_INFORMANTS = 500;

/**
 * What the preparer sees of one lead before computing: the finding, who asked for a reward in the order they came
 * (mode and day, nothing else), the scheme that applied on the first one's day and what it leaves to choose. Throws
 * `not_found`, `finding_missing`, `finding_not_final`, `informant_unknown` (nobody asked), `scheme_missing`.
 */
export async function readAssessable(
  db: Database,
  input: {
    readonly leadId: string;
    /** null for the one of the lead's own plan. */
    readonly schemeId: string | null;
    readonly stage: "interim" | "final" | "supplement";
    /** How many of the earliest. */
    readonly shown: number;
    /** Places listed besides. */
    readonly also: readonly number[];
  },
  actor: Actor,
) {
  return withActor(db, actor, async (tx) => {
    await requirePreparerToRead(tx, actor);
    const [lead] = await tx.select().from(leads).where(eq(leads.id, input.leadId));
    if (lead === undefined) throw notFound();
    const finding = await readFinding(tx, lead.id);
    const live = await readLivePool(tx, lead.id, input.stage);
    const { informants, total, firstArrivedOn } = await readAskers(tx, lead.id, {
      ...input,
      replaces: live?.id ?? null,
    });
    const local = await readLocalScheme(tx, lead.id);
    const row = await findScheme(tx, input.schemeId ?? local, firstArrivedOn);
    const scheme = readStoredScheme(row.content);
    return {
      lead: { id: lead.id, number: lead.number, name: lead.name },
      finding: {
        decisionNumber: finding.decisionNumber,
        decidedOn: finding.decidedOn,
        isFinal: finding.isFinal,
        amounts: {
          illegalAmount: finding.illegalAmountFen,
          penalty: finding.penaltyFen,
          illegalGains: finding.illegalGainsFen,
          collected: finding.collectedFen,
          fundraising: finding.fundraisingFen,
          goods: finding.goodsFen,
          recovered: finding.recoveredFen,
          ordered: finding.orderedFen,
        },
      },
      informants,
      total,
      scheme: {
        id: scheme.id,
        /** Whether it is the one the lead's own plan rewards by; another takes a reason. */
        local: await isLocalLine(tx, lead.id, row.line),
        version: scheme.version,
        title: scheme.title.zh,
        source: scheme.source.zh,
        editableDefault: scheme.editableDefault,
        currency: scheme.currency,
        poolStages: stagesOf(scheme),
        choices: {
          ...describeChoices(scheme),
          questions: listQuestions(scheme),
          grades: scheme.grades.map(({ grade, title, criteria }) => ({
            ...{ grade, title: title.zh, criteria: listCriteria(criteria.zh) },
          })),
          splitsByWeight: scheme.split.by === "weights",
        },
      },
      schemes: await listSchemes(tx, firstArrivedOn),
      live,
      earlierVersions: await readVersions(tx, lead.id, input.stage),
    };
  });
}

/** The stages a case is rewarded in: more than the final one where the scheme pays in stages or supplements. */
function stagesOf(scheme: Scheme): readonly ("interim" | "final" | "supplement")[] {
  if (scheme.stages.length > 0) return ["interim", "final", "supplement"];
  return scheme.supplement === undefined ? ["final"] : ["final", "supplement"];
}

/** The schemes in force on a day, one line each. */
async function listSchemes(tx: Tx, day: string) {
  const rows = await listSchemesOn(tx, day);
  return rows.map(({ id, content }) => ({
    id,
    title: readStoredScheme(content).title.zh,
  }));
}

type Asker = {
  readonly tipId: string;
  /** Place among all who asked for a reward, from 1. */
  readonly order: number;
  readonly mode: string;
  readonly arrivedOn: string;
  readonly withdrawn: boolean;
  /** Its number in the register of arrivals, and the hash of its row there; null until it is registered. */
  readonly proof: { readonly no: string; readonly hash: string } | null;
};

/** The earliest who asked for a reward, those at the places asked for, and whoever had a share in what is replaced. */
async function readAskers(
  tx: Tx,
  leadId: string,
  input: { readonly shown: number; readonly also: readonly number[]; readonly replaces: string | null },
): Promise<{ informants: Asker[]; total: number; firstArrivedOn: string }> {
  const { rows } = await tx.execute<
    Omit<Asker, "proof"> & { total: number; firstArrivedOn: string; no: string | null; hash: string | null }
  >(sql`
    with askers as (
      select t.id, t.mode, t.arrived_on, coalesce(t.receipt_closed_why = 'withdrawn', false) as withdrawn,
        row_number() over (order by t.arrival_no) as place, (count(*) over ())::int as total
      from tips t where t.lead_id = ${leadId} and t.wants_reward
    ), shown as (
      select * from askers where place <= ${Math.min(input.shown, MOST_INFORMANTS)}
        or place = any (${sql.param([...input.also])}::bigint[])
        or id in (select a.tip_id from awards a where a.pool_id = ${input.replaces})
    )
    select s.id as "tipId", s.place::int as "order", s.mode, s.arrived_on::text as "arrivedOn", s.withdrawn, s.total,
      (select f.arrived_on::text from askers f where f.place = 1) as "firstArrivedOn",
      p.arrival_no::text as no, encode(p.hash, 'hex') as hash
    from shown s left join arrival_proofs((select array_agg(id) from shown)) p on p.tip_id = s.id
    order by s.place`);
  const [first] = rows;
  if (first === undefined) throw refusal("informant_unknown");
  const informants = rows.map(({ total: _, firstArrivedOn: __, no, hash, ...one }) => ({
    ...one,
    proof: no === null || hash === null ? null : { no, hash },
  }));
  return { informants, total: first.total, firstArrivedOn: first.firstArrivedOn };
}

/**
 * The computation a new one would replace, whether it still can be, and how many objections to it are open. An approved
 * award is given up only for an objection.
 */
async function readLivePool(tx: Tx, leadId: string, stage: string) {
  const [pool] = await tx
    .select({
      id: rewardPools.id,
      amountFen: rewardPools.amountFen,
      computedAt: rewardPools.computedAt,
    })
    .from(rewardPools)
    .where(and(eq(rewardPools.leadId, leadId), eq(rewardPools.stage, stage), eq(rewardPools.status, "live")));
  if (pool === undefined) return null;
  const own = await tx
    .select({ status: awards.status, objection: awardObjections.id })
    .from(awards)
    .leftJoin(awardObjections, and(eq(awardObjections.awardId, awards.id), isNull(awardObjections.outcome)))
    .where(eq(awards.poolId, pool.id));
  const objections = own.filter(({ objection }) => objection !== null).length;
  const open = ["drafted", "prepared", "reviewed", "rejected", "revoked"];
  const replaceable = own.every(
    ({ status, objection }) =>
      open.includes(status) ||
      (status === "approved" && objections > 0) ||
      (status === "accepted" && objection !== null),
  );
  return { ...pool, objections, replaceable };
}

/** The computations of a stage so far, newest first, each with why it was made anew. */
async function readVersions(tx: Tx, leadId: string, stage: string) {
  const rows = await tx
    .select({
      id: rewardPools.id,
      version: rewardPools.version,
      amountFen: rewardPools.amountFen,
      computedAt: rewardPools.computedAt,
      status: rewardPools.status,
      awardId: sql<
        string | null
      >`(select min(a.id::text) from ${awards} a where a.pool_id = ${rewardPools.id})`,
      why: sql<string | null>`(${assessmentRecords.body}::jsonb -> 'again' ->> 'why')`,
    })
    .from(rewardPools)
    .leftJoin(assessmentRecords, eq(assessmentRecords.poolId, rewardPools.id))
    .where(and(eq(rewardPools.leadId, leadId), eq(rewardPools.stage, stage)))
    .orderBy(desc(rewardPools.version))
    .limit(20);
  return rows;
}
