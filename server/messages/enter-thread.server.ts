import { and, count, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { tipMessages } from "~db/schema/messages";
import { DomainError, notFound } from "~server/errors.server";
import type { MessageRef } from "~server/secrecy/message-format";
import { MESSAGES_A_DAY } from "./message-rules";

/**
 * Holds a tip's thread until the transaction ends, so that writers at once come one after the other, and says whether
 * this very message is there already. Throws `too_many_messages` (429) when this side has written its day's share,
 * `not_found` for an id that is another tip's. (A lock of its own: a body's officer may not lock the tip's row.)
 */
export async function enterThread(tx: Tx, message: MessageRef, today: string): Promise<"new" | "already"> {
  const { id, tipId, direction } = message;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`tip_messages ${tipId}`}, 0))`);
  const [known] = await tx
    .select({ tipId: tipMessages.tipId, direction: tipMessages.direction })
    .from(tipMessages)
    .where(eq(tipMessages.id, id));
  if (known !== undefined) {
    if (known.tipId !== tipId || known.direction !== direction) throw notFound();
    return "already";
  }
  const [row] = await tx
    .select({ written: count() })
    .from(tipMessages)
    .where(
      and(
        eq(tipMessages.tipId, tipId),
        eq(tipMessages.direction, direction),
        eq(tipMessages.writtenOn, today),
      ),
    );
  if ((row?.written ?? 0) >= MESSAGES_A_DAY) {
    throw new DomainError(
      "too_many_messages",
      429,
      `今天给这条举报写的消息已满 ${MESSAGES_A_DAY} 条，明天可以继续写。`,
    );
  }
  return "new";
}
