import { z } from "zod";
import { bytes32, bytes48 } from "~server/secrecy/sealed-role-key";

const slot = z.string().min(1).max(200);
const sealed = { enc: bytes32, body: bytes48 };
const recovery = z.strictObject({ recoveryKeyId: z.uuid(), ...sealed });
const toPerson = z.strictObject({ personalKeyId: z.uuid(), ...sealed });
/** Judged by the step-up itself. */
const stepUp = z.string().max(20_000);

/** What the page of role keys posts, as JSON. Bytes in base64url; private keys are never among them. */
export const keyAct = z.discriminatedUnion("intent", [
  z.strictObject({
    intent: z.literal("make"),
    slot,
    id: z.uuid(),
    publicKey: bytes32,
    own: toPerson,
    recovery,
    stepUp,
  }),
  z.strictObject({
    intent: z.literal("share"),
    roleKeyId: z.uuid(),
    personalKeyId: z.uuid(),
    ...sealed,
    stepUp,
  }),
  z.strictObject({
    intent: z.literal("rotate"),
    slot,
    replaces: z.uuid(),
    id: z.uuid(),
    publicKey: bytes32,
    grants: z.array(toPerson).min(1).max(500),
    recovery,
    stepUp,
  }),
  z.strictObject({
    intent: z.literal("recover"),
    roleKeyId: z.uuid(),
    personalKeyId: z.uuid(),
    ...sealed,
    stepUp,
  }),
  /** Asks for a ticket to go on re-wrapping with. */
  z.strictObject({ intent: z.literal("resume"), slot, stepUp }),
  z.strictObject({
    intent: z.literal("rewrap"),
    slot,
    ticket: z.string().max(1000),
    to: z.uuid(),
    keys: z
      .array(z.strictObject({ id: z.uuid(), ...sealed }))
      .min(1)
      .max(200),
  }),
]);
export type KeyAct = z.input<typeof keyAct>;

/** What is answered: a ticket after a rotation, counts after a batch. */
export type KeyActDone = { readonly ticket?: string; readonly replaced?: number; readonly left?: number };

/** The recovery key's public half, pasted from the recovery command: bare or with what surrounds it on the screen. */
export const recoveryKeyForm = z.object({
  publicKey: z
    .string()
    .default("")
    .transform((text) => /(?:^|[^A-Za-z0-9_-])([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/.exec(text)?.[1] ?? "")
    .pipe(z.string().min(43, "publicKey")),
});

/** An answer to a registered recovery key. */
export const recoveryAnswerForm = z.object({ requestId: z.uuid() });

/** The second administrator's confirmation: the key as the page had it, and its fingerprint typed from the print-out. */
export const recoveryConfirmForm = z.object({
  requestId: z.uuid("fingerprint"),
  publicKey: bytes32,
  fingerprint: z.preprocess(
    (value) => (typeof value === "string" ? value.normalize("NFKC").replace(/\D/g, "") : value),
    z.string().regex(/^\d{24}$/, "fingerprint"),
  ),
});
