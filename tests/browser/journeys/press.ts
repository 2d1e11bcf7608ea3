import type { Locator } from "playwright-core";

/**
 * Clicks what opens another document, and waits until all of it is there: a click ends when the next page has begun to
 * arrive, and a reader of half a page finds half of what it says.
 */
export async function press(button: Locator): Promise<void> {
  await button.click();
  await button.page().waitForLoadState();
}
