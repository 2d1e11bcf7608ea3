import type { RawAnswers } from "~/forms/report";
import type { Tx } from "~db/client.server";
import { drafts, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { openDraft } from "~server/secrecy/seal-draft.server";
import { reporterActor } from "~server/staff-auth/actor";
import { draftOfReceipt, tipOfReceipt } from "./find-by-receipt.server";

export type DraftState =
  | { readonly kind: "draft"; readonly raw: RawAnswers }
  /** `official`: an agency or official is concerned, so that the leading office alone handles it. */
  | { readonly kind: "submitted"; readonly official: boolean };

/** What this receipt has so far: a draft, a tip already sent, or null, also once either is past its keeping time. */
export function readDraft(
  portal: Pick<Portal, "db" | "clock">,
  input: { receipt: Receipt },
): Promise<DraftState | null> {
  const lookupId = lookupIdOf(input.receipt);
  return withActor(portal.db, reporterActor(lookupId), async (tx) => {
    const [sent] = await tx
      .select({ official: tips.concernsOfficial })
      .from(tips)
      .where(tipOfReceipt(lookupId));
    if (sent !== undefined) return { kind: "submitted", official: sent.official };
    const raw = await draftAnswers(tx, input.receipt, chinaDay(portal.clock.now()));
    return raw === null ? null : { kind: "draft", raw };
  });
}

/** The answers kept under a receipt, or null; for callers already in a transaction. `today` is YYYY-MM-DD in China. */
export async function draftAnswers(tx: Tx, receipt: Receipt, today: string): Promise<RawAnswers | null> {
  const rows = await tx
    .select({ body: drafts.body })
    .from(drafts)
    .where(draftOfReceipt(lookupIdOf(receipt), today));
  const text = rows[0] === undefined ? null : openDraft(receipt, rows[0].body);
  return text === null ? null : (JSON.parse(text) as RawAnswers);
}
