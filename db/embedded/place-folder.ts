import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DomainError } from "~server/errors.server";
import { mayAccess, type Account } from "./pick-account";

// /var/tmp comes last: some systems empty it after a month.
const ELSEWHERE = ["/var/lib", "/var/tmp"];

/** The folder `dataDir` stands for so far: itself, or the one its pointer names. */
export function readPlace(dataDir: string): string {
  return existsSync(pointerOf(dataDir)) ? readFileSync(pointerOf(dataDir), "utf8").trim() : dataDir;
}

/**
 * Finds the folder for the cluster, its passwords and its log. It is `dataDir`, which exists, unless
 * `account` cannot enter that (root's home is closed to everyone else): then a folder under /var,
 * which a pointer file in `dataDir` names, so that later starts find the same data. The random
 * part of its name lets whoever deletes `dataDir` start from nothing, as they expect.
 */
export function placeFolder(dataDir: string, account: Account, log: (line: string) => void): string {
  const known = readPlace(dataDir);
  if (known !== dataDir) {
    if (!existsSync(known)) {
      throw new DomainError(
        "database_folder_missing",
        500,
        `数据文件夹 ${known} 不见了。请恢复它；若确定放弃其中数据，请删除 ${pointerOf(dataDir)} 后重试。`,
      );
    }
    return known;
  }
  if (account === null || mayAccess(account, [["-x", dataDir]])) return dataDir;
  if (mayAccess(account, [["-x", join(realpathSync(dataDir), "..")]])) {
    chmodSync(dataDir, 0o711);
    return dataDir;
  }
  const folder = makeElsewhere(dataDir, account);
  try {
    writeFileSync(pointerOf(dataDir), `${folder}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readPlace(dataDir);
  }
  log(`PostgreSQL 的账户进不了 ${dataDir}，数据放在 ${folder}。`);
  return folder;
}

function makeElsewhere(dataDir: string, account: Account): string {
  const origin = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 12);
  const name = `tipoff-portal-${origin}-${randomBytes(4).toString("hex")}`;
  for (const base of ELSEWHERE) {
    if (!existsSync(base) || !mayAccess(account, [["-x", base]])) continue;
    try {
      // Not recursive: a folder somebody else put there must fail, not be used.
      mkdirSync(join(base, name), { mode: 0o711 });
    } catch {
      continue;
    }
    chmodSync(join(base, name), 0o711);
    return join(base, name);
  }
  throw new DomainError(
    "database_no_place",
    500,
    `PostgreSQL 的账户进不了 ${dataDir}，也没有别处可放数据。请把项目移到别的账户可进入的文件夹，或设置 DATABASE_URL。`,
  );
}

function pointerOf(dataDir: string): string {
  return join(dataDir, "postgres.elsewhere");
}
