import { z } from "zod";

/** Acts graver than a signed-in session: each needs a passkey's touch at that moment, bound to what is done. */
export const STEP_UP_ACTS = [
  "role.request",
  "role.grant",
  "role.revoke",
  "staff.suspend",
  "staff.link",
  "passkey.add",
  "passkey.revoke",
  "key.personal",
  "key.wrap",
  "key.code",
  "key.make",
  "key.grant",
  "key.rotate",
  "key.resume",
  "key.recover",
  "recovery.register",
  "recovery.confirm",
  "identity.request",
  "identity.open",
  "identity.decline",
  "recusal.end",
  "pack.request",
  "pack.agree",
  "scheme.request",
  "bank_format.request",
  "bank_format.agree",
  "scheme.agree",
  "deletion.approve",
  "window.pay",
  "ledger.ask",
  "ledger.agree",
] as const;
export type StepUpAct = (typeof STEP_UP_ACTS)[number];

/**
 * What a page posts to ask for the challenge. `subject` says what is agreed to (see `agreedTo`, and `subjectOf` for
 * people): ids, and texts and keys by their hash.
 */
export const stepUpRequest = z.strictObject({
  act: z.enum(STEP_UP_ACTS),
  subject: z.string().min(1).max(300),
});
export type StepUpRequest = z.input<typeof stepUpRequest>;

/** What the form then carries in its field `stepUp`, as JSON; `response` is judged by the server's own parser. */
export const stepUpProof = z.strictObject({ challengeId: z.uuid(), response: z.unknown() });
