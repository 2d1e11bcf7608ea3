import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { v7 as uuidv7 } from "uuid";
import type { PostedWrap } from "~/forms/own-keys";
import { agreedTo } from "~/forms/step-up-subjects";
import { toBase64url } from "~server/secrecy/format";
import { makeKeyPair, type KeyPair } from "~server/secrecy/hpke";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import { makeRecoveryCode, wrapPersonalKey, type WrapMethod } from "~server/secrecy/personal-key";
import { askOwnKeys } from "../ask-webauthn";
import { registerPasskey } from "../passkey";
import { stepUpWithPrf } from "../step-up";
import { loadKeyring, unlockKeyring } from "./keyring";

export type RecoveryCode = ReturnType<typeof makeRecoveryCode>;

/** A key made in this page and not yet kept anywhere: leaving the page throws it away. */
export type NewKey = { readonly id: string; readonly pair: KeyPair; readonly code: RecoveryCode };

export async function makeNewKey(): Promise<NewKey> {
  return { id: uuidv7(), pair: await makeKeyPair(), code: makeRecoveryCode() };
}

/**
 * One touch proves the person and gives the PRF output; the key is wrapped under it and under the code, and only the
 * wraps and the public half are posted. Ends with the keys unlocked. `byPasskey` is false where the passkey gives none.
 */
export async function keepNewKey({ id, pair, code }: NewKey): Promise<{ byPasskey: boolean }> {
  const publicKey = toBase64url(pair.publicKey);
  const { proof, prf } = await stepUpWithPrf(await agreedTo.personalKey({ keyId: id, publicKey }));
  await askOwnKeys({
    step: "make-key",
    keyId: id,
    publicKey,
    code: await wrapped(pair.privateKey, id, "recovery_code", code.secret),
    passkey: prf === null ? null : await wrapped(pair.privateKey, id, "passkey", prf),
    stepUp: proof,
  });
  await loadKeyring({ anew: true });
  await unlockKeyring("recovery_code", code.secret);
  return { byPasskey: prf !== null };
}

/** Puts a new recovery code in the old one's place. */
export async function keepNewCode(keyring: OpenKeyring, code: RecoveryCode): Promise<void> {
  const { personalKeyId: keyId, personalPrivateKey } = keyring;
  const { proof } = await stepUpWithPrf(agreedTo.recoveryCode(keyId));
  await askOwnKeys({
    step: "new-code",
    keyId,
    code: await wrapped(personalPrivateKey, keyId, "recovery_code", code.secret),
    stepUp: proof,
  });
  await loadKeyring({ anew: true });
}

/** Lets one of the person's passkeys unlock the open key. False where it gives no PRF output. */
export async function letPasskeyUnlock(keyring: OpenKeyring, credentialId: string): Promise<boolean> {
  const { personalKeyId: keyId, personalPrivateKey } = keyring;
  const { proof, prf } = await stepUpWithPrf(agreedTo.passkeyWrap(keyId), credentialId);
  if (prf === null) return false;
  const passkey = await wrapped(personalPrivateKey, keyId, "passkey", prf);
  await askOwnKeys({ step: "wrap-passkey", keyId, passkey, stepUp: proof });
  await loadKeyring({ anew: true });
  return true;
}

/**
 * Makes one more passkey for the person: a touch of one they have, then of the new one. With the keys open the new one
 * is let unlock them too; where making it gave no PRF output yet (many give it only on use) it is touched once more.
 */
export async function addPasskey(input: {
  readonly staffId: string;
  readonly label: string;
  readonly keyring: OpenKeyring | null;
}): Promise<"unlocks" | "cannotUnlock" | "notYet"> {
  const { keyring, label } = input;
  const { proof } = await stepUpWithPrf({ act: "passkey.add", subject: input.staffId });
  const { challengeId, options } = (await askOwnKeys({ step: "start-add", stepUp: proof })) as {
    challengeId: string;
    options: PublicKeyCredentialCreationOptionsJSON;
  };
  const { answer, prf } = await registerPasskey(options);
  const wrap =
    prf === null || keyring === null
      ? null
      : {
          keyId: keyring.personalKeyId,
          ...(await wrapped(keyring.personalPrivateKey, keyring.personalKeyId, "passkey", prf)),
        };
  await askOwnKeys({ step: "finish-add", challengeId, response: answer, label, wrap });
  if (wrap !== null) {
    await loadKeyring({ anew: true });
    return "unlocks";
  }
  if (answer.clientExtensionResults.prf?.enabled !== true) return "cannotUnlock";
  // The passkey is kept already: a cancelled second touch leaves it without the wrap, and the page offers it again.
  if (keyring === null) return "notYet";
  return letPasskeyUnlock(keyring, answer.id).then(
    (unlocks) => (unlocks ? "unlocks" : "cannotUnlock"),
    () => "notYet",
  );
}

async function wrapped(
  privateKey: Uint8Array,
  personalKeyId: string,
  method: WrapMethod,
  secret: Uint8Array,
): Promise<PostedWrap> {
  const { salt, body } = await wrapPersonalKey(privateKey, { method, secret, personalKeyId });
  return { salt: toBase64url(salt), body: toBase64url(body) };
}
