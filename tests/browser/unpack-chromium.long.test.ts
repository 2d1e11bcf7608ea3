import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseLibraries, listMissingLibraries, missingLibraries } from "./choose-libraries";
import { launchBrowser } from "./launch";
import { cacheRoot, unpackChromium } from "./unpack-chromium";

let root = "";

beforeEach(async () => {
  await mkdir(cacheRoot, { recursive: true });
  root = await mkdtemp(path.join(cacheRoot, "unpack-test-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("processes that unpack at once end up with one complete folder and no leftovers", async () => {
  const started = performance.now();
  const [first, second] = await Promise.all([unpackChromium(root), unpackChromium(root)]);
  const unpacking = performance.now() - started;
  expect(first).toEqual(second);
  expect(await readdir(root)).toEqual([`chromium-${first.version}`]);
  expect(await readdir(path.dirname(first.executable))).toEqual(
    expect.arrayContaining(["al2023", "chromium", "fonts", "fonts.conf", "libGLESv2.so"]),
  );
  expect(await listMissingLibraries(first.executable, first.bundledLibraries)).toEqual([]);

  const again = performance.now();
  await unpackChromium(root);
  const warm = performance.now() - again;
  console.log(
    `unpacking twice at once: ${Math.round(unpacking)} ms; already unpacked: ${Math.round(warm)} ms`,
  );
  expect(warm).toBeLessThan(unpacking);
});

test("an unpacking abandoned long ago is cleared away, one under way is left alone", async () => {
  const abandoned = path.join(root, "chromium-unpacking-1-abandoned");
  const underWay = path.join(root, "chromium-unpacking-2-under-way");
  await mkdir(abandoned);
  await mkdir(underWay);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(abandoned, anHourAgo, anHourAgo);
  const { version } = await unpackChromium(root);
  expect((await readdir(root)).sort()).toEqual([`chromium-${version}`, path.basename(underWay)].sort());
});

test("a library the loader cannot find is noticed, one it finds is not", () => {
  const listing = [
    "\tlinux-vdso.so.1 (0x00007fbb671ee000)",
    "\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007fbb671d8000)",
    "\tlibnspr4.so => not found",
    "\tlibnss3.so => not found",
  ].join("\n");
  expect(missingLibraries(listing)).toEqual(["libnspr4.so", "libnss3.so"]);
});

test("a host that has every library keeps its own", async () => {
  const chromium = await unpackChromium();
  const missing = await listMissingLibraries(chromium.executable);
  expect(await chooseLibraries(chromium)).toBe(missing.length === 0 ? undefined : chromium.bundledLibraries);
});

test("libraries that neither host nor package has are named", async () => {
  const chromium = await unpackChromium();
  const missing = await listMissingLibraries(chromium.executable);
  const without = { ...chromium, bundledLibraries: path.join(root, "nothing") };
  const choice = chooseLibraries(without, true);
  if (missing.length === 0) await expect(choice).resolves.toBe(without.bundledLibraries);
  else await expect(choice).rejects.toThrow(missing[0]);
});

test("the browser runs on the package's own libraries, and this process's environment stays as it was", async () => {
  const before = { ...process.env };
  const browser = await launchBrowser({ forceBundledLibraries: true });
  try {
    const page = await browser.newPage();
    await page.setContent("<p>安全</p>");
    expect(await page.textContent("p")).toBe("安全");
  } finally {
    await browser.close();
  }
  expect(process.env).toEqual(before);
});

test("a second launch costs no unpacking", async () => {
  await unpackChromium();
  const started = performance.now();
  const browser = await launchBrowser();
  const launched = performance.now() - started;
  console.log(`launch with Chromium unpacked: ${Math.round(launched)} ms`);
  expect(browser.version()).toMatch(/^147\./);
  await browser.close();
});
