import { SUITE, pad, utf8 } from "./format";
import { sealTo } from "./hpke";
import {
  messageAad,
  messageKeyInfo,
  type MessageContent,
  type MessageRef,
  type SealedMessage,
} from "./message-format";
import { encryptBytes, makeDataKey } from "./sealed-body";

/**
 * Seals one message under a data key of its own, that key to the tip's content key and to the reporter's reply key
 * (raw X25519 public keys). A reporter's words are sealed on the server as they arrive, staff's in their browser.
 * Client-safe.
 */
export async function sealMessage(
  ref: MessageRef,
  content: MessageContent,
  to: { readonly contentKey: Uint8Array; readonly replyKey: Uint8Array },
): Promise<SealedMessage> {
  const dataKey = makeDataKey();
  return {
    suite: SUITE,
    body: await encryptBytes(dataKey, messageAad(ref), pad(utf8(JSON.stringify(content)))),
    content: await sealTo(to.contentKey, messageKeyInfo(ref, "content"), dataKey),
    reply: await sealTo(to.replyKey, messageKeyInfo(ref, "reply"), dataKey),
  };
}
