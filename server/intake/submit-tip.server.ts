import { eq } from "drizzle-orm";
import type { Locale } from "~/i18n/locale";
import { drafts, tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { holdDraft } from "~server/evidence/draft-files.server";
import { sendDraftFiles, takeDraftFiles } from "~server/evidence/send-files.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { REPORTER, intakeActor, type Actor } from "~server/staff-auth/actor";
import { firstOpenPage } from "./check-step.server";
import { draftAnswers } from "./read-draft.server";
import { receiveTip, setTipApart, type SpamGround } from "./receive-tip.server";
import { readTipFacts } from "./tip-facts";

/**
 * Turns the draft under a receipt into a tip, once: the lookup id is the idempotency key, so a double click, a
 * retry and two racing submits make one tip. `suspected` sets it apart for triage, which the sender cannot tell.
 * Throws DomainError `incomplete_report` when a step does not pass, `portal_not_open` while an office key is missing;
 * either keeps the draft. The trail names `actor`.
 */
export async function submitTip(
  portal: Portal,
  input: { receipt: Receipt; language: Locale; at?: Date; suspected?: SpamGround | null },
  actor: Actor = REPORTER,
): Promise<{ tipId: string; outcome: "created" | "already" }> {
  const lookupId = lookupIdOf(input.receipt);
  const { publicKey: replyKey } = await replyKeyPair(replySeedOf(input.receipt));
  return withActor(
    portal.db,
    intakeActor(lookupId),
    async (tx) => {
      const findSent = async () =>
        (await tx.select({ id: tips.id }).from(tips).where(eq(tips.lookupId, lookupId)))[0];
      const before = await findSent();
      if (before !== undefined) return { tipId: before.id, outcome: "already" as const };
      const today = chinaDay(input.at ?? portal.clock.now());
      // Held, so that a file on its way in is sent with it or told that it came too late, never half of either.
      await holdDraft(tx, input.receipt, input.at ?? portal.clock.now());
      const raw = await draftAnswers(tx, input.receipt, today);
      // The draft is gone when another click has just turned it into the tip: look once more before refusing.
      const meanwhile = raw === null ? await findSent() : undefined;
      if (meanwhile !== undefined) return { tipId: meanwhile.id, outcome: "already" as const };
      const facts = raw === null ? null : readTipFacts(raw);
      const ground = { pack: portal.pack.pack, today };
      if (raw === null || facts === null || firstOpenPage(ground, raw) !== null) {
        throw new DomainError("incomplete_report", 409, "还有几步没有填完，请按提示补全后再提交。");
      }
      const files = await takeDraftFiles(tx, input.receipt);
      const report = {
        lookupId,
        replyKey,
        facts,
        files,
        channel: "web" as const,
        language: input.language,
        pack: portal.pack,
        at: input.at ?? portal.clock.now(),
      };
      const { tipId } = input.suspected
        ? await setTipApart(tx, { ...report, why: input.suspected }, actor)
        : await receiveTip(tx, report, actor);
      await sendDraftFiles(tx, { receipt: input.receipt, tipId, files });
      await tx.delete(drafts).where(eq(drafts.lookupId, lookupId));
      return { tipId, outcome: "created" as const };
    },
    { alsoRetry: lostFirstComeRace },
  );
}

/** Another report with the same receipt or about the same subject committed first: look again. */
export function lostFirstComeRace(fault: { code?: string; constraint?: string }): boolean {
  const lost = ["tips_lookup_uq", "dossier_keys_pk", "leads_open_uq"];
  // Two subjects were merged meanwhile.
  const merged = ["leads_dossier_merged", "tips_lead_duplicate"];
  return [...lost, ...merged].includes(fault.constraint ?? "");
}
