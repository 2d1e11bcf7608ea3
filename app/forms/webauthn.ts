import { z } from "zod";

const token = z.string().min(1).max(200);
const challengeId = z.uuid();

/** What the page's script posts to the passkey endpoint; `response` is judged by the server's own parser. */
export const webauthnRequest = z.discriminatedUnion("step", [
  z.object({ step: z.literal("start-sign-in") }),
  z.object({
    step: z.literal("finish-sign-in"),
    challengeId,
    response: z.unknown(),
    next: z.string().max(2000).nullable().default(null),
  }),
  z.object({ step: z.literal("read-link"), token }),
  z.object({ step: z.literal("start-enrolment"), token }),
  z.object({ step: z.literal("finish-enrolment"), token, challengeId, response: z.unknown() }),
]);

export type WebauthnRequest = z.input<typeof webauthnRequest>;
