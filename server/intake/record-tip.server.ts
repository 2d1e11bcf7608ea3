import { and, eq, sql } from "drizzle-orm";
import type { DeskChannel } from "~/forms/desk";
import { deskSteps, isPresent } from "~/forms/desk";
import type { RawAnswers } from "~/forms/report";
import { tellCut, type FieldErrors } from "~/forms/report-fields";
import { tips } from "~db/schema/intake";
import type { Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { hasRole, intakeActor, type StaffActor } from "~server/staff-auth/actor";
import { changeAnswers } from "./change-answers.server";
import { checkStep } from "./check-step.server";
import { deskReceipt, type DeskSeed } from "./desk-token.server";
import { receiveTip } from "./receive-tip.server";
import { lostFirstComeRace } from "./submit-tip.server";
import { readTipFacts } from "./tip-facts";

/** What was typed at the desk, as the form's rules take it: a letter's declaration is nobody's to make. */
export function deskAnswers(raw: RawAnswers, channel: DeskChannel): RawAnswers {
  const asked = isPresent(channel) ? raw : { ...raw, declaration: { truthful: "yes" } };
  return raw.mode?.mode === "anonymous" ? changeAnswers(asked, "mode", raw.mode) : asked;
}

/** The faults of every page asked at the desk, by field, in the pages' order. */
export function checkDesk(portal: Portal, raw: RawAnswers, channel: DeskChannel): FieldErrors {
  const ground = { pack: portal.pack.pack, today: chinaDay(portal.clock.now()) };
  const answers = deskAnswers(raw, channel);
  return deskSteps(answers, channel).reduce<FieldErrors>(
    (all, step) => ({ ...all, ...tellCut(answers[step] ?? {}, checkStep(ground, step, answers)) }),
    {},
  );
}

/**
 * Takes a report down for somebody: sealed and routed as any report, under a receipt made of the opened form's seed
 * and of what was typed: the same post makes one report however often it is sent, a changed one makes another. Its day
 * is today; `receivedOn` (YYYY-MM-DD, null for today) is sealed. Refusals: `not_found` for who is no operator now,
 * `incomplete_report`, `portal_not_open`.
 */
export async function recordTip(
  portal: Portal,
  input: {
    readonly seed: DeskSeed;
    readonly raw: RawAnswers;
    readonly channel: DeskChannel;
    readonly receivedOn: string | null;
  },
  actor: StaffActor,
): Promise<{ tipId: string; receipt: Receipt }> {
  const receipt = deskReceipt(input.seed, input);
  const lookupId = lookupIdOf(receipt);
  const { publicKey: replyKey } = await replyKeyPair(replySeedOf(receipt));
  const facts = readTipFacts(deskAnswers(input.raw, input.channel));
  const faulty = Object.keys(checkDesk(portal, input.raw, input.channel)).length > 0;
  if (!hasRole(actor, "hotline_operator")) throw notFound();
  // As intake: the lead a report belongs to is looked for among those the operator never sees.
  return withActor(
    portal.db,
    intakeActor(lookupId),
    async (tx) => {
      await requireOperator(tx, actor);
      const [before] = await tx
        .select({ id: tips.id })
        .from(tips)
        .where(and(eq(tips.lookupId, lookupId), eq(tips.recordedBy, actor.id)));
      if (before !== undefined) return { tipId: before.id, receipt };
      if (facts === null || faulty)
        throw new DomainError("incomplete_report", 409, "还有几项没有填完，请按提示补全后再登记。");
      const { receivedOn } = input;
      const details = receivedOn === null ? facts.sealed.details : { ...facts.sealed.details, receivedOn };
      const { tipId } = await receiveTip(
        tx,
        {
          lookupId,
          replyKey,
          facts: { ...facts, sealed: { ...facts.sealed, details } },
          channel: input.channel,
          recordedBy: actor.id,
          language: "zh-CN",
          pack: portal.pack,
          at: portal.clock.now(),
        },
        actor,
      );
      return { tipId, receipt };
    },
    { alsoRetry: lostFirstComeRace },
  );
}

/** Intake reads nobody's roles: it is told whether this person takes reports down until the transaction ends (0023). */
async function requireOperator(tx: Tx, actor: StaffActor): Promise<void> {
  const { rows } = await tx.execute<{ does: boolean }>(
    sql`select takes_reports_down(${actor.id}::uuid) as does`,
  );
  if (rows[0]?.does !== true) throw notFound();
}
