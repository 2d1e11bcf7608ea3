import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { buildBundle, sourceStamp } from "~server/cli/bootstrap/build-bundle.mjs";
import { installPackages, installStamp } from "~server/cli/bootstrap/install-packages.mjs";

/** A repository whose only package lies in it, so that npm ci needs no network. */
function repository(): string {
  const root = mkdtempSync(join(tmpdir(), "repository-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "dep"));
  writeFileSync(join(root, "dep", "package.json"), '{"name":"dep","version":"1.0.0"}');
  writeFileSync(join(root, "package.json"), '{"name":"r","devDependencies":{"dep":"file:dep"}}');
  const packages = {
    "": { name: "r", devDependencies: { dep: "file:dep" } },
    dep: { version: "1.0.0", dev: true },
    "node_modules/dep": { resolved: "dep", link: true },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  return root;
}

/** What was said on stderr, line by line. */
function listen(): string[] {
  const said: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void said.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  return said;
}

const stamp = (root: string) => join(root, "node_modules", ".installed");

test("packages are installed once, development ones too under NODE_ENV=production", async () => {
  const [root, said] = [repository(), listen()];
  vi.stubEnv("NODE_ENV", "production");
  onTestFinished(() => void vi.unstubAllEnvs());
  await Promise.all([installPackages(root), installPackages(root)]);
  await installPackages(root);
  expect(said.filter((line) => line.includes("npm ci"))).toHaveLength(1);
  expect(existsSync(join(root, "node_modules", "dep", "package.json"))).toBe(true);
  expect(readFileSync(stamp(root), "utf8")).toBe(installStamp(root));
});

test("a changed lock file and an interrupted install are installed again", async () => {
  const [root, said] = [repository(), listen()];
  await installPackages(root);
  writeFileSync(
    join(root, "package-lock.json"),
    `${readFileSync(join(root, "package-lock.json"), "utf8")}\n`,
  );
  await installPackages(root);
  expect(said).toHaveLength(2);
  rmSync(join(root, "node_modules"), { recursive: true });
  mkdirSync(join(root, "node_modules", "half"), { recursive: true });
  await installPackages(root);
  expect(said).toHaveLength(3);
  expect(existsSync(join(root, "node_modules", "half"))).toBe(false);
});

test("a complete install made by hand is taken as it is, and so is a linked one", async () => {
  const [root, said] = [repository(), listen()];
  await installPackages(root);
  rmSync(stamp(root));
  await installPackages(root);
  expect(existsSync(stamp(root))).toBe(true);
  const linked = repository();
  symlinkSync(join(root, "node_modules"), join(linked, "node_modules"));
  await installPackages(linked);
  expect(said).toHaveLength(1);
});

test("a failed install ends with one plain line and is tried again next time", async () => {
  const [root, said] = [repository(), listen()];
  writeFileSync(join(root, "package.json"), '{"name":"r","devDependencies":{"other":"1.0.0"}}');
  const failed = {
    plain: true,
    message: expect.stringMatching(/^依赖安装失败（EUSAGE）.*install\.log[^\n]*$/) as string,
  };
  await expect(installPackages(root)).rejects.toMatchObject(failed);
  await expect(installPackages(root)).rejects.toMatchObject(failed);
  expect(said.filter((line) => line.startsWith("安装依赖"))).toHaveLength(2);
  expect(readFileSync(join(root, ".cache", "install.log"), "utf8")).toContain("npm error code EUSAGE");
});

test("the build is stale exactly when a source's name or content changed", async () => {
  const root = repository();
  mkdirSync(join(root, "app", "routes"), { recursive: true });
  writeFileSync(join(root, "app", "routes", "a.tsx"), "1");
  const before = sourceStamp(root);
  writeFileSync(join(root, "README.md"), "not a source");
  writeFileSync(join(root, "app", "routes", "a.tsx"), "1");
  expect(sourceStamp(root)).toBe(before);
  mkdirSync(join(root, "build", "server"), { recursive: true });
  writeFileSync(join(root, "build", "server", "index.js"), "");
  writeFileSync(join(root, "build", ".stamp"), before);
  expect(await buildBundle(root)).toBe(true);
  writeFileSync(join(root, "app", "routes", "b.tsx"), "1");
  expect(sourceStamp(root)).not.toBe(before);
});

test("a failed build leaves no stamp", async () => {
  const [root, said] = [repository(), listen()];
  await expect(buildBundle(root)).rejects.toMatchObject({ plain: true });
  expect(said[0]).toContain("构建");
  expect(existsSync(join(root, "build", ".stamp"))).toBe(false);
});

test("an unknown command is one line on stderr and nothing on stdout", () => {
  const bootstrap = new URL("../../server/cli/bootstrap.mjs", import.meta.url);
  expect(() => execFileSync(process.execPath, [bootstrap.pathname, "toString"], { stdio: "pipe" })).toThrow(
    expect.objectContaining({ status: 1, stdout: Buffer.from("") }),
  );
});
