import { z } from "zod";
import { cleanNote } from "./clean-text";

export const REASON_LEAST = 10;
export const REASON_MOST = 500;

const base64url = (length: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));

/** Why an identity is to be opened, or why not: 10 to 500 characters, without personal data. */
export const identityReason = z.preprocess(
  cleanNote,
  z
    .string()
    .refine(
      (text) => Array.from(text).length >= REASON_LEAST && Array.from(text).length <= REASON_MOST,
      "identityReason",
    ),
);

/** What custodians' browsers ask of the endpoint. `stepUp` is the passkey's answer, judged by the server's own parser. */
export const identityAct = z.discriminatedUnion("step", [
  z.strictObject({ step: z.literal("find"), reference: z.string().max(100) }),
  z.strictObject({
    step: z.literal("request"),
    id: z.uuid(),
    tipId: z.uuid(),
    reason: identityReason,
    roleKeyId: z.uuid(),
    /** The share sealed to the other side: HPKE's encapsulation (32 bytes) and ciphertext with tag (48 bytes). */
    enc: base64url(43),
    body: base64url(64),
    stepUp: z.string().max(20_000),
  }),
  z.strictObject({
    step: z.literal("decline"),
    requestId: z.uuid(),
    answer: identityReason,
    stepUp: z.string().max(20_000),
  }),
  z.strictObject({ step: z.literal("open"), requestId: z.uuid(), stepUp: z.string().max(20_000) }),
]);
export type IdentityAct = z.input<typeof identityAct>;
