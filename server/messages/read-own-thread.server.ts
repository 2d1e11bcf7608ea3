import { and, desc, eq, inArray, isNull, lt } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { tipMessages } from "~db/schema/messages";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { tipOfReceipt } from "~server/intake/find-by-receipt.server";
import { trailLead } from "~server/intake/trail-lead";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Direction } from "~server/secrecy/message-format";
import type { Receipt } from "~server/secrecy/receipt";
import { reporterActor } from "~server/staff-auth/actor";
import { MESSAGES_LOOKED_AT, OWN_MESSAGES_A_PAGE, OWN_MESSAGE_SHOWN } from "./message-rules";
import { openOwn } from "./open-own.server";

export type OwnMessage = {
  readonly id: string;
  readonly direction: Direction;
  readonly kind: "text" | "evidence" | "reopen" | "question";
  /** YYYY-MM-DD */
  readonly on: string;
  /** Its first 600 characters; null when it does not open. */
  readonly text: string | null;
  /** Whether there is more of it. */
  readonly more: boolean;
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
  /** Ten at most, newest last. */
  readonly messages: readonly OwnMessage[];
  /** The message older ones stand before; null when there are none. */
  readonly older: string | null;
  /** The message this page stands before; null where it ends with the newest. */
  readonly before: string | null;
  /** Of the latest 100, what the reporter sees for the first time now or has not seen yet. */
  readonly fresh: number;
  /** The day of a question nothing was written after; null when nobody waits for the reporter. */
  readonly questionOn: string | null;
  readonly wishWaits: boolean;
  /** Whether the report has the keys messages are sealed to (those from before messages have none). */
  readonly open: boolean;
};

/**
 * What was said about a receipt's report, opened in memory for one answer with the key that follows from the receipt:
 * the latest messages, or those before `before` (where that is one of this report's). Marks what staff wrote and is shown
 * as seen. null where the receipt opens no report.
 */
export async function readOwnThread(
  portal: Pick<Portal, "db" | "clock">,
  input: { readonly receipt: Receipt; readonly before?: string | null },
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
    const heads = await readHeads(tx, tip.id);
    const edge = await findEdge(tx, tip.id, input.before ?? null);
    const found = await tx
      .select({ message: tipMessages, zh: agencies.name, en: agencies.nameEn })
      .from(tipMessages)
      .leftJoin(agencies, eq(agencies.id, tipMessages.agencyId))
      .where(
        and(
          eq(tipMessages.tipId, tip.id),
          edge === null ? undefined : lt(tipMessages.messageNo, edge.messageNo),
        ),
      )
      .orderBy(desc(tipMessages.messageNo))
      .limit(OWN_MESSAGES_A_PAGE + 1);
    const rows = found.slice(0, OWN_MESSAGES_A_PAGE).reverse();
    const older = found.length > OWN_MESSAGES_A_PAGE ? (rows[0]?.message.id ?? null) : null;
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
    return { rows, heads, older, before: edge?.id ?? null, open: tip.contentKey !== null };
  });
  if (found === null) return null;
  const { rows, heads, older, before, open } = found;
  const contents = await openOwn(
    input.receipt,
    rows.map(({ message }) => message),
  );
  const messages = rows.map(({ message, zh, en }, index): OwnMessage => {
    const content = contents[index] ?? null;
    const direction = message.direction as Direction;
    const { text, more } = cut(content?.text ?? "");
    return {
      id: message.id,
      direction,
      kind: message.kind as OwnMessage["kind"],
      on: message.writtenOn,
      text: content === null ? null : text,
      more,
      files: content?.files?.length ?? 0,
      from: zh === null || en === null ? null : { zh, en },
      fresh: direction === "out" && message.readOn === null,
      outcome: message.outcome as OwnMessage["outcome"],
    };
  });
  const unanswered = heads.slice(
    0,
    indexOr(heads, ({ direction }) => direction === "in"),
  );
  return {
    messages,
    older,
    before,
    fresh: heads.filter(({ direction, readOn }) => direction === "out" && readOn === null).length,
    questionOn: unanswered.find(({ kind }) => kind === "question")?.on ?? null,
    wishWaits: heads.some(({ kind, outcome }) => kind === "reopen" && outcome === null),
    open,
  };
}

/** The latest messages without their words, newest first. */
function readHeads(tx: Tx, tipId: string) {
  return tx
    .select({
      direction: tipMessages.direction,
      kind: tipMessages.kind,
      on: tipMessages.writtenOn,
      readOn: tipMessages.readOn,
      outcome: tipMessages.outcome,
    })
    .from(tipMessages)
    .where(eq(tipMessages.tipId, tipId))
    .orderBy(desc(tipMessages.messageNo))
    .limit(MESSAGES_LOOKED_AT);
}

async function findEdge(tx: Tx, tipId: string, id: string | null) {
  if (id === null) return null;
  const [edge] = await tx
    .select({ id: tipMessages.id, messageNo: tipMessages.messageNo })
    .from(tipMessages)
    .where(and(eq(tipMessages.tipId, tipId), eq(tipMessages.id, id)));
  return edge ?? null;
}

function indexOr<T>(all: readonly T[], test: (one: T) => boolean): number {
  const at = all.findIndex(test);
  return at < 0 ? all.length : at;
}

function cut(text: string): { text: string; more: boolean } {
  const characters = Array.from(text);
  if (characters.length <= OWN_MESSAGE_SHOWN) return { text, more: false };
  return { text: `${characters.slice(0, OWN_MESSAGE_SHOWN).join("")}……`, more: true };
}
