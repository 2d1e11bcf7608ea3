import { parseForm, formValues, textOf, type FormValues } from "~/forms/parse-form";
import {
  approveBatchSchema,
  batchSchema,
  endHoldSchema,
  placeHoldSchema,
  refuseBatchSchema,
} from "~/forms/retention";
import { agreedTo } from "~/forms/step-up-subjects";
import type { z } from "zod";
import { DomainError, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { approveDeletion } from "./approve-deletion.server";
import { destroyApproved } from "./destroy-approved.server";
import { endHold } from "./end-hold.server";
import { placeHold } from "./place-hold.server";
import { proposeDeletion } from "./propose-deletion.server";
import { refuseDeletion } from "./refuse-deletion.server";
import type { RETENTION_DONE } from "./retention-done";

export type RetentionOutcome =
  | { readonly kind: "done"; readonly done: (typeof RETENTION_DONE)[number] }
  | {
      readonly kind: "failed";
      readonly intent: string;
      /** The hold a form was about. */
      readonly of: string;
      readonly status: number;
      readonly values: FormValues;
      readonly errors: Readonly<Record<string, string>>;
      readonly refusal: string | null;
    };

/** Carries out one form of the retention page. What may be done is decided by the functions it calls. */
export async function actOnRetention(
  portal: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<RetentionOutcome> {
  const { db, clock } = portal;
  const at = clock.now();
  const values = formValues(form);
  const intent = textOf(values, "intent");
  const failed = (status: number, told: { errors?: Record<string, string>; refusal?: string }) => ({
    kind: "failed" as const,
    ...{ intent, of: textOf(values, "holdId"), status, values },
    ...{ errors: told.errors ?? {}, refusal: told.refusal ?? null },
  });
  const run = async <S extends z.ZodType>(
    done: (typeof RETENTION_DONE)[number],
    schema: S,
    work: (value: z.output<S>) => Promise<unknown>,
  ): Promise<RetentionOutcome> => {
    const parsed = parseForm(schema, form);
    if (!parsed.ok) return failed(400, { errors: { ...parsed.errors } });
    const result = await catchRefusal(work(parsed.value));
    if (result.ok) return { kind: "done", done };
    return failed(result.refusal.status, { refusal: result.refusal.publicMessage });
  };
  switch (intent) {
    case "place":
      return run("placed", placeHoldSchema, (value) => placeHold(db, { ...value, at }, actor));
    case "end":
      return run("ended", endHoldSchema, (value) => endHold(db, { ...value, at }, actor));
    case "propose":
      return run("proposed", batchSchema, (value) => proposeDeletion(db, { ...value, at }, actor));
    case "refuse":
      return run("refused", refuseBatchSchema, (value) => refuseDeletion(db, { ...value, at }, actor));
    case "approve":
      return run("approved", approveBatchSchema, async (value) => {
        if (!hasRole(actor, "administrator")) throw notFound();
        const site = { relyingParty: relyingParty(portal.env.staffOrigin), clock };
        const proof = textOf(values, "stepUp");
        await requireStepUp(db, { ...agreedTo.deletion(value), proof, ...site }, actor);
        await approveDeletion(db, { ...value, at }, actor);
        await destroyApproved(portal);
      });
    default:
      throw new DomainError("unknown_act", 400, "没有读懂这次操作，请刷新这一页后再试。");
  }
}
