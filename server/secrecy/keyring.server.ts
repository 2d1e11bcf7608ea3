import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Env } from "~server/env.server";
import { subkey } from "./aead.server";

/** Keys the server itself needs. None of them opens anything a reporter sent. */
export type Keyring = {
  /** Seals the receipt in its cookie while a report is written. */
  readonly cookie: Buffer;
  /** Seals the short-lived tokens of /status forms. */
  readonly action: Buffer;
  /** Signs the work asked of a browser and the waiting question. */
  readonly challenge: Buffer;
  /** Hashes the numbers other channels gave their reports, which anybody could count through. */
  readonly imports: Buffer;
};

/** From SECRET_KEY, or outside production from a key made once under the data folder. */
export function openKeyring(env: Env): Keyring {
  const secret = env.secretKey ?? ownSecret(env.dataDir);
  return {
    cookie: subkey(secret, "receipt-cookie"),
    action: subkey(secret, "action-token"),
    challenge: subkey(secret, "challenge"),
    imports: subkey(secret, "import-numbers"),
  };
}

function ownSecret(dataDir: string): Buffer {
  const file = path.join(dataDir, "secret-key");
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(32).toString("base64"), { mode: 0o600, flag: "wx" });
  }
  return Buffer.from(readFileSync(file, "utf8"), "base64");
}
