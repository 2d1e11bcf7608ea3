import path from "node:path";
import type { Page } from "playwright-core";
import { cacheRoot } from "./unpack-chromium";

/** Pictures cost a third of a journey's time and check nothing: `npm test` goes without, `npm run test:full` takes them. */
const WANTED = process.env["SCREENSHOTS"] !== "off";

/** A picture for people to look at, where pictures are wanted; nothing compares them. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (WANTED) await takePicture(page, name);
}

/**
 * Writes the whole page to `.cache/screenshots/<name>-<width>.png` and returns the path. The width is the
 * viewport's, in CSS pixels.
 * @throws Error when the name could leave the folder or is not a plain file name.
 */
export async function takePicture(page: Page, name: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new Error(`not a screenshot name: ${JSON.stringify(name)}`);
  const width = page.viewportSize()?.width;
  if (width === undefined) throw new Error("the page has no fixed viewport");
  const file = path.join(cacheRoot, "screenshots", `${name}-${width}.png`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  return file;
}

/** One picture at each of the two widths pages are made for, 1280 and 390; the viewport is as before afterwards. */
export async function shootBoth(page: Page, name: string): Promise<void> {
  if (!WANTED) return;
  const before = page.viewportSize();
  for (const size of [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size);
    await shoot(page, name);
  }
  if (before !== null) await page.setViewportSize(before);
}
