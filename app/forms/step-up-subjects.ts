import { toBase64url } from "~server/secrecy/format";
import type { KeyAct } from "./key-acts";
import type { StepUpRequest } from "./step-up";

type Act<Intent extends KeyAct["intent"], Field extends string> = Pick<
  Extract<KeyAct, { intent: Intent }>,
  Field & keyof Extract<KeyAct, { intent: Intent }>
>;

type Grave = Exclude<KeyAct, { intent: "rewrap" }>;
/** An act of the page of role keys but for the touch that goes with it. */
export type UntouchedKeyAct = Grave extends infer One
  ? One extends Grave
    ? Omit<One, "stepUp">
    : never
  : never;

/**
 * What a passkey's touch agrees to, act by act: the same in the browser, which asks for it, and on the server, which
 * computes it anew from what was posted. Ids name whom and what; texts and keys go in by their SHA-256, so that a
 * reason or a key put in another's place after the touch is refused.
 */
export const agreedTo = {
  identityRequest: async (of: { id: string; tipId: string; reason: string }): Promise<StepUpRequest> => ({
    act: "identity.request",
    subject: `${of.tipId}:${of.id}:${await digestOf(of.reason)}`,
  }),
  identityOpening: (requestId: string): StepUpRequest => ({ act: "identity.open", subject: requestId }),
  identityDecline: async (of: { requestId: string; answer: string }): Promise<StepUpRequest> => ({
    act: "identity.decline",
    subject: `${of.requestId}:${await digestOf(of.answer)}`,
  }),
  personalKey: async (of: { keyId: string; publicKey: string }): Promise<StepUpRequest> => ({
    act: "key.personal",
    subject: `${of.keyId}:${await digestOf(of.publicKey)}`,
  }),
  passkeyWrap: (keyId: string): StepUpRequest => ({ act: "key.wrap", subject: keyId }),
  recoveryCode: (keyId: string): StepUpRequest => ({ act: "key.code", subject: keyId }),
  roleKey: async (of: Act<"make", "slot" | "id" | "publicKey">): Promise<StepUpRequest> => ({
    act: "key.make",
    subject: `${of.slot}:${of.id}:${await digestOf(of.publicKey)}`,
  }),
  /** Whom the new key is sealed to is agreed to with it. */
  rotation: async (
    of: Act<"rotate", "slot" | "replaces" | "publicKey" | "grants">,
  ): Promise<StepUpRequest> => ({
    act: "key.rotate",
    subject: `${of.slot}:${of.replaces}:${await digestOf(of.publicKey, ...of.grants.map(({ personalKeyId }) => personalKeyId))}`,
  }),
  rewrapping: (slot: string): StepUpRequest => ({ act: "key.resume", subject: slot }),
  grant: (of: Act<"share", "roleKeyId" | "personalKeyId">): StepUpRequest => ({
    act: "key.grant",
    subject: `${of.roleKeyId}:${of.personalKeyId}`,
  }),
  recovered: (of: Act<"recover", "roleKeyId" | "personalKeyId">): StepUpRequest => ({
    act: "key.recover",
    subject: `${of.roleKeyId}:${of.personalKeyId}`,
  }),
  recoveryKey: async (of: { publicKey: string }): Promise<StepUpRequest> => ({
    act: "recovery.register",
    subject: await digestOf(of.publicKey),
  }),
  recoveryKeyConfirmed: async (of: { requestId: string; publicKey: string }): Promise<StepUpRequest> => ({
    act: "recovery.confirm",
    subject: `${of.requestId}:${await digestOf(of.publicKey)}`,
  }),
  /** The rules by their hash, and why. */
  packRequest: async (of: {
    proposalId: string;
    sha256: string;
    reason: string;
  }): Promise<StepUpRequest> => ({
    act: "pack.request",
    subject: `${of.proposalId}:${of.sha256}:${await digestOf(of.reason)}`,
  }),
  packAgreed: (of: { proposalId: string; sha256: string }): StepUpRequest => ({
    act: "pack.agree",
    subject: `${of.proposalId}:${of.sha256}`,
  }),
  /** A scheme's version by its hash, and why. */
  schemeRequest: async (of: {
    proposalId: string;
    sha256: string;
    reason: string;
  }): Promise<StepUpRequest> => ({
    act: "scheme.request",
    subject: `${of.proposalId}:${of.sha256}:${await digestOf(of.reason)}`,
  }),
  schemeAgreed: (of: { proposalId: string; sha256: string }): StepUpRequest => ({
    act: "scheme.agree",
    subject: `${of.proposalId}:${of.sha256}`,
  }),
  /** A format of the bank's files by its hash, and why. */
  formatRequest: async (of: {
    proposalId: string;
    sha256: string;
    reason: string;
  }): Promise<StepUpRequest> => ({
    act: "bank_format.request",
    subject: `${of.proposalId}:${of.sha256}:${await digestOf(of.reason)}`,
  }),
  formatAgreed: (of: { proposalId: string; sha256: string }): StepUpRequest => ({
    act: "bank_format.agree",
    subject: `${of.proposalId}:${of.sha256}`,
  }),
  recusalEnd: (of: { leadId: string; recusalId: string }): StepUpRequest => ({
    act: "recusal.end",
    subject: `${of.leadId}:${of.recusalId}`,
  }),
  /** Which award, at which window; the code it is paid against is on the counter. */
  windowPayment: (of: { windowId: string; awardId: string }): StepUpRequest => ({
    act: "window.pay",
    subject: `${of.windowId}:${of.awardId}`,
  }),
  /** The frozen set goes in by its hash: none but the reports that were looked through. */
  deletion: (of: { batchId: string; set: string }): StepUpRequest => ({
    act: "deletion.approve",
    subject: `${of.batchId}:${of.set}`,
  }),
  /** Everything filled in, and what another asked for by the hash of all it says. */
  ledgerAsked: async (said: readonly string[]): Promise<StepUpRequest> => ({
    act: "ledger.ask",
    subject: await digestOf(...said),
  }),
  ledgerAgreed: (of: { requestId: string; digest: string }): StepUpRequest => ({
    act: "ledger.agree",
    subject: `${of.requestId}:${of.digest}`,
  }),
} as const;

/** What an act of the page of role keys agrees to. */
export async function keyActAgreed(act: UntouchedKeyAct): Promise<StepUpRequest> {
  switch (act.intent) {
    case "make":
      return agreedTo.roleKey(act);
    case "share":
      return agreedTo.grant(act);
    case "rotate":
      return agreedTo.rotation(act);
    case "recover":
      return agreedTo.recovered(act);
    case "resume":
      return agreedTo.rewrapping(act.slot);
  }
}

/** SHA-256 in base64url of one text, or of several as a JSON list in which each keeps its bounds. */
export async function digestOf(...texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
