import { and, eq } from "drizzle-orm";
import { tips } from "~db/schema/intake";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { tipOfReceipt } from "~server/intake/find-by-receipt.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Direction } from "~server/secrecy/message-format";
import type { Receipt } from "~server/secrecy/receipt";
import { reporterActor } from "~server/staff-auth/actor";
import { OWN_MESSAGE_PART } from "./message-rules";
import { openOwn } from "./open-own.server";

/** One part of a long message; parts are counted from 1. */
export type OwnMessagePart = {
  readonly id: string;
  readonly direction: Direction;
  /** YYYY-MM-DD */
  readonly on: string;
  readonly text: string;
  readonly part: number;
  readonly parts: number;
};

/**
 * One message of a receipt's report, in parts of 5 000 characters; a part beyond the last is the last. null where there is
 * no such message, or it does not open.
 */
export async function readOwnMessage(
  portal: Pick<Portal, "db">,
  input: { readonly receipt: Receipt; readonly id: string; readonly part: number },
): Promise<OwnMessagePart | null> {
  const lookupId = lookupIdOf(input.receipt);
  const [row] = await withActor(portal.db, reporterActor(lookupId), (tx) =>
    tx
      .select({ message: tipMessages })
      .from(tipMessages)
      .innerJoin(tips, eq(tips.id, tipMessages.tipId))
      .where(and(tipOfReceipt(lookupId), eq(tipMessages.id, input.id))),
  );
  if (row === undefined) return null;
  const [content] = await openOwn(input.receipt, [row.message]);
  if (!content) return null;
  const characters = Array.from(content.text);
  const parts = Math.max(1, Math.ceil(characters.length / OWN_MESSAGE_PART));
  const part = Math.min(Math.max(1, input.part), parts);
  return {
    id: row.message.id,
    direction: row.message.direction as Direction,
    on: row.message.writtenOn,
    text: characters.slice((part - 1) * OWN_MESSAGE_PART, part * OWN_MESSAGE_PART).join(""),
    part,
    parts,
  };
}
