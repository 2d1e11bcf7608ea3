import { z } from "zod";

/** A lead as it was before its dossier was merged; instants are ISO 8601 in UTC. */
const leadBefore = z.object({
  id: z.uuid(),
  dossierId: z.uuid(),
  stage: z.string(),
  closureCode: z.string().nullable(),
  closedAt: z.string().nullable(),
  isMajor: z.boolean(),
  version: z.number(),
});

/** What an un-merge needs: the leads that were moved, and the two open ones of which one took the other's tips. */
export const mergeRecord = z.object({
  moved: z.array(leadBefore),
  /** The open lead that went on, and the one that ended as a duplicate; null where at most one was open. */
  joined: z.object({ into: leadBefore, from: leadBefore }).nullable(),
  /** The last number of arrival there was; what came in between has a higher one. Merges of before have none. */
  lastArrival: z.number().nullable().default(null),
  /** Of the one that ended: the clocks that ran, the pauses that stood, and who worked on it in which body. */
  clocks: z.array(z.uuid()).default([]),
  pauses: z.array(z.uuid()).default([]),
  assignments: z.array(z.object({ reach: z.string(), staffId: z.uuid() })).default([]),
});
export type MergeRecord = z.infer<typeof mergeRecord>;

/** What became of the tips when a merge was undone. */
export const undoResult = z.object({
  /** Tips that returned to the lead they had come to. */
  returned: z.number(),
  /** Tips that came in between and whose keys are of the dossier set apart: they went with it. */
  followed: z.number(),
  /** Other tips that came in between: they stay on the lead they came to. */
  stayed: z.number(),
  /** Tips somebody had meanwhile moved to another lead by hand: they stay there. */
  elsewhere: z.number(),
});
export type UndoResult = z.infer<typeof undoResult>;

export function leadAsBefore(lead: {
  id: string;
  dossierId: string;
  stage: string;
  closureCode: string | null;
  closedAt: Date | null;
  isMajor: boolean;
  version: number;
}): MergeRecord["moved"][number] {
  const { id, dossierId, stage, closureCode, isMajor, version } = lead;
  return {
    id,
    dossierId,
    stage,
    closureCode,
    isMajor,
    version,
    closedAt: lead.closedAt?.toISOString() ?? null,
  };
}
