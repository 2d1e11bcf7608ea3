import { randomInt } from "node:crypto";
import { and, eq, inArray, notInArray } from "drizzle-orm";
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
import type { AwardComputation } from "./compute-award";
import { computeCase, type CaseInput } from "./compute-case.server";
import { hashComputation, writeVoucher } from "./write-voucher.server";

export type AssessInput = CaseInput & {
  /** The live computation the preparer saw and replaces; null where they saw none. */
  readonly replaces: string | null;
  readonly budgetId: string;
  /** The finance department's reply, where the scheme asks for one. */
  readonly consultationRef?: string;
  /** Hash of the computation the preparer previewed: anything else is refused instead of saved. */
  readonly expects?: string;
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
 * Computes a lead's reward from its verified finding and writes the pool, one award and one voucher per share above
 * zero. Replaces a live computation none of whose awards is approved yet. Throws `wrong_role`, `needs_passkey`,
 * `assessment_changed`, `assessment_approved`, `preview_changed`, `consultation_required`, `budget_year_over`,
 * `budget_currency`, and what computeCase throws.
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
      const { finding, rewardCase, scheme, computation } = await computeCase(tx, input, person.id);
      if (input.expects !== undefined && hashComputation(rewardCase, computation) !== input.expects) {
        throw refusal("preview_changed");
      }
      if (computation.flags.includes("consult_finance") && !input.consultationRef) {
        throw refusal("consultation_required");
      }
      await checkBudget(tx, input.budgetId, computation.currency, clock);
      const previous = await supersede(tx, input);
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
        computedBy: person.id,
        computedAt: clock.now(),
      };
      await tx.insert(rewardPools).values(pool);
      const drafted = await writeAwards(tx, pool, computation, input.budgetId);
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
      "awards_live_uq",
      "awards_share",
      "awards_tip_once",
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

/** Retires the computation the preparer saw; whatever is live besides shows as a refusal of the database. */
async function supersede(tx: Tx, input: AssessInput): Promise<{ id: string | null; version: number }> {
  const ofStage = and(eq(rewardPools.leadId, input.leadId), eq(rewardPools.stage, input.stage));
  if (input.replaces === null) {
    const earlier = await tx.select({ id: rewardPools.id }).from(rewardPools).where(ofStage).limit(1);
    if (earlier.length > 0) throw refusal("assessment_changed");
    return { id: null, version: 0 };
  }
  const [retired] = await tx
    .update(rewardPools)
    .set({ status: "superseded" })
    .where(and(ofStage, eq(rewardPools.id, input.replaces), eq(rewardPools.status, "live")))
    .returning({ id: rewardPools.id, version: rewardPools.version });
  if (retired === undefined) throw refusal("assessment_changed");
  const own = await tx
    .select({ id: awards.id, status: awards.status })
    .from(awards)
    .where(eq(awards.poolId, retired.id))
    .orderBy(awards.id)
    .for("update");
  const open = ["drafted", "prepared", "reviewed"];
  if (own.some((award) => !open.includes(award.status) && award.status !== "rejected")) {
    throw refusal("assessment_approved");
  }
  if (own.length > 0) {
    await tx
      .update(awards)
      .set({ status: "superseded" })
      .where(and(eq(awards.poolId, retired.id), inArray(awards.status, open)));
  }
  return retired;
}

type PoolRow = typeof rewardPools.$inferInsert & { id: string };

async function writeAwards(
  tx: Tx,
  pool: PoolRow,
  computation: AwardComputation,
  budgetId: string,
): Promise<Assessment["awards"]> {
  const shares = computation.shares.filter((share) => share.amount !== "0");
  if (shares.length === 0) return [];
  const earlier = await readReplaced(tx, pool.supersedesId ?? null);
  const bound = hashComputation(pool.caseInput, computation);
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
