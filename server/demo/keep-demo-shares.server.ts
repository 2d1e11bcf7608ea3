import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { splitRecoveryKey } from "~server/secrecy/recovery-shares";

/** Leaves the demo's five recovery shares beside its database, so that a drill can be tried. Real ones go to five people. */
export async function keepDemoShares(dataDir: string, recoveryPrivateKey: Uint8Array): Promise<void> {
  const folder = path.join(dataDir, "demo-recovery-shares");
  mkdirSync(folder, { recursive: true });
  for (const [at, share] of (await splitRecoveryKey(recoveryPrivateKey)).entries()) {
    writeFileSync(path.join(folder, `share-${at + 1}.txt`), `${share}\n`, { mode: 0o600 });
  }
}
