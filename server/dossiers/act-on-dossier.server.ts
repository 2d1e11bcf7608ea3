import type { z } from "zod";
import {
  aliasSchema,
  dismissSchema,
  endAliasSchema,
  fieldSchema,
  mergeSchema,
  restoreSchema,
  unmergeSchema,
} from "~/forms/dossier";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { paths } from "~/paths";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { dismissSuggestion, restoreSuggestion } from "./dismiss-suggestion.server";
import { findDossierOfLead, readDossierInScope } from "./dossier-scope.server";
import { mergeDossiers } from "./merge-dossiers.server";
import { addAlias, endAlias } from "./name-dossier.server";
import { recordField } from "./record-field.server";
import { unmergeDossiers } from "./unmerge-dossiers.server";

export const DOSSIER_INTENTS = [
  "field",
  "alias",
  "endAlias",
  "merge",
  "unmerge",
  "dismiss",
  "restore",
] as const;
export type DossierIntent = (typeof DOSSIER_INTENTS)[number];

/** A form that was not carried out: which one, on what, what was typed and what is wrong with it or why it was refused. */
export type DossierFailure = {
  readonly intent: DossierIntent;
  /** The field written, the alias ended, the number of the lead merged, the merge undone, the dossier dismissed, or the dismissal taken back. */
  readonly of: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type DossierOutcome =
  | { readonly ok: true; readonly to: string }
  | { readonly ok: false; readonly status: number; readonly failed: DossierFailure };

/**
 * Carries out one posted form of a dossier's page and says where to go next, or what to show again. A dossier out of
 * this person's sight is 404 before its form is judged.
 */
export async function actOnDossier(
  portal: Pick<Portal, "db" | "pack" | "clock">,
  input: { dossierId: string; form: FormData },
  actor: StaffActor,
): Promise<DossierOutcome> {
  const { dossierId, form } = input;
  const { db } = portal;
  const pack = portal.pack.pack;
  await withActor(db, actor, (tx) => readDossierInScope(tx, dossierId, actor));
  const at = portal.clock.now();
  const here = paths.staff.dossier(dossierId);
  switch (textOf(formValues(form), "intent")) {
    case "field":
      return carryOut({ intent: "field", of: "field", schema: fieldSchema, form }, async (value) => {
        await recordField(db, { dossierId, ...value, at }, actor);
        return `${here}?done=field#field-${value.field}`;
      });
    case "alias":
      return carryOut({ intent: "alias", of: "name", schema: aliasSchema, form }, async ({ name }) => {
        await addAlias(db, { dossierId, name, at }, actor);
        return `${here}?done=alias`;
      });
    case "endAlias":
      return carryOut({ intent: "endAlias", of: "aliasId", schema: endAliasSchema, form }, async (value) => {
        await endAlias(db, { dossierId, ...value, at }, actor);
        return `${here}?done=aliasEnded`;
      });
    case "merge":
      return carryOut({ intent: "merge", of: "leadNumber", schema: mergeSchema, form }, async (value) => {
        const { leadNumber, version, otherVersion, reason } = value;
        const other = await withActor(db, actor, async (tx) => {
          const found = await findDossierOfLead(tx, leadNumber, actor);
          return found === null ? null : readDossierInScope(tx, found.dossierId, actor);
        });
        if (other === null) return NO_SUCH_LEAD;
        const versions = { keptVersion: version, mergedVersion: otherVersion ?? other.version };
        const ids = { keptId: dossierId, mergedId: other.id };
        await mergeDossiers(db, pack, { ...ids, ...versions, reason, at }, actor);
        return `${here}?done=merged`;
      });
    case "unmerge":
      return carryOut({ intent: "unmerge", of: "mergeId", schema: unmergeSchema, form }, async (value) => {
        await unmergeDossiers(db, pack, { mergeId: value.mergeId, reason: value.undoReason, at }, actor);
        return `${here}?done=unmerged#merges`;
      });
    case "dismiss":
      return carryOut({ intent: "dismiss", of: "otherId", schema: dismissSchema, form }, async (value) => {
        const { otherId, dismissReason: reason } = value;
        await dismissSuggestion(db, { dossierId, otherId, reason, at }, actor);
        return `${here}?done=dismissed#suggestions-title`;
      });
    case "restore":
      return carryOut(
        { intent: "restore", of: "dismissalId", schema: restoreSchema, form },
        async (value) => {
          await restoreSuggestion(db, { dossierId, ...value, at }, actor);
          return `${here}?done=restored#suggestions-title`;
        },
      );
    default:
      throw notFound();
  }
}

const NO_SUCH_LEAD = Symbol("no such lead");

async function carryOut<S extends z.ZodType>(
  asked: { intent: DossierIntent; of: string; schema: S; form: FormData },
  act: (value: z.output<S>) => Promise<string | typeof NO_SUCH_LEAD>,
): Promise<DossierOutcome> {
  const values = formValues(asked.form);
  const failure = (errors: Readonly<Record<string, string>>, refusal: string | null): DossierFailure => ({
    intent: asked.intent,
    of: textOf(values, asked.of),
    state: { values, errors },
    refusal,
  });
  const parsed = parseForm(asked.schema, asked.form);
  if (!parsed.ok) return { ok: false, status: 400, failed: failure(parsed.errors, null) };
  const done = await catchRefusal(act(parsed.value));
  if (!done.ok)
    return { ok: false, status: done.refusal.status, failed: failure({}, done.refusal.publicMessage) };
  if (done.value === NO_SUCH_LEAD)
    return { ok: false, status: 400, failed: failure({ leadNumber: "noSuchLead" }, null) };
  return { ok: true, to: done.value };
}
