import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { clusterPath, passwordsPath, type Passwords } from "./init-cluster";
import { readPlace } from "./place-folder";

/**
 * The embedded server that already runs on `dataDir`, so that a command can work beside the portal; null when none
 * does. It is not ours to stop.
 */
export function findRunningPostgres(
  dataDir: string,
): { superuserUrl: string; passwords: Pick<Passwords, "owner" | "app"> } | null {
  if (!existsSync(dataDir)) return null;
  const folder = readPlace(realpathSync(dataDir));
  const pidFile = join(clusterPath(folder), "postmaster.pid");
  if (!existsSync(pidFile) || !existsSync(passwordsPath(folder))) return null;
  // Lines of postmaster.pid: pid, data folder, start time, port, …, and "ready" as the eighth.
  const lines = readFileSync(pidFile, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!isAlive(pid) || !port || lines[7] !== "ready") return null;
  const passwords = JSON.parse(readFileSync(passwordsPath(folder), "utf8")) as Passwords;
  return { superuserUrl: `postgres://postgres:${passwords.superuser}@127.0.0.1:${port}/postgres`, passwords };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
