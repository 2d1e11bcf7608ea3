import { eq } from "drizzle-orm";
import { parseAssessment, type AssessmentFields } from "~/forms/assessment";
import { formValues, type FormValues } from "~/forms/parse-form";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { notFound, type DomainError } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { assessAward, type AssessInput } from "./assess-award.server";
import { findOwnAssessment } from "./find-own-assessment.server";
import { previewAssessment, type AssessmentPreview } from "./preview-assessment.server";

export type AssessmentOutcome =
  | { readonly saved: { readonly leadId: string; readonly leadNumber: number; readonly awards: number } }
  | {
      readonly saved: null;
      readonly status: number;
      readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
      readonly refusal: string | null;
      readonly preview: AssessmentPreview | null;
    };

/**
 * Carries out the assessment form: `preview` computes, `save` keeps what was previewed. A save without a preview, or
 * of something else than was previewed, answers with the preview instead.
 */
export async function actOnAssessment(
  portal: Portal,
  { form }: { form: FormData },
  actor: StaffActor,
): Promise<AssessmentOutcome> {
  const values = formValues(form);
  const parsed = parseAssessment(form);
  if (!parsed.ok) {
    return { saved: null, status: 400, state: parsed, refusal: null, preview: null };
  }
  const { expects, input } = toInput(parsed.value);
  let refused: DomainError | null = null;
  if (form.get("intent") === "save" && expects !== undefined) {
    const saved = await save(portal, { ...input, expects }, actor);
    if (saved.ok) return { saved: { leadId: input.leadId, ...saved.value } };
    refused = saved.refusal;
  }
  const preview = await catchRefusal(previewAssessment(portal.db, input, actor, portal.clock));
  const why = refused ?? (preview.ok ? null : preview.refusal);
  return {
    saved: null,
    status: why?.status ?? 200,
    state: { values, errors: {} },
    refusal: why?.publicMessage ?? null,
    preview: preview.ok ? preview.value : null,
  };
}

function toInput({ passOver, ...read }: AssessmentFields): {
  expects: string | undefined;
  input: Omit<AssessInput, "expects">;
} {
  const { expects, caseClass, schemeStage, passOverReason, ...rest } = read;
  return {
    expects,
    input: {
      ...withoutUndefined(rest),
      ...(caseClass === null ? {} : { caseClass }),
      ...(schemeStage === null ? {} : { schemeStage }),
      ...(passOver && passOverReason !== undefined ? { passOverReason } : {}),
    },
  };
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** A field left empty is one that was not sent. */
function withoutUndefined<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** A second click finds the first one's computation and is answered as the first. */
async function save(portal: Portal, input: AssessInput & { expects: string }, actor: StaffActor) {
  const { db, clock } = portal;
  const done = await catchRefusal(assessAward(db, input, actor, clock));
  const made = done.ok
    ? done.value
    : done.refusal.code === "assessment_changed"
      ? await findOwnAssessment(db, input, actor)
      : null;
  if (made === null) return done.ok ? { ok: false as const, refusal: notFound() } : done;
  const [lead] = await withActor(db, actor, (tx) =>
    tx.select({ number: leads.number }).from(leads).where(eq(leads.id, input.leadId)),
  );
  return { ok: true as const, value: { leadNumber: lead?.number ?? 0, awards: made.awards.length } };
}
