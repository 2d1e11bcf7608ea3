import { sql } from "drizzle-orm";
import type { RawAnswers } from "~/forms/report";
import type { Database } from "~db/client.server";
import { drafts, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { DRAFT_SUITE, sealDraft } from "~server/secrecy/seal-draft.server";
import { reporterActor } from "~server/staff-auth/actor";

/** Days an untouched draft is kept, and one without an answer: making one costs nothing, and its files take room. */
const DRAFT_DAYS = 30;
const EMPTY_DRAFT_DAYS = 2;

/** Days a draft with these answers is kept when nothing is done with it. */
export function draftDays(raw: RawAnswers): number {
  const values = Object.values(raw).flatMap((step) => Object.values(step).flat());
  return values.some((value) => value.trim() !== "") ? DRAFT_DAYS : EMPTY_DRAFT_DAYS;
}

/**
 * Keeps what the reporter has typed so far, sealed under their receipt. Once the tip is in, nothing is written:
 * a late save from another tab must not bring a draft back.
 */
export async function saveDraft(
  db: Database,
  input: { receipt: Receipt; raw: RawAnswers; at: Date },
): Promise<void> {
  const lookupId = lookupIdOf(input.receipt);
  const body = sealDraft(input.receipt, JSON.stringify(input.raw));
  const today = chinaDay(input.at);
  const expiresOn = addDays(today, draftDays(input.raw));
  await withActor(db, reporterActor(lookupId), async (tx) => {
    const sent = await tx
      .select({ id: tips.id })
      .from(tips)
      .where(sql`${tips.lookupId} = ${lookupId}`);
    if (sent.length > 0) return;
    await tx
      .insert(drafts)
      .values({ lookupId, suite: DRAFT_SUITE, body, startedOn: today, expiresOn })
      .onConflictDoUpdate({
        target: drafts.lookupId,
        set: {
          body,
          suite: DRAFT_SUITE,
          version: sql`${drafts.version} + 1`,
          expiresOn,
        },
      });
  });
}
