import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { resumeAnswered } from "~server/clocks/resume-answered.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { FileMeta } from "~server/evidence/file-meta";
import { tipOfReceipt } from "~server/intake/find-by-receipt.server";
import { trailLead } from "~server/intake/trail-lead";
import type { Portal } from "~server/portal.server";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Receipt } from "~server/secrecy/receipt";
import { sealMessage } from "~server/secrecy/seal-message";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { reporterActor } from "~server/staff-auth/actor";
import { enterThread } from "./enter-thread.server";
import { nameMessage } from "./name-message.server";

/** What a reporter may send in words. A message that brings files is `evidence` (server/evidence). */
export type OwnKind = "text" | "reopen";

/**
 * Files that came in the same form: how each is described to the message's readers (sealed with the text), and what
 * ties the stored files to the message, done in its transaction.
 */
export type SentFiles = {
  readonly described: readonly FileMeta[];
  readonly attach: (tx: Tx, to: { readonly tipId: string; readonly messageId: string }) => Promise<void>;
};

/**
 * Takes what a reporter writes after the report and seals it as it arrives: the server keeps no key to it. The same
 * form sent twice is one message. Throws `not_found` where the receipt opens no report, `too_many_messages` and
 * `too_many_files` (429: 20 files a day, which the database counts, 0023), `no_tip_keys` (409) for a report from before messages; of a wish to reopen also `not_closed` and `wish_waiting` (409).
 */
export async function writeOwnMessage(
  portal: Pick<Portal, "db" | "clock">,
  input: {
    readonly receipt: Receipt;
    /** The random id the form carried. */
    readonly formId: string;
    readonly kind: OwnKind;
    /** 1 to 20 000 characters, cleaned; may be empty beside files. */
    readonly text: string;
    /** Files received beside it, if any. */
    readonly files?: SentFiles;
    /** What is kept with the message, in its transaction (an objection). */
    readonly also?: (tx: Tx, to: { readonly tipId: string; readonly messageId: string }) => Promise<void>;
  },
): Promise<{ outcome: "written" | "already" }> {
  const { receipt, kind, text } = input;
  const at = portal.clock.now();
  const today = chinaDay(at);
  const id = nameMessage(receipt, { ...input, files: input.files?.described.map(({ sha256 }) => sha256) });
  const { publicKey: replyKey } = await replyKeyPair(replySeedOf(receipt));
  const reporter = reporterActor(lookupIdOf(receipt));
  const written = withActor(portal.db, reporter, async (tx) => {
    const [tip] = await tx
      .select({
        id: tips.id,
        leadId: tips.leadId,
        concernsOfficial: tips.concernsOfficial,
        contentKey: tips.contentKey,
      })
      .from(tips)
      .where(tipOfReceipt(lookupIdOf(receipt)));
    if (tip === undefined) throw notFound();
    const ref = { id, tipId: tip.id, direction: "in" as const };
    if ((await enterThread(tx, ref, today)) === "already") return { outcome: "already" as const };
    if (tip.contentKey === null) {
      throw new DomainError("no_tip_keys", 409, "这条举报提交得早，当时还没有留言功能，不能在这里写消息。");
    }
    if (kind === "reopen") await refuseUnlessClosed(tx, tip.leadId);
    const described = input.files?.described ?? [];
    const content = { text, ...(described.length === 0 ? {} : { files: described }) };
    const sealed = await sealMessage(ref, content, { contentKey: tip.contentKey, replyKey });
    await tx.insert(tipMessages).values({
      ...ref,
      kind: kind === "text" && described.length > 0 ? "evidence" : kind,
      writtenOn: today,
      suite: sealed.suite,
      body: Buffer.from(sealed.body),
      contentEnc: Buffer.from(sealed.content.enc),
      contentBody: Buffer.from(sealed.content.body),
      replyEnc: Buffer.from(sealed.reply.enc),
      replyBody: Buffer.from(sealed.reply.body),
    });
    await input.files?.attach(tx, { tipId: tip.id, messageId: id });
    await input.also?.(tx, { tipId: tip.id, messageId: id });
    await recordEvent(
      tx,
      {
        action: kind === "reopen" ? "lead.reopen_asked" : "message.written",
        subjectTable: "tips",
        subjectId: tip.id,
        ...trailLead(tip),
        at,
      },
      reporter,
    );
    return { outcome: "written" as const };
  });
  const done = await written.catch((error: unknown) => {
    const { constraint } = databaseFault(error);
    if (constraint === "tip_messages_wish_uq")
      throw new DomainError("wish_waiting", 409, "您已经申请过重新打开，正在等答复。");
    if (constraint === "tip_files_day")
      throw new DomainError("too_many_files", 429, "每天最多附 20 个文件，可以少附几个，或者明天继续发。");
    throw error;
  });
  // An answer counts whether or not the clock follows at once: the hourly job finds what is left, by the same day.
  if (done.outcome === "written") await resumeAnswered(portal, { messageId: id }).catch(() => undefined);
  return done;
}

async function refuseUnlessClosed(tx: Tx, leadId: string | null): Promise<void> {
  const [lead] =
    leadId === null
      ? []
      : await tx.select({ closedAt: leads.closedAt }).from(leads).where(eq(leads.id, leadId));
  if (lead === undefined || lead.closedAt === null) {
    throw new DomainError("not_closed", 409, "这条举报还在办理，不需要申请重新打开。");
  }
}
