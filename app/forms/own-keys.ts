import { z } from "zod";
import { cleanText } from "./clean-text";

/** Raw bytes of one exact length as unpadded base64url, checked before anything decodes them. */
function bytesOf(length: number) {
  return z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((length * 4) / 3)}}$`));
}

/** A wrapped personal private key: HKDF salt, and nonce (12), key (32) and tag (16) of AES-256-GCM. */
const wrap = z.strictObject({ salt: bytesOf(32), body: bytesOf(60) });
export type PostedWrap = z.infer<typeof wrap>;

const stepUp = z.string().min(1).max(20_000);
const keyId = z.uuid();

/** How long a passkey's name may be, in characters. */
export const LABEL_LENGTH = 40;

export const passkeyLabel = z.preprocess(
  cleanText,
  z
    .string("labelTooLong")
    .refine((value) => [...value].length <= LABEL_LENGTH && !/\p{Cc}/u.test(value), "labelTooLong"),
);

/**
 * What the account page's script posts: public halves and wraps, never a secret. The objects are closed, so that a
 * script that sent more is refused rather than half read.
 */
export const ownKeysRequest = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("make-key"),
    keyId,
    publicKey: bytesOf(32),
    code: wrap,
    /** null where the passkey gave no PRF output. */
    passkey: wrap.nullable(),
    stepUp,
  }),
  z.strictObject({ step: z.literal("wrap-passkey"), keyId, passkey: wrap, stepUp }),
  z.strictObject({ step: z.literal("new-code"), keyId, code: wrap, stepUp }),
  z.strictObject({ step: z.literal("start-add"), stepUp }),
  z.strictObject({
    step: z.literal("finish-add"),
    challengeId: z.uuid(),
    response: z.unknown(),
    label: passkeyLabel,
    wrap: z.strictObject({ keyId, ...wrap.shape }).nullable(),
  }),
]);
export type OwnKeysRequest = z.input<typeof ownKeysRequest>;
