import { randomInt } from "node:crypto";
import { and, eq, inArray, notInArray, sql } from "drizzle-orm";
import { insertRows } from "~db/insert-rows.server";
import { assessmentAnswers, assessmentRecords } from "~db/schema/assessments";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { awards, rewardPools, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaYear, type Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { findBudgetAccounts } from "~server/ledger/find-accounts.server";
import { refusal } from "~server/ledger/refusals.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { assessmentRefusal } from "./assessment-refusals.server";
import type { AwardComputation } from "./compute-award";
import { computeCase, type CaseInput } from "./compute-case.server";
import { supersedeAssessment } from "./supersede-assessment.server";
import type { AssessmentRecord } from "./write-record.server";
import { hashComputation, writeVoucher } from "./write-voucher.server";

export type AssessInput = CaseInput & {
  /** The live computation the preparer saw and replaces; null where they saw none. */
  readonly replaces: string | null;
  readonly budgetId: string;
  /** The finance department's reply, where the scheme asks for one. */
  readonly consultationRef?: string;
  /** Hash of the computation the preparer previewed: anything else is refused instead of saved. */
  readonly expects?: string;
  /** What every informant reads whose open objection this computation answers. */
  readonly objectionAnswer?: string;
};

export type Assessment = {
  readonly poolId: string;
  readonly amountFen: bigint;
  readonly awards: readonly {
    readonly id: string;
    readonly tipId: string;
    readonly codeName: string;
    readonly amountFen: bigint;
  }[];
};

/**
 * Computes a lead's reward from its verified finding and writes the pool, the record it was judged by, one award and
 * one voucher per share above zero. Replaces a live computation none of whose awards is approved yet, or one that an
 * informant objects to (supersedeAssessment). Throws `wrong_role`, `needs_passkey`, `assessment_changed`,
 * `preview_changed`, `consultation_required`, `stage_taken`, `line_taken`, `final_taken`, `budget_year_over`,
 * `budget_currency`, and what
 * computeCase and supersedeAssessment throw.
 */
export async function assessAward(
  db: Database,
  input: AssessInput,
  actor: Actor,
  clock: Clock,
): Promise<Assessment> {
  try {
    return await withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "finance_preparer");
      const { finding, rewardCase, scheme, computation, record } = await computeCase(
        tx,
        input,
        person.id,
        chinaYear(clock.now()),
      );
      const bound = hashComputation(rewardCase, computation, record.hash);
      if (input.expects !== undefined && bound !== input.expects) {
        throw refusal("preview_changed");
      }
      if (computation.flags.includes("consult_finance") && !input.consultationRef) {
        throw refusal("consultation_required");
      }
      await checkBudget(tx, input.budgetId, computation.currency, clock);
      await refuseTakenStage(tx, input);
      await refuseOtherLine(tx, input, scheme.line);
      const receivers = new Set(
        computation.shares.filter(({ amount }) => amount !== "0").map(({ id }) => id),
      );
      const previous = await supersedeAssessment(tx, { ...input, receivers }, { actor, clock });
      // Tips, then the lead, then the finding: the order in which moving a tip and recording a finding hold them.
      const tipIds = input.informants.map((each) => each.tipId);
      await tx
        .select({ id: tips.id })
        .from(tips)
        .where(inArray(tips.id, tipIds))
        .orderBy(tips.id)
        .for("share");
      const [lead] = await tx
        .select({ packId: leads.packId })
        .from(leads)
        .where(eq(leads.id, input.leadId))
        .for("key share");
      if (lead === undefined) throw notFound();
      const pool = {
        id: uuidv7(),
        leadId: input.leadId,
        findingId: finding.id,
        packId: lead.packId,
        stage: input.stage,
        version: previous.version + 1,
        supersedesId: previous.id,
        status: "live",
        schemeId: scheme.schemeId,
        schemeVersion: scheme.version,
        caseInput: rewardCase,
        computation,
        amountFen: BigInt(computation.award),
        currency: computation.currency,
        consultationRef: input.consultationRef ?? null,
        recordHash: record.hash,
        computedBy: person.id,
        computedAt: clock.now(),
      };
      await tx.insert(rewardPools).values(pool);
      await writeAnswers(tx, pool, record);
      const drafted = await writeAwards(tx, pool, { computation, bound, budgetId: input.budgetId });
      await previous.answer(pool.id);
      await recordEvent(
        tx,
        {
          action: "award.assessed",
          subjectTable: "reward_pools",
          subjectId: pool.id,
          leadId: input.leadId,
          data: {
            version: pool.version,
            amountFen: computation.award,
            awards: drafted.length,
            supersedes: previous.id,
          },
          at: clock.now(),
        },
        actor,
      );
      return { poolId: pool.id, amountFen: pool.amountFen, awards: drafted };
    });
  } catch (error) {
    const { constraint } = databaseFault(error);
    // Somebody was faster: another computation, a new finding, or a tip moved to another lead came first.
    const raced = [
      "reward_pools_live_uq",
      "reward_pools_version_uq",
      "reward_pools_history",
      "reward_pools_finding",
      "reward_pools_one_line",
      "awards_live_uq",
      "awards_share",
      "awards_tip_once",
      "assessment_records_order",
      "assessment_records_withdrawn",
    ];
    if (constraint !== undefined && raced.includes(constraint)) throw refusal("assessment_changed");
    if (constraint === "reward_pools_consultation_ck") throw refusal("consultation_required");
    throw error;
  }
}

