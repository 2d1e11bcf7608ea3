import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError } from "./plain-error.mjs";
import { superviseNode } from "./supervise-node.mjs";
import { waitForLock } from "./take-lock.mjs";

const SOURCES = ["app", "server", "db", "public", "remix.config.js", "tsconfig.json", "package-lock.json"];

/**
 * Builds the browser and server bundles unless build/ was made from exactly these sources.
 * Speaks on stderr only. Returns false when a signal asked to stop meanwhile.
 * @param {string} root the repository folder
 * @returns {Promise<boolean>}
 */
export async function buildBundle(root) {
  if (isFresh(root)) return true;
  const lock = await waitForLock(join(root, ".cache"), "build", (pid) =>
    console.error(`等待另一个进程（${pid}）构建… / Waiting for another build.`),
  );
  try {
    // Taken before building: a file saved meanwhile makes the next start build again.
    const stamp = sourceStamp(root);
    if (isFresh(root, stamp)) return true;
    console.error("构建页面… / Building.");
    rmSync(stampFile(root), { force: true });
    const remix = join(root, "node_modules", "@remix-run", "dev", "dist", "cli.js");
    const { code, stopped, output } = await superviseNode(
      [remix, "vite:build", "--config", "remix.config.js"],
      { cwd: root, env: { ...process.env, NODE_ENV: "production" }, quiet: true },
    );
    if (stopped) return false;
    if (code !== 0) {
      console.error(output.trim());
      throw new PlainError("构建失败，原因见上。 / The build failed, see above.");
    }
    mkdirSync(join(root, "build"), { recursive: true });
    writeFileSync(stampFile(root), stamp);
    return true;
  } finally {
    lock.release();
  }
}

/** @param {string} root @param {string} [stamp] */
function isFresh(root, stamp) {
  return (
    existsSync(stampFile(root)) &&
    existsSync(join(root, "build", "server", "index.js")) &&
    readFileSync(stampFile(root), "utf8") === (stamp ?? sourceStamp(root))
  );
}

/**
 * One hash over names and contents: times change with every checkout, contents do not.
 * @param {string} root
 */
export function sourceStamp(root) {
  const hash = createHash("sha256");
  for (const source of SOURCES) addPath(hash, root, source);
  return `${hash.digest("hex")}\n`;
}

/** @param {import("node:crypto").Hash} hash @param {string} root @param {string} path */
function addPath(hash, root, path) {
  let content;
  try {
    content = readFileSync(join(root, path));
  } catch (error) {
    if (error.code === "ENOENT") return;
    if (error.code !== "EISDIR") throw error;
    for (const name of readdirSync(join(root, path)).sort()) addPath(hash, root, `${path}/${name}`);
    return;
  }
  hash.update(`${path}\0${content.length}\0`).update(content);
}

/** @param {string} root */
function stampFile(root) {
  return join(root, "build", ".stamp");
}
