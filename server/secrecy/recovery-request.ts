import { z } from "zod";
import { bytes32, bytes48 } from "./sealed-role-key";

/** What a member takes to the share holders: which role key they need opened, and for which personal key. */
export const recoveryRequest = z.object({
  format: z.literal("tipoff-recovery-request.v1"),
  roleKey: z.object({
    id: z.uuid(),
    slot: z.string().min(1).max(200),
    epoch: z.number().int().min(1),
    publicKey: bytes32,
  }),
  recoveryKey: z.object({ id: z.uuid(), publicKey: bytes32 }),
  /** The role's private key sealed to the recovery key. */
  grant: z.object({ enc: bytes32, body: bytes48 }),
  personalKey: z.object({ id: z.uuid(), publicKey: bytes32 }),
});
export type RecoveryRequest = z.infer<typeof recoveryRequest>;

/** What they take back: the role's private key sealed to that personal key. */
export const recoveryGrant = z.object({
  format: z.literal("tipoff-recovery-grant.v1"),
  roleKeyId: z.uuid(),
  personalKeyId: z.uuid(),
  enc: bytes32,
  body: bytes48,
});
export type RecoveryGrant = z.infer<typeof recoveryGrant>;
