const GROUPS = 4;
const DIGITS = 6;

/**
 * A public key as two people compare it by phone: four groups of six digits out of its SHA-256 (80 bits, digits alone
 * because letters are misheard). `123456 123456 123456 123456`.
 */
export async function fingerprintOf(publicKey: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(publicKey)));
  return Array.from({ length: GROUPS }, (_, group) => {
    // 40 bits over a million values: the bias is below one in a million.
    const bytes = digest.subarray(group * 5, group * 5 + 5);
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
  }).join(" ");
}
