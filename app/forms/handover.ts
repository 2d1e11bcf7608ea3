import { z } from "zod";

/** Leads named in one request; keys stored by one request. */
export const HANDOVER_LEADS = 100;
export const HANDOVER_KEYS = 200;

const base64url = (length: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));

/** A content key sealed to a body: HPKE's encapsulation (32 bytes) and ciphertext with tag (48 bytes). */
const handedOver = z.strictObject({
  tipId: z.uuid(),
  roleKeyId: z.uuid(),
  enc: base64url(43),
  body: base64url(64),
});

/** What triage's browser asks of the endpoint: what waits, or that sealed keys be kept. `leadIds` null means all leads. */
export const handoverRequest = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("list"),
    leadIds: z.array(z.uuid()).min(1).max(HANDOVER_LEADS).nullable(),
    skip: z.number().int().min(0).max(1_000_000).default(0),
  }),
  z.strictObject({ step: z.literal("store"), keys: z.array(handedOver).min(1).max(HANDOVER_KEYS) }),
]);
export type HandoverRequest = z.input<typeof handoverRequest>;
