import { sql } from "drizzle-orm";
import { stepsFor, type AnswerStep, type RawAnswers } from "~/forms/report";
import type { Values } from "~/forms/report-fields";
import type { Tx } from "~db/client.server";
import { drafts, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { holdDraft } from "~server/evidence/draft-files.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { DRAFT_SUITE, sealDraft } from "~server/secrecy/seal-draft.server";
import { reporterActor } from "~server/staff-auth/actor";
import { changeAnswers } from "./change-answers.server";
import { tipOfReceipt } from "./find-by-receipt.server";
import { draftAnswers } from "./read-draft.server";

export type SavedStep =
  /** `raw` is the draft as it stands now, this page among the others. */
  | { readonly kind: "saved"; readonly raw: RawAnswers }
  /** The draft, as it stands now, does not ask this page: nothing was written. */
  | { readonly kind: "not_asked" }
  /** The tip is in, or there is no draft any more: nothing was written, nothing comes back. */
  | { readonly kind: "submitted" }
  | { readonly kind: "gone" };

/**
 * Keeps one page's answers in the draft under a receipt. The draft is read while its row is held, so that pages sent
 * at once from two tabs all stand; of the same page sent twice the later one stands whole.
 */
export function saveStep(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly receipt: Receipt; readonly step: AnswerStep; readonly values: Values },
): Promise<SavedStep> {
  const { receipt, step, values } = input;
  const lookupId = lookupIdOf(receipt);
  return withActor(portal.db, reporterActor(lookupId), async (tx): Promise<SavedStep> => {
    const at = portal.clock.now();
    const raw = (await holdDraft(tx, receipt, at)) ? await draftAnswers(tx, receipt, chinaDay(at)) : null;
    if (raw === null) return { kind: (await isSent(tx, lookupId)) ? "submitted" : "gone" };
    // Asked of the draft that is held: another tab may have made the report anonymous meanwhile.
    if (!stepsFor(raw).includes(step)) return { kind: "not_asked" };
    const next = changeAnswers(raw, step, values);
    await tx
      .update(drafts)
      .set({
        body: sealDraft(receipt, JSON.stringify(next)),
        suite: DRAFT_SUITE,
        version: sql`${drafts.version} + 1`,
      })
      .where(sql`${drafts.lookupId} = ${lookupId}`);
    return { kind: "saved", raw: next };
  });
}

async function isSent(tx: Tx, lookupId: Buffer): Promise<boolean> {
  const sent = await tx.select({ id: tips.id }).from(tips).where(tipOfReceipt(lookupId));
  return sent.length > 0;
}