async function checkBudget(tx: Tx, budgetId: string, currency: string, clock: Clock): Promise<void> {
  const budget = await findBudgetAccounts(tx, budgetId, currency);
  if (budget.fiscalYear !== chinaYear(clock.now())) throw refusal("budget_year_over");
  try {
    budget.account("available");
  } catch {
    throw refusal("budget_currency");
  }
}

/** A scheme that pays in stages pays each of them once (never twice for the same facts). */
async function refuseTakenStage(tx: Tx, input: AssessInput): Promise<void> {
  if (input.schemeStage === undefined) return;
  const taken = await tx.execute(sql`select 1 from reward_pools p where p.lead_id = ${input.leadId}
    and p.status = 'live' and p.stage <> ${input.stage} and p.scheme_id = ${input.schemeId}
    and p.case_input ->> 'stage' = ${input.schemeStage}
    and exists (select 1 from awards a where a.pool_id = p.id and a.status not in ('rejected', 'superseded', 'revoked', 'lapsed'))
    limit 1`);
  if (taken.rows.length > 0) throw assessmentRefusal("stage_taken");
}

/**
 * What a lead's stages award, one scheme's line awards, and no interim reward follows the final one. The database keeps it
 * against another hand (reward_pools_one_line).
 */
async function refuseOtherLine(tx: Tx, input: AssessInput, line: string | null): Promise<void> {
  const { rows } = await tx.execute<{ line: string | null; stage: string }>(sql`
    select s.line, p.stage from reward_pools p join schemes s on s.scheme_id = p.scheme_id and s.version = p.scheme_version
     where p.lead_id = ${input.leadId} and p.status = 'live' and p.stage <> ${input.stage}
       and exists (select 1 from awards a where a.pool_id = p.id and a.status not in ('rejected', 'superseded', 'revoked', 'lapsed'))`);
  if (rows.some((other) => other.line !== line)) throw assessmentRefusal("line_taken");
  if (input.stage === "interim" && rows.some(({ stage }) => stage === "final")) {
    throw assessmentRefusal("final_taken");
  }
}

type PoolRow = typeof rewardPools.$inferInsert & { id: string };

async function writeAnswers(
  tx: Tx,
  pool: PoolRow & { computedAt: Date },
  record: AssessmentRecord,
): Promise<void> {
  const { id: poolId, leadId, computedBy: answeredBy, computedAt: answeredAt } = pool;
  await insertRows(
    tx,
    assessmentAnswers,
    record.facts.answers.map(({ tip, ...answer }, position) => ({
      ...{ poolId, position, leadId, answeredBy, answeredAt },
      ...answer,
      tipId: tip,
    })),
  );
  await tx.insert(assessmentRecords).values({ poolId, leadId, body: record.body, hash: record.hash });
}

async function writeAwards(
  tx: Tx,
  pool: PoolRow,
  of: { readonly computation: AwardComputation; readonly bound: string; readonly budgetId: string },
): Promise<Assessment["awards"]> {
  const { computation, bound, budgetId } = of;
  const shares = computation.shares.filter((share) => share.amount !== "0");
  if (shares.length === 0) return [];
  const earlier = await readReplaced(tx, pool.supersedesId ?? null);
  const drafted = shares.map((share) => ({
    id: uuidv7(),
    tipId: share.id,
    codeName: makeCodeName(),
    amountFen: BigInt(share.amount),
  }));
  await tx.insert(awards).values(
    drafted.map((award) => ({
      ...award,
      poolId: pool.id,
      leadId: pool.leadId,
      stage: pool.stage,
      version: pool.version,
      supersedesId: earlier.get(award.tipId) ?? null,
      budgetId,
      status: "drafted",
    })),
  );
  await tx.insert(vouchers).values(
    drafted.map((award) => ({
      id: uuidv7(),
      awardId: award.id,
      ...writeVoucher({
        award: award.id,
        amount: award.amountFen.toString(),
        budget: budgetId,
        codeName: award.codeName,
        computation: bound,
        consultationRef: pool.consultationRef ?? null,
        currency: computation.currency,
        finding: pool.findingId,
        lead: pool.leadId,
        pool: pool.id,
        poolAmount: computation.award,
        scheme: computation.scheme,
        stage: pool.stage,
        tip: award.tipId,
        version: pool.version.toString(),
      }),
    })),
  );
  return drafted;
}

async function readReplaced(tx: Tx, poolId: string | null): Promise<Map<string, string>> {
  if (poolId === null) return new Map();
  const rows = await tx
    .select({ id: awards.id, tipId: awards.tipId })
    .from(awards)
    .where(and(eq(awards.poolId, poolId), notInArray(awards.status, ["rejected"])));
  return new Map(rows.map((row) => [row.tipId, row.id]));
}

/** No vowels and no look-alikes: nothing to misread aloud, and no word appears by chance. */
const CODE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ";

function makeCodeName(): string {
  const pick = () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)] ?? "X";
  return `${Array.from({ length: 4 }, pick).join("")}-${Array.from({ length: 4 }, pick).join("")}`;
}
