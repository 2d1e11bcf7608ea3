import { and, eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { assessmentAnswers } from "~db/schema/assessments";
import { OTHER_SCHEME } from "./list-questions";

/** Why a computation goes by a scheme that is not its own plan's; null where it goes by that. */
export async function readOtherScheme(tx: Tx, poolId: string): Promise<string | null> {
  const [row] = await tx
    .select({ reason: assessmentAnswers.reason })
    .from(assessmentAnswers)
    .where(and(eq(assessmentAnswers.poolId, poolId), eq(assessmentAnswers.question, OTHER_SCHEME)));
  return row?.reason ?? null;
}
