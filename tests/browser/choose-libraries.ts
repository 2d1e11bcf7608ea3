import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { UnpackedChromium } from "./unpack-chromium";

const run = promisify(execFile);

/** The shared libraries a loader listing (the format `ldd` prints) reports as absent. */
export function missingLibraries(listing: string): string[] {
  return [...listing.matchAll(/^\s*(\S+) => not found\s*$/gm)].map((match) => match[1] ?? "");
}

/**
 * Asks the host's own dynamic loader which libraries of a program it cannot find. The program does not run:
 * with LD_TRACE_LOADED_OBJECTS the loader lists and exits. Needs no `ldd`, which slim images lack.
 */
export async function listMissingLibraries(executable: string, libraryPath?: string): Promise<string[]> {
  const env: NodeJS.ProcessEnv = { ...process.env, LD_TRACE_LOADED_OBJECTS: "1" };
  if (libraryPath !== undefined) env["LD_LIBRARY_PATH"] = libraryPath;
  const { stdout } = await run(executable, [], { env });
  return missingLibraries(stdout);
}

/**
 * The LD_LIBRARY_PATH Chromium needs here: undefined (leave as it is) where the host has every library,
 * otherwise the package's own copies in front of whatever was set.
 * `forceBundled` takes the package's copies even where the host has its own.
 * @throws Error naming the libraries neither the host nor the package has.
 */
export async function chooseLibraries(
  chromium: UnpackedChromium,
  forceBundled = false,
): Promise<string | undefined> {
  if (!forceBundled && (await listMissingLibraries(chromium.executable)).length === 0) return undefined;
  const inherited = process.env["LD_LIBRARY_PATH"];
  const libraryPath = inherited ? `${chromium.bundledLibraries}:${inherited}` : chromium.bundledLibraries;
  const missing = await listMissingLibraries(chromium.executable, libraryPath);
  if (missing.length > 0)
    throw new Error(`Chromium cannot start here, libraries missing: ${missing.join(", ")}`);
  return libraryPath;
}
