import { z } from "zod";
import { DOSSIER_FIELDS } from "~server/dossiers/field-names";
import { cleanNote } from "./clean-text";
import { typedNumber } from "./form-fields";

const note = (least: number, most: number, missing: string) =>
  z.preprocess(
    (value) => (typeof value === "string" ? cleanNote(value) : ""),
    z
      .string()
      .refine((value) => [...value].length >= least, missing)
      .refine((value) => [...value].length <= most, "tooLong"),
  );

const version = z.coerce.number("version").int("version").min(0, "version").max(1_000_000, "version");
const reason = note(2, 300, "needsWhy");

/** One field of 一户一档: what it says from now on ("" takes it out), from which source, and the version it was written from. */
export const fieldSchema = z.object({
  field: z.enum(DOSSIER_FIELDS),
  version,
  value: note(0, 2000, "tooLong"),
  source: note(2, 200, "fieldSource"),
});

export const aliasSchema = z.object({ name: note(2, 100, "aliasName") });
export const endAliasSchema = z.object({ aliasId: z.uuid() });

/** The other dossier is named by one of its leads; `otherVersion` is sent along where the page showed it. */
export const mergeSchema = z.object({
  leadNumber: typedNumber("leadNumber"),
  version,
  otherVersion: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  reason,
});

export const dismissSchema = z.object({ otherId: z.uuid(), dismissReason: reason });
export const restoreSchema = z.object({ dismissalId: z.uuid() });

export const unmergeSchema = z.object({ mergeId: z.uuid(), undoReason: reason });

/** The search of the list: nothing, or two characters and more. */
export const MIN_FRAGMENT = 2;
