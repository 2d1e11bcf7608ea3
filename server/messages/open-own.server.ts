import type { tipMessages } from "~db/schema/messages";
import { replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import type { Direction, MessageContent } from "~server/secrecy/message-format";
import { openMessage } from "~server/secrecy/open-message";
import type { Receipt } from "~server/secrecy/receipt";
import { replyKeyPair } from "~server/secrecy/tip-keys";

/** Opens messages of a report with the key that follows from its receipt; null stands for one that does not open. */
export async function openOwn(
  receipt: Receipt,
  messages: readonly (typeof tipMessages.$inferSelect)[],
): Promise<(MessageContent | null)[]> {
  if (messages.length === 0) return [];
  const { privateKey } = await replyKeyPair(replySeedOf(receipt));
  return Promise.all(
    messages.map((message) =>
      openMessage(
        { id: message.id, tipId: message.tipId, direction: message.direction as Direction },
        {
          suite: message.suite,
          body: message.body,
          key: { enc: new Uint8Array(message.replyEnc), body: new Uint8Array(message.replyBody) },
        },
        { side: "reply", privateKey },
      ),
    ),
  );
}
