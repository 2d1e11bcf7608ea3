import { openWith, sealTo } from "./hpke";

const INFO = "tipoff-portal/match-keys/v1";

/** Whether a private key is the other half of a public one: what is sealed to the one opens with the other. */
export async function keysMatch(publicKey: Uint8Array, privateKey: Uint8Array): Promise<boolean> {
  const probe = crypto.getRandomValues(new Uint8Array(32));
  try {
    const opened = await openWith(privateKey, INFO, await sealTo(publicKey, INFO, probe));
    return opened !== null && opened.every((byte, at) => byte === probe[at]);
  } catch {
    return false;
  }
}

/** Whether anything can be sealed to these bytes: points of low order, which would stop every intake, are not keys. */
export async function isUsablePublicKey(publicKey: Uint8Array): Promise<boolean> {
  try {
    await sealTo(publicKey, INFO, new Uint8Array(32));
    return true;
  } catch {
    return false;
  }
}
