import { and, asc, eq, gte, inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadClocks } from "~db/schema/clocks";
import { handlingLetters, leadMeasures, letterSteps } from "~db/schema/handling";
import type { ClockKind, ClockLimit } from "~server/clocks/clock-kinds";
import type { LetterFacts, LetterKind } from "~server/handling/handling-kinds";
import { CLOCK_OF } from "~server/handling/record-step.server";
import type { MergeRecord } from "./merge-record";

type Start = { kind: ClockKind; subject: string; startedOn: string; limit: ClockLimit };

/**
 * What became of a lead's handling while it stood merged, when its bodies went on recording what came: the clocks that
 * waited for it (ids), which do not run again, and those that would have begun.
 */
export async function settledSince(
  tx: Tx,
  of: { readonly leadId: string; readonly before: MergeRecord; readonly mergedAt: Date },
): Promise<{ over: string[]; starts: Start[] }> {
  const { leadId, before, mergedAt } = of;
  const steps = await tx
    .select({
      letterId: letterSteps.letterId,
      step: letterSteps.kind,
      onDay: letterSteps.onDay,
      extendDays: letterSteps.extendDays,
      kind: handlingLetters.kind,
      limitDays: handlingLetters.limitDays,
      limitKind: handlingLetters.limitKind,
      facts: handlingLetters.facts,
    })
    .from(letterSteps)
    .innerJoin(handlingLetters, eq(handlingLetters.id, letterSteps.letterId))
    .where(and(eq(letterSteps.leadId, leadId), gte(letterSteps.recordedAt, mergedAt)))
    .orderBy(asc(letterSteps.recordedAt), asc(letterSteps.id));
  const looked = await tx
    .select({ subject: leadMeasures.measureId })
    .from(leadMeasures)
    .where(and(eq(leadMeasures.leadId, leadId), gte(leadMeasures.recordedAt, mergedAt)));
  const done = new Set(looked.map(({ subject }) => subject));
  const starts = new Map<string, Start>();
  for (const { letterId, step, onDay, extendDays, ...letter } of steps) {
    const kind = CLOCK_OF[letter.kind as LetterKind];
    const days = step === "served" ? letter.limitDays : extendDays;
    if (kind === undefined || letter.limitDays === null) continue;
    if (["closed", "received", "answered"].includes(step)) {
      done.add(letterId);
      starts.delete(letterId);
    } else if (days !== null) {
      if (extendDays !== null) done.add(letterId);
      const clause = (letter.facts as LetterFacts).legalBasis;
      starts.set(letterId, {
        ...{ kind, subject: step === "served" ? letterId : `${letterId}:2`, startedOn: onDay },
        limit: { days, kind: letter.limitKind === "working" ? "working" : "calendar", clause },
      });
    }
  }
  const clocks =
    before.clocks.length === 0
      ? []
      : await tx
          .select({ id: leadClocks.id, subject: leadClocks.subject })
          .from(leadClocks)
          .where(inArray(leadClocks.id, before.clocks));
  const over = clocks.filter(({ subject }) => done.has(subject.split(":")[0] ?? "")).map(({ id }) => id);
  return { over, starts: [...starts.values()] };
}
