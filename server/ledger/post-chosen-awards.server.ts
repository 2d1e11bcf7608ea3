import { inArray } from "drizzle-orm";
import { parseForm } from "~/forms/parse-form";
import { postAllSchema } from "~/forms/payment";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { postAcceptedAwards } from "./post-accepted-awards.server";

/** What became of a frozen set: how many were booked, and each that was not, with its reason. */
export type ChosenPosted = {
  readonly posted: number;
  readonly already: number;
  readonly refused: readonly {
    readonly awardId: string;
    readonly codeName: string;
    readonly why: string;
  }[];
};

export type ChosenOutcome =
  | { readonly ok: true; readonly done: ChosenPosted }
  | { readonly ok: false; readonly status: number; readonly refusal: string | null };

/**
 * Books the awards that stood in the posted form, and no other: what became accepted since waits for the next list. Sent
 * again, what was booked stays booked once. At most 500.
 */
export async function postChosenAwards(
  { db, clock }: Portal,
  { form }: { form: FormData },
  actor: StaffActor,
): Promise<ChosenOutcome> {
  const parsed = parseForm(postAllSchema, form);
  if (!parsed.ok) return { ok: false, status: 400, refusal: null };
  const done = await catchRefusal(postAcceptedAwards(db, parsed.value, actor, clock));
  if (!done.ok) return { ok: false, status: done.refusal.status, refusal: done.refusal.publicMessage };
  const left = done.value.filter(({ refusal }) => refusal !== null);
  const ids = left.map(({ awardId }) => awardId);
  const named =
    ids.length === 0
      ? []
      : await withActor(db, actor, (tx) =>
          tx.select({ id: awards.id, codeName: awards.codeName }).from(awards).where(inArray(awards.id, ids)),
        );
  const nameOf = new Map(named.map(({ id, codeName }) => [id, codeName]));
  const count = (outcome: string) => done.value.filter((row) => row.outcome === outcome).length;
  return {
    ok: true,
    done: {
      posted: count("posted"),
      already: count("already"),
      refused: left.map(({ awardId, refusal }) => ({
        awardId,
        codeName: nameOf.get(awardId) ?? "",
        why: refusal?.message ?? "",
      })),
    },
  };
}
