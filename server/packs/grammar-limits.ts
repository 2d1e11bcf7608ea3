// How long a body has, and what counts as a jump: limits of the plan, or a setting of the office where it gives none.
import { z } from "zod";
import { clause } from "~server/packs/grammar-parts";

const days = z.int().min(1).max(400);
const kind = z.enum(["working", "calendar"]);

/** Either the plan's clause, or `setting`: pages say which. */
const source = { clause: clause.optional(), setting: z.literal(true).optional() };

const sourced = <T extends { clause?: string | undefined; setting?: true | undefined }>(limit: T) =>
  (limit.clause === undefined) === (limit.setting === true);
const SOURCED = "must name its clause, or be marked as a setting (setting: true)";

/**
 * Defaults after the practice of 信访工作条例 (受理 15 日、办理 60 日，经批准可延长 30 日). The plans give no number, so
 * they are settings: acceptance is counted in working days, handling in calendar days.
 */
export const limits = z
  .strictObject({
    acceptance: z
      .strictObject({ days, kind, ...source })
      .refine(sourced, SOURCED)
      .prefault({ days: 15, kind: "working", setting: true }),
    handling: z
      .strictObject({ days, kind, extension: days, ...source })
      .refine(sourced, SOURCED)
      .prefault({ days: 60, kind: "calendar", extension: 30, setting: true }),
    /** How long a clock stands still for a reporter's answer (working days), and how often at most. */
    reporterWait: z
      .strictObject({ days, times: z.int().min(0).max(10), ...source })
      .refine(sourced, SOURCED)
      .prefault({ days: 10, times: 2, setting: true }),
    /** Working days after a deadline until the leading office is told; and a body has to answer its 督办. */
    escalation: z
      .strictObject({ after: days, answer: days, ...source })
      .refine(sourced, SOURCED)
      .prefault({ after: 5, answer: 5, setting: true }),
    /** 短时间内发展迅速: reports of one subject in a day, at least `floor` and `factor` times those of the day before. */
    growth: z
      .strictObject({ floor: z.int().min(2), factor: z.number().min(1), ...source })
      .refine(sourced, SOURCED)
      .prefault({ floor: 10, factor: 2, setting: true }),
    /** A jump on a subject or in a place: at least `floor` a day and `factor` times the average of the days before. */
    surge: z
      .strictObject({
        floor: z.int().min(2),
        factor: z.number().min(1),
        trailingDays: z.int().min(1).max(60),
        ...source,
      })
      .refine(sourced, SOURCED)
      .prefault({ floor: 10, factor: 3, trailingDays: 7, setting: true }),
  })
  .prefault({});
