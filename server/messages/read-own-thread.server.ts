import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { tips } from "~db/schema/intake";
import { tipMessages } from "~db/schema/messages";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { tipOfReceipt } from "~server/intake/find-by-receipt.server";
import { trailLead } from "~server/intake/trail-lead";
import type { Portal } from "~server/portal.server";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Direction } from "~server/secrecy/message-format";
import { openMessage } from "~server/secrecy/open-message";
import type { Receipt } from "~server/secrecy/receipt";
import { replyKeyPair } from "~server/secrecy/tip-keys";
import { reporterActor } from "~server/staff-auth/actor";
import { MESSAGES_SHOWN } from "./message-rules";

export type OwnMessage = {
  readonly id: string;
  readonly direction: Direction;
  readonly kind: "text" | "evidence" | "reopen" | "question";
  /** YYYY-MM-DD */
  readonly on: string;
  /** null when it does not open. */
  readonly text: string | null;
  /** Files sent with it. */
  readonly files: number;
  /** The body that wrote it; null for the reporter's own. */
  readonly from: { readonly zh: string; readonly en: string } | null;
  /** Written to the reporter and seen for the first time now. */
  readonly fresh: boolean;
  /** What became of a wish to reopen; null while it waits, and for every other message. */
  readonly outcome: "reopened" | "declined" | null;
};

export type OwnThread = {
  /** The latest 100, newest last. */
  readonly messages: readonly OwnMessage[];
  /** The day of a question nothing was written after; null when nobody waits for the reporter. */
  readonly questionOn: string | null;
  readonly wishWaits: boolean;
  /** Whether the report has the keys messages are sealed to (those from before messages have none). */
  readonly open: boolean;
};

/**
 * What was said about a receipt's report, opened in memory for one answer with the key that follows from the receipt.
 * Marks what staff wrote as seen. null where the receipt opens no report.
 */
export async function readOwnThread(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly receipt: Receipt },
): Promise<OwnThread | null> {
  const at = portal.clock.now();
  const reporter = reporterActor(lookupIdOf(input.receipt));
  const found = await withActor(portal.db, reporter, async (tx) => {
    const [tip] = await tx
      .select({
        id: tips.id,
        leadId: tips.leadId,
        concernsOfficial: tips.concernsOfficial,
        contentKey: tips.contentKey,
      })
      .from(tips)
      .where(tipOfReceipt(lookupIdOf(input.receipt)));
    if (tip === undefined) return null;
    const rows = await tx
      .select({ message: tipMessages, zh: agencies.name, en: agencies.nameEn })
      .from(tipMessages)
      .leftJoin(agencies, eq(agencies.id, tipMessages.agencyId))
      .where(eq(tipMessages.tipId, tip.id))
      .orderBy(desc(tipMessages.messageNo))
      .limit(MESSAGES_SHOWN);
    const fresh = rows.flatMap(({ message }) =>
      message.direction === "out" && message.readOn === null ? [message.id] : [],
    );
    if (fresh.length > 0) {
      await tx
        .update(tipMessages)
        .set({ readOn: chinaDay(at) })
        .where(and(inArray(tipMessages.id, fresh), isNull(tipMessages.readOn)));
      await recordEvent(
        tx,
        {
          action: "message.read",
          subjectTable: "tips",
          subjectId: tip.id,
          ...trailLead(tip),
          at,
        },
        reporter,
      );
    }
    return { rows: rows.reverse(), open: tip.contentKey !== null };
  });
  if (found === null) return null;
  const { rows, open } = found;
  const privateKey = rows.length === 0 ? null : (await replyKeyPair(replySeedOf(input.receipt))).privateKey;
  const messages: OwnMessage[] = [];
  for (const { message, zh, en } of rows) {
    const direction = message.direction as Direction;
    const content =
      privateKey === null
        ? null
        : await openMessage(
            { id: message.id, tipId: message.tipId, direction },
            {
              suite: message.suite,
              body: message.body,
              key: { enc: new Uint8Array(message.replyEnc), body: new Uint8Array(message.replyBody) },
            },
            { side: "reply", privateKey },
          );
    messages.push({
      id: message.id,
      direction,
      kind: message.kind as OwnMessage["kind"],
      on: message.writtenOn,
      text: content?.text ?? null,
      files: content?.files?.length ?? 0,
      from: zh === null || en === null ? null : { zh, en },
      fresh: direction === "out" && message.readOn === null,
      outcome: message.outcome as OwnMessage["outcome"],
    });
  }
  const lastIn = messages.findLastIndex(({ direction }) => direction === "in");
  const question = messages.slice(lastIn + 1).findLast(({ kind }) => kind === "question");
  return {
    messages,
    questionOn: question?.on ?? null,
    wishWaits: messages.some(({ kind, outcome }) => kind === "reopen" && outcome === null),
    open,
  };
}
