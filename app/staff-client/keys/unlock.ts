import { toBase64url, utf8 } from "~server/secrecy/format";
import { DEMO_PASSPHRASE, readRecoveryCode } from "~server/secrecy/personal-key";
import { signWithPasskey } from "../passkey";
import { keyringState, loadKeyring, unlockKeyring } from "./keyring";

/** Why keys did not unlock: the passkey gave no PRF output, opens no key, or the code is wrong. */
export type UnlockFault = "noPrf" | "wrongPasskey" | "badCode" | "wrongCode";

/**
 * Asks a passkey for its PRF output and unlocks with it. The challenge is made here and the answer is thrown away:
 * nothing is proved to anybody, so nothing is posted. Rejects when the person cancels.
 */
export async function unlockByPasskey(): Promise<UnlockFault | null> {
  const loaded = await loadKeyring();
  const wraps = loaded.state === "locked" ? (loaded.view.personalKey?.wraps ?? []) : [];
  const { prf } = await signWithPasskey({
    challenge: toBase64url(crypto.getRandomValues(new Uint8Array(32))),
    allowCredentials: wraps.flatMap(({ credentialId }) =>
      credentialId === null ? [] : [{ id: credentialId, type: "public-key" as const }],
    ),
    userVerification: "required",
    timeout: 300_000,
  });
  if (prf === null) return "noPrf";
  return (await unlockKeyring("passkey", prf)) ? null : "wrongPasskey";
}

/** Unlocks with the 24 words as typed. */
export async function unlockByCode(typed: string): Promise<UnlockFault | null> {
  const secret = readRecoveryCode(typed);
  if (secret === null) return "badCode";
  return (await unlockKeyring("recovery_code", secret)) ? null : "wrongCode";
}

/** Opens a demo person's keys again after they were locked by hand. */
export async function unlockDemo(): Promise<UnlockFault | null> {
  return (await unlockKeyring("demo_passphrase", utf8(DEMO_PASSPHRASE))) ? null : "wrongCode";
}

/** Unlocks, where keys are known to be locked, with what a touch for something else gave besides. */
export async function unlockWithPrf(prf: Uint8Array): Promise<void> {
  if (keyringState().state === "locked") await unlockKeyring("passkey", prf);
}
