import { and, asc, eq, isNull, or } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { assessmentAnswers, assessmentRecords, awardDecisions } from "~db/schema/assessments";
import { findings } from "~db/schema/findings";
import { leads } from "~db/schema/leads";
import { schemes } from "~db/schema/packs";
import { awards, rewardPools, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { systemActor, type Actor } from "~server/staff-auth/actor";
import { assessmentRefusal } from "./assessment-refusals.server";
import { storedCaseSchema } from "./case";
import type { AwardComputation } from "./compute-award";
import { explainAward } from "./explain-award";
import { listQuestions } from "./list-questions";
import { readStoredScheme } from "./load-scheme.server";
import { sayQuestion } from "./say-question";
import type { RecordFacts } from "./write-record.server";

/** What a 奖励决定书 says; frozen with its number. Amounts are text of 分. A code name, never a name. */
export type DecisionFacts = {
  readonly codeName: string;
  readonly amountFen: string;
  readonly poolFen: string;
  readonly currency: string;
  readonly stage: string;
  readonly version: number;
  readonly leadNumber: number;
  readonly subject: string;
  readonly finding: { readonly decisionNumber: string; readonly decidedOn: string };
  readonly scheme: { readonly title: string; readonly version: string; readonly document: string };
  readonly editableDefault: boolean;
  readonly steps: readonly {
    readonly step: string;
    readonly clause: string;
    readonly in: string;
    readonly out: string;
    readonly title: string | null;
    readonly note: string | null;
  }[];
  /** Asked of this informant and of the case: the question in words, its clause, the answer. No reasons. */
  readonly answers: readonly { readonly text: string; readonly clause: string; readonly answer: boolean }[];
  /** Listed and left without a share; and left out together. */
  readonly excluded: number;
  readonly passedOver: number;
  readonly consultationRef: string | null;
  /** Code names of the others who share: for finance alone, not in the informant's copy. */
  readonly others: readonly { readonly codeName: string; readonly amountFen: string }[];
  /** The voucher's hash, hex: what the signatures sign. */
  readonly voucher: string;
};

export type Decision = {
  readonly packId: string;
  readonly year: number;
  readonly no: number;
  readonly issuedOn: string;
  readonly facts: DecisionFacts;
};

const ISSUED = ["approved", "accepted", "posted", "paid"];

/**
 * The decision on an award, numbered the first time somebody who may see it asks. The caller has made sure of that:
 * this reads as the portal. Throws `not_found`, `decision_unready`.
 */
export async function issueDecision(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly awardId: string },
  by: Actor,
): Promise<Decision> {
  return withActor(portal.db, systemActor("award-decisions"), async (tx) => {
    const [award] = await tx.select().from(awards).where(eq(awards.id, input.awardId)).for("update");
    if (award === undefined) throw notFound();
    const [known] = await tx.select().from(awardDecisions).where(eq(awardDecisions.awardId, award.id));
    if (known !== undefined) return { ...known, facts: known.facts as DecisionFacts };
    if (!ISSUED.includes(award.status)) throw assessmentRefusal("decision_unready");
    const { facts, packId } = await gatherFacts(tx, award);
    const at = portal.clock.now();
    const [made] = await tx
      .insert(awardDecisions)
      // Year and number are the trigger's to give.
      .values({
        ...{ awardId: award.id, leadId: award.leadId, packId, year: 0, no: 0 },
        ...{ issuedOn: chinaDay(at), facts },
      })
      .returning();
    if (made === undefined) throw notFound();
    await recordEvent(
      tx,
      {
        ...{
          action: "award.decision_issued",
          subjectTable: "awards",
          subjectId: award.id,
          leadId: award.leadId,
        },
        ...{ data: { year: made.year, no: made.no }, at },
      },
      by,
    );
    return { ...made, facts };
  });
}

async function gatherFacts(tx: Tx, award: typeof awards.$inferSelect) {
  const [row] = await tx
    .select({
      pool: rewardPools,
      voucher: vouchers,
      finding: findings,
      lead: leads,
      content: schemes.content,
    })
    .from(rewardPools)
    .innerJoin(vouchers, eq(vouchers.awardId, award.id))
    .innerJoin(findings, eq(findings.id, rewardPools.findingId))
    .innerJoin(leads, eq(leads.id, rewardPools.leadId))
    .innerJoin(
      schemes,
      and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
    )
    .where(eq(rewardPools.id, award.poolId));
  if (row === undefined) throw notFound();
  const { pool, voucher, finding, lead } = row;
  const scheme = readStoredScheme(row.content);
  const computation = pool.computation as AwardComputation;
  const explained = explainAward(scheme, storedCaseSchema.parse(pool.caseInput));
  const asked = await tx
    .select()
    .from(assessmentAnswers)
    .where(
      and(
        eq(assessmentAnswers.poolId, pool.id),
        or(eq(assessmentAnswers.tipId, award.tipId), isNull(assessmentAnswers.tipId)),
      ),
    )
    .orderBy(asc(assessmentAnswers.position));
  const [kept] = await tx.select().from(assessmentRecords).where(eq(assessmentRecords.poolId, pool.id));
  const record = kept === undefined ? null : (JSON.parse(kept.body) as RecordFacts);
  const sharers = await tx
    .select()
    .from(awards)
    .where(eq(awards.poolId, pool.id))
    .orderBy(asc(awards.codeName));
  const facts: DecisionFacts = {
    ...{
      codeName: award.codeName,
      amountFen: award.amountFen.toString(),
      poolFen: pool.amountFen.toString(),
    },
    ...{ currency: pool.currency, stage: award.stage, version: award.version },
    ...{ leadNumber: lead.number, subject: lead.name },
    finding: { decisionNumber: finding.decisionNumber, decidedOn: finding.decidedOn },
    scheme: { title: scheme.title.zh, version: scheme.version, document: scheme.document },
    editableDefault: scheme.editableDefault,
    steps: explained.map(({ step, clause, in: before, out, title, note }) => ({
      ...{ step, clause, in: before, out, title: title?.zh ?? null, note: note?.zh ?? null },
    })),
    answers: asked.map(({ question, clause, answer }) => ({
      ...{ text: sayQuestion(question, listQuestions(scheme), scheme.grades), clause, answer },
    })),
    excluded: computation.shares.filter(({ amount }) => amount === "0").length,
    passedOver: record?.passedOver?.count ?? 0,
    consultationRef: pool.consultationRef,
    others: sharers
      .filter(({ id }) => id !== award.id)
      .map(({ codeName, amountFen }) => ({ codeName, amountFen: amountFen.toString() })),
    voucher: voucher.hash.toString("hex"),
  };
  return { facts, packId: pool.packId };
}
