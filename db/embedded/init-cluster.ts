import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DomainError } from "~server/errors.server";
import type { Account } from "./pick-account";
import { SERVER_ENVIRONMENT } from "./settings";

/** What lies in `<folder>/postgres`: the cluster and, beside it, the passwords to it. */
export type Cluster = { clusterDir: string; passwords: Passwords };
export type Passwords = { superuser: string; owner: string; app: string };

export function clusterPath(folder: string): string {
  return join(folder, "postgres", "cluster");
}

export function passwordsPath(folder: string): string {
  return join(folder, "postgres", "passwords.json");
}

/**
 * Makes the cluster on first start. It is made under another name and renamed when complete, together
 * with its passwords, so that an interruption leaves either nothing or everything. The caller holds
 * the folder's lock.
 *
 * The builtin C.UTF-8 locale sorts and folds case the same on every machine; the operating system's
 * or ICU's would differ and corrupt indexes when the data moves.
 */
export async function initCluster(
  folder: string,
  bin: string,
  account: Account,
  durable: boolean,
): Promise<Cluster> {
  const home = join(folder, "postgres");
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith("postgres.new-")) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  if (!existsSync(home)) {
    const fresh = join(folder, `postgres.new-${randomBytes(4).toString("hex")}`);
    await makeCluster(fresh, bin, account, durable);
    renameSync(fresh, home);
    if (durable) syncFolder(folder);
  }
  const passwords = JSON.parse(readFileSync(passwordsPath(folder), "utf8")) as Passwords;
  return { clusterDir: clusterPath(folder), passwords };
}

async function makeCluster(fresh: string, bin: string, account: Account, durable: boolean): Promise<void> {
  const [clusterDir, passwordFile] = [join(fresh, "cluster"), join(fresh, "initdb-password")];
  const passwords: Passwords = { superuser: randomSecret(), owner: randomSecret(), app: randomSecret() };
  mkdirSync(clusterDir, { recursive: true, mode: 0o700 });
  if (account) chmodSync(fresh, 0o711);
  writeFileSync(join(fresh, "passwords.json"), `${JSON.stringify(passwords)}\n`, {
    mode: 0o600,
    flush: durable,
  });
  writeFileSync(passwordFile, `${passwords.superuser}\n`, { mode: 0o600 });
  if (account) for (const path of [clusterDir, passwordFile]) chownSync(path, account.uid, account.gid);
  const flags = [
    `--pgdata=${clusterDir}`,
    `--pwfile=${passwordFile}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ];
  await run(join(bin, "initdb"), flags, account);
  rmSync(passwordFile);
}

function run(command: string, args: string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
      ...account,
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", (error) => reject(cannotRun(error.message)));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(cannotRun(said.trim().split("\n").slice(-3).join(" ")));
    });
  });
}

function cannotRun(reason: string): DomainError {
  return new DomainError("database_init_failed", 500, `内置 PostgreSQL 初始化失败：${reason}`);
}

/** 192 bits, safe in a URL. */
function randomSecret(): string {
  return randomBytes(24).toString("base64url");
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
