import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { completeNative, findBinaries, locateNative } from "~db/embedded/find-binaries";
import { pickAccount } from "~db/embedded/pick-account";
import { closedFolder, isRoot } from "./in-temp-folder";

/** The package's folder as an archive holds it: no links, and nothing executable. */
function packedNative(): string {
  const nativeDir = join(closedFolder(), "native");
  cpSync(locateNative().nativeDir, nativeDir, {
    recursive: true,
    filter: (path) => !path.endsWith(".a") && !lstatSync(path).isSymbolicLink(),
  });
  for (const name of readdirSync(join(nativeDir, "bin"))) chmodSync(join(nativeDir, "bin", name), 0o644);
  return nativeDir;
}

function listedLinks(nativeDir: string): string[] {
  const list = JSON.parse(readFileSync(join(nativeDir, "pg-symlinks.json"), "utf8")) as { target: string }[];
  return list.map(({ target }) => join(nativeDir, "..", target));
}

test("links and modes that a skipped postinstall left out are made, once", () => {
  const nativeDir = packedNative();
  const links = listedLinks(nativeDir);
  expect(links.some((link) => existsSync(link))).toBe(false);
  completeNative(nativeDir);
  completeNative(nativeDir);
  for (const link of links) expect(lstatSync(link).isSymbolicLink(), link).toBe(true);
  const version = execFileSync(join(nativeDir, "bin", "initdb"), ["--version"], { encoding: "utf8" });
  expect(version).toContain("18.4");
});

test("a package folder that cannot be entered, or not be completed, is copied", () => {
  const nativeDir = packedNative();
  // Root runs PostgreSQL under an account that cannot enter; others cannot write here.
  if (!isRoot) for (const name of ["lib", "bin"]) chmodSync(join(nativeDir, name), 0o555);
  const folder = closedFolder();
  const account = pickAccount(folder);
  if (isRoot) chmodSync(folder, 0o711);
  const located = { nativeDir, version: "18" };
  expect(findBinaries(folder, account, located)).toBe(join(folder, "native-18", "bin"));
  expect(findBinaries(folder, account, located)).toBe(join(folder, "native-18", "bin"));
  expect(readdirSync(folder)).toEqual(["native-18"]);
  const initdb = join(folder, "native-18", "bin", "initdb");
  expect(execFileSync(initdb, ["--version"], { encoding: "utf8", cwd: "/", ...account })).toContain("18.4");
  for (const name of ["lib", "bin"]) chmodSync(join(nativeDir, name), 0o755);
});
