import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { leadClocks } from "~db/schema/clocks";
import { handlingLetters, letterSteps } from "~db/schema/handling";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { endClock } from "~server/clocks/end-clock.server";
import { startClock } from "~server/clocks/start-clock.server";
import type { ClockKind } from "~server/clocks/clock-kinds";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { LetterFacts, LetterKind, StepKind } from "./handling-kinds";
import {
  continuesOwn,
  readHandledLead,
  refuseFuture,
  refuseUnlessActs,
  sayRefusal,
} from "./handling-scope.server";
import { letterNumber } from "./letter-number";

export type StepInput = {
  readonly leadId: string;
  readonly letterId: string;
  readonly kind: StepKind;
  /** YYYY-MM-DD */
  readonly onDay: string;
  readonly result: string | null;
  /** Days the deadline is put off by, of its own kind, counted from `onDay`. */
  readonly extendDays: number | null;
  readonly documentNumber: string | null;
  readonly note: string | null;
  /** Of a bundle: SHA-256 of its manifest (hex), how many files it holds and how many bytes they are. */
  readonly bundle: { readonly sha256: string; readonly files: number; readonly bytes: number } | null;
  readonly at: Date;
};

/** Which clock runs while a letter waits. */
export const CLOCK_OF: Readonly<Partial<Record<LetterKind, ClockKind>>> = {
  rectify: "rectify",
  repayment: "repayment_plan",
  forward: "answer",
  sites: "answer",
};

/**
 * Records what became of a letter, and moves its clock: service starts it, an extension starts it anew, an answer or the
 * end ends it. Refusals: `not_your_lead`, `in_future`, and those of the letter's order (`wrong_step`, `letter_ended`,
 * `not_served`, `served_already`, `not_received`, `not_reviewed`, `extended_already`).
 */
export async function recordStep(db: Database, input: StepInput, actor: StaffActor): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readHandledLead(tx, input.leadId, actor);
    const [letter] = await tx
      .select()
      .from(handlingLetters)
      .where(and(eq(handlingLetters.id, input.letterId), eq(handlingLetters.leadId, lead.id)));
    if (letter === undefined) throw notFound();
    const kind = letter.kind as LetterKind;
    const own = await continuesOwn(tx, { leadId: lead.id, table: "handling_letters", id: letter.id }, actor);
    // A 转办函 is the office's own to the end, also when its recipient got accounts since.
    if (kind !== "forward" && !own) await refuseUnlessActs(tx, lead, actor);
    else if (!own && !hasRole(actor, "triage_officer")) {
      throw new DomainError("not_your_lead", 403, "转办函的办理由领导小组办公室的研判员登记。");
    }
    refuseFuture(input.onDay, chinaDay(input.at));
    const { at, bundle, leadId: _lead, ...row } = input;
    const id = uuidv7();
    await tx.insert(letterSteps).values({
      ...row,
      id,
      leadId: lead.id,
      sha256: bundle === null ? null : Buffer.from(bundle.sha256, "hex"),
      files: bundle?.files ?? null,
      bytes: bundle?.bytes ?? null,
      recordedBy: actor.id,
      recordedAt: at,
    });
    // What comes after the end is on record, and no day runs from it.
    await moveClock(tx, letter, { ...input, starts: lead.closedAt === null }, actor);
    const facts = letter.facts as LetterFacts;
    await recordEvent(
      tx,
      {
        action: `letter.${input.kind}`,
        subjectTable: "letter_steps",
        subjectId: id,
        ...(own ? {} : { leadId: lead.id }),
        data: {
          number: letterNumber(facts.issuer, kind, letter.year, letter.no),
          ...(bundle === null ? {} : { sha256: bundle.sha256, files: bundle.files }),
        },
        at,
      },
      actor,
    );
  });
  await done.catch(sayRefusal);
}

async function moveClock(
  tx: Tx,
  letter: typeof handlingLetters.$inferSelect,
  step: StepInput & { readonly starts: boolean },
  actor: StaffActor,
): Promise<void> {
  const kind = CLOCK_OF[letter.kind as LetterKind];
  if (kind === undefined || letter.limitDays === null) return;
  const { leadId, at } = step;
  const clause = (letter.facts as LetterFacts).legalBasis;
  const start = (subject: string, days: number) =>
    startClock(
      tx,
      {
        ...{ leadId, kind, subject, at, startedOn: step.onDay },
        limit: { days, kind: letter.limitKind === "working" ? "working" : "calendar", clause },
      },
      actor,
    );
  if (step.kind === "served" && step.starts) await start(letter.id, letter.limitDays);
  const ends = ["closed", "received", "answered"].includes(step.kind) || step.extendDays !== null;
  if (!ends) return;
  const running = await tx
    .select({ subject: leadClocks.subject })
    .from(leadClocks)
    .where(and(eq(leadClocks.leadId, leadId), eq(leadClocks.kind, kind), isNull(leadClocks.endedOn)));
  for (const { subject } of running) {
    if (subject.startsWith(letter.id)) await endClock(tx, { leadId, kind, subject, at }, actor);
  }
  if (step.extendDays !== null && step.starts) await start(`${letter.id}:2`, step.extendDays);
}
