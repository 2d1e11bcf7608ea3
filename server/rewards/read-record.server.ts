import { and, asc, eq, isNull, or } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { assessmentAnswers, assessmentRecords } from "~db/schema/assessments";
import { listQuestions, OTHER_SCHEME } from "./list-questions";
import { sayQuestion } from "./say-question";
import type { Scheme } from "./scheme-grammar";
import type { RecordFacts } from "./write-record.server";

export type RecordView = {
  readonly answers: readonly {
    readonly text: string;
    readonly answer: boolean;
    readonly reason: string | null;
  }[];
  readonly passedOver: { readonly count: number; readonly reason: string } | null;
  /** Why the computation was made anew. */
  readonly again: string | null;
  /** Why it goes by a scheme that is not its own plan's. */
  readonly otherScheme: string | null;
};

/** What was asked of one informant and of the case, in words; null for a computation from before questions were asked. */
export async function readRecord(
  tx: Tx,
  of: { readonly poolId: string; readonly tipId: string; readonly scheme: Scheme | null },
): Promise<RecordView | null> {
  const [kept] = await tx.select().from(assessmentRecords).where(eq(assessmentRecords.poolId, of.poolId));
  if (kept === undefined) return null;
  const { passedOver, again } = JSON.parse(kept.body) as RecordFacts;
  const rows = await tx
    .select()
    .from(assessmentAnswers)
    .where(
      and(
        eq(assessmentAnswers.poolId, of.poolId),
        or(eq(assessmentAnswers.tipId, of.tipId), isNull(assessmentAnswers.tipId)),
      ),
    )
    .orderBy(asc(assessmentAnswers.position));
  const questions = of.scheme === null ? [] : listQuestions(of.scheme);
  return {
    answers: rows.map(({ question, answer, reason }) => ({
      ...{ text: sayQuestion(question, questions, of.scheme?.grades ?? []), answer, reason },
    })),
    passedOver,
    again: again?.why ?? null,
    otherScheme: rows.find(({ question }) => question === OTHER_SCHEME)?.reason ?? null,
  };
}
