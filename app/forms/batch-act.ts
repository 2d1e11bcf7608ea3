import { z } from "zod";

const batchId = z.uuid();
const base64url = z.string().regex(/^[A-Za-z0-9_-]{20,200}$/);

/** What the script of a batch's page posts: sealed shares, hashes and signatures; nothing of a payee in the clear. */
export const batchAct = z.discriminatedUnion("step", [
  z.strictObject({ step: z.literal("ask"), batchId }),
  z.strictObject({ step: z.literal("sign"), batchId, challengeId: z.uuid(), response: z.unknown() }),
  z.strictObject({ step: z.literal("payees"), batchId }),
  z.strictObject({
    step: z.literal("hand"),
    batchId,
    roleKeyId: z.uuid(),
    shares: z
      .array(z.strictObject({ payeeId: z.uuid(), enc: base64url, body: base64url }))
      .min(1)
      .max(50),
  }),
  z.strictObject({ step: z.literal("open"), batchId, executeOn: z.iso.date() }),
  z.strictObject({
    step: z.literal("file"),
    batchId,
    kind: z.enum(["pain001", "csv"]),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    lines: z.number().int().min(1).max(500),
    sumFen: z.string().regex(/^[1-9]\d{0,17}$/),
  }),
]);
export type BatchAct = z.input<typeof batchAct>;
