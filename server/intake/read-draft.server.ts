import { eq } from "drizzle-orm";
import type { RawAnswers } from "~/forms/report";
import type { Database, Tx } from "~db/client.server";
import { drafts, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { openDraft } from "~server/secrecy/seal-draft.server";
import { REPORTER } from "~server/staff-auth/actor";

export type DraftState =
  { readonly kind: "draft"; readonly raw: RawAnswers } | { readonly kind: "submitted" };

/** What this receipt has so far: a draft, a tip already sent, or null. */
export function readDraft(db: Database, input: { receipt: Receipt }): Promise<DraftState | null> {
  return withActor(db, REPORTER, async (tx) => {
    const sent = await tx
      .select({ id: tips.id })
      .from(tips)
      .where(eq(tips.lookupId, lookupIdOf(input.receipt)));
    if (sent.length > 0) return { kind: "submitted" };
    const raw = await draftAnswers(tx, input.receipt);
    return raw === null ? null : { kind: "draft", raw };
  });
}

/** The answers kept under a receipt, or null; for callers already in a transaction. */
export async function draftAnswers(tx: Tx, receipt: Receipt): Promise<RawAnswers | null> {
  const rows = await tx
    .select({ body: drafts.body })
    .from(drafts)
    .where(eq(drafts.lookupId, lookupIdOf(receipt)));
  const text = rows[0] === undefined ? null : openDraft(receipt, rows[0].body);
  return text === null ? null : (JSON.parse(text) as RawAnswers);
}
