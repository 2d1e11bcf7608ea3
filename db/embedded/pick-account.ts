import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";

/** The account PostgreSQL runs under; null means the one this process already has. */
export type Account = { uid: number; gid: number } | null;

/**
 * PostgreSQL refuses to run as root. For root this is the owner of an existing cluster (a later
 * installation of another PostgreSQL must not orphan our data), else `postgres`, created if the
 * system can, else `nobody`.
 */
export function pickAccount(clusterDir: string): Account {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUp("postgres") ?? create("postgres") ?? lookUp("nobody") ?? { uid: 65534, gid: 65534 };
}

/** Whether `account` may do what the `test` expression says with each path; asked of the kernel. */
export function mayAccess(
  account: Account,
  checks: readonly (readonly ["-x" | "-r" | "-w", string])[],
): boolean {
  const script = checks.map(([flag], index) => `test ${flag} "$${index + 1}"`).join(" && ");
  const paths = checks.map(([, path]) => path);
  return spawnSync("/bin/sh", ["-c", script, "sh", ...paths], { cwd: "/", ...account }).status === 0;
}

function lookUp(name: string): Account {
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number.parseInt(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout ?? "", 10),
  );
  return uid && gid !== undefined && !Number.isNaN(gid) ? { uid, gid } : null;
}

function create(name: string): Account {
  spawnSync("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/usr/sbin/nologin",
    name,
  ]);
  return lookUp(name);
}
