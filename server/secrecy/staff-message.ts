import { openDataKey } from "./data-key";
import { SUITE, fromBase64url, toBase64url } from "./format";
import type { KeyPair } from "./hpke";
import type { MessageContent, MessageRef } from "./message-format";
import { openMessage } from "./open-message";
import type { HeldRoleKey } from "./open-keyring";
import { sealMessage } from "./seal-message";
import type { KeyForYou } from "./sealed-view";
import { contentKeyPair } from "./tip-keys";

/** A message as it travels to a staff browser; bytes in base64url. */
export type MessageBundle = {
  readonly state: "sealed";
  readonly message: MessageRef;
  readonly suite: string;
  readonly body: string;
  readonly enc: string;
  readonly key: string;
  /** The tip's content key for this person. Empty: nobody has handed it to their role yet. */
  readonly keys: readonly KeyForYou[];
};

/** What came of opening one. `no_key` and `broken` as of any sealed value. */
export type OpenedMessage =
  | { readonly state: "open"; readonly content: MessageContent }
  | { readonly state: "no_key" }
  | { readonly state: "broken" };

/** Staff's words on their way to the server, sealed; bytes in base64url. */
export type MessageToStore = {
  readonly id: string;
  readonly suite: typeof SUITE;
  readonly body: string;
  readonly contentEnc: string;
  readonly contentBody: string;
  readonly replyEnc: string;
  readonly replyBody: string;
};

/** What staff want to say, and to whom. */
export type WordsToSeal = {
  readonly message: MessageRef;
  readonly content: MessageContent;
  readonly keys: readonly KeyForYou[];
  /** The reporter's reply key, base64url. */
  readonly replyKey: string;
};

/** Content key pairs found so far, by tip. Lives as long as the role keys do. */
export type ContentPairs = Map<string, KeyPair>;

/** Opens a message through the report's content key with the role keys a person holds. Runs in a staff browser. */
export async function openForStaff(
  bundle: MessageBundle,
  roleKeys: readonly HeldRoleKey[],
  pairs: ContentPairs = new Map(),
): Promise<OpenedMessage> {
  if (bundle.suite !== SUITE) return { state: "broken" };
  try {
    const pair = await contentPairOf(bundle.message.tipId, bundle.keys, roleKeys, pairs);
    if (pair === "no_key") return { state: "no_key" };
    if (pair === "broken") return { state: "broken" };
    const content = await openMessage(
      bundle.message,
      {
        suite: bundle.suite,
        body: fromBase64url(bundle.body),
        key: { enc: fromBase64url(bundle.enc), body: fromBase64url(bundle.key) },
      },
      { side: "content", privateKey: pair.privateKey },
    );
    return content === null ? { state: "broken" } : { state: "open", content };
  } catch {
    // Bytes that are no base64url are as broken as those that do not open.
    return { state: "broken" };
  }
}

/**
 * Seals staff's words in their browser. The content side is derived from the report's own key, not taken from the
 * server's word. null when this person cannot open the report.
 */
export async function sealForReporter(
  input: WordsToSeal,
  roleKeys: readonly HeldRoleKey[],
  pairs: ContentPairs = new Map(),
): Promise<MessageToStore | null> {
  const pair = await contentPairOf(input.message.tipId, input.keys, roleKeys, pairs);
  if (pair === "no_key" || pair === "broken") return null;
  const sealed = await sealMessage(input.message, input.content, {
    contentKey: pair.publicKey,
    replyKey: fromBase64url(input.replyKey),
  });
  return {
    id: input.message.id,
    suite: SUITE,
    body: toBase64url(sealed.body),
    contentEnc: toBase64url(sealed.content.enc),
    contentBody: toBase64url(sealed.content.body),
    replyEnc: toBase64url(sealed.reply.enc),
    replyBody: toBase64url(sealed.reply.body),
  };
}

async function contentPairOf(
  tipId: string,
  keys: readonly KeyForYou[],
  roleKeys: readonly HeldRoleKey[],
  pairs: ContentPairs,
): Promise<KeyPair | "no_key" | "broken"> {
  const held = new Map(roleKeys.map((key) => [key.id, key]));
  const mine = keys.flatMap((key) => {
    const role = held.get(key.roleKeyId);
    return role === undefined || key.part !== "whole" ? [] : [{ key, role }];
  });
  if (mine.length === 0) return "no_key";
  const known = pairs.get(tipId);
  if (known !== undefined) return known;
  for (const { key, role } of mine) {
    const dataKey = await openDataKey(
      { enc: fromBase64url(key.enc), body: fromBase64url(key.body) },
      { table: "tips", id: tipId, record: "content", part: "whole" },
      role,
    );
    if (dataKey === null) continue;
    const pair = await contentKeyPair(dataKey);
    pairs.set(tipId, pair);
    return pair;
  }
  return "broken";
}
