import { SUITE } from "./format";
import type { SealedTo } from "./hpke";

/** `in` from the reporter, `out` to them. */
export type Direction = "in" | "out";

/** Which message a sealed one is; all of it is bound in, so that nothing opens in another's place. */
export type MessageRef = { readonly id: string; readonly tipId: string; readonly direction: Direction };

/** The two who read a message: whoever opens the report's content, and the reporter. */
export type MessageSide = "content" | "reply";

/**
 * What is sealed. `files` are those sent with the message, as their sender's side describes them (names, types, sizes,
 * hashes, keys); this module only carries them.
 */
export type MessageContent = { readonly text: string; readonly files?: readonly unknown[] };

export type SealedMessage = {
  readonly suite: string;
  readonly body: Uint8Array;
  /** The message's own data key, once for each side. */
  readonly content: SealedTo;
  readonly reply: SealedTo;
};

/** Characters of one message, the longest a page takes. */
export const MESSAGE_CHARACTERS = 20_000;

/** AAD of the body (secrecy.md: suite | table | row | field), and whose message and which way it goes. */
export function messageAad({ id, tipId, direction }: MessageRef): string {
  return [SUITE, "tip_messages", id, "body", tipId, direction].join("|");
}

/** HPKE info of the message's data key sealed to one side. */
export function messageKeyInfo({ id, tipId, direction }: MessageRef, side: MessageSide): string {
  return [SUITE, "message-key", "tip_messages", id, tipId, direction, side].join("|");
}
