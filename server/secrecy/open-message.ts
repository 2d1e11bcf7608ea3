import { SUITE, unpad } from "./format";
import { openWith, type SealedTo } from "./hpke";
import {
  messageAad,
  messageKeyInfo,
  type MessageContent,
  type MessageRef,
  type MessageSide,
} from "./message-format";
import { decryptBytes } from "./sealed-body";

/** A sealed message as one side gets it: the body, and the data key sealed to that side. */
export type MessageForSide = { readonly suite: string; readonly body: Uint8Array; readonly key: SealedTo };

/**
 * Opens one message with the private key of `side` (`contentKeyPair` or `replyKeyPair`). null when it was sealed for
 * another key, message, tip, direction or side, or when a byte was changed. Client-safe.
 */
export async function openMessage(
  ref: MessageRef,
  sealed: MessageForSide,
  by: { readonly side: MessageSide; readonly privateKey: Uint8Array },
): Promise<MessageContent | null> {
  if (sealed.suite !== SUITE) return null;
  const dataKey = await openWith(by.privateKey, messageKeyInfo(ref, by.side), sealed.key);
  const padded = dataKey === null ? null : await decryptBytes(dataKey, messageAad(ref), sealed.body);
  const plain = padded === null ? null : unpad(padded);
  return plain === null ? null : readContent(new TextDecoder().decode(plain));
}

/** null for anything but what `sealMessage` wrote. */
function readContent(json: string): MessageContent | null {
  try {
    const read = JSON.parse(json) as { text?: unknown; files?: unknown } | null;
    if (typeof read?.text !== "string") return null;
    return Array.isArray(read.files)
      ? { text: read.text, files: read.files as unknown[] }
      : { text: read.text };
  } catch {
    return null;
  }
}
