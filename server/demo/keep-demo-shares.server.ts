import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { toBase64url } from "~server/secrecy/format";
import { splitRecoveryKey } from "~server/secrecy/recovery-shares";

/**
 * Leaves the demo's five recovery shares beside its database, and the public half to drill them against
 * (`keys:recovery drill --public "$(cat public-key.txt)" share-*.txt`). Real ones go to five people.
 */
export async function keepDemoShares(
  dataDir: string,
  recovery: { readonly recoveryPrivateKey: Uint8Array; readonly recoveryPublicKey: Uint8Array },
): Promise<void> {
  const folder = path.join(dataDir, "demo-recovery-shares");
  mkdirSync(folder, { recursive: true });
  for (const [at, share] of (await splitRecoveryKey(recovery.recoveryPrivateKey)).entries()) {
    writeFileSync(path.join(folder, `share-${at + 1}.txt`), `${share}\n`, { mode: 0o600 });
  }
  writeFileSync(path.join(folder, "public-key.txt"), `${toBase64url(recovery.recoveryPublicKey)}\n`);
}
