import type { Page } from "playwright-core";
import { expectNoAxeFindings } from "../axe";
import { shootBoth } from "../screenshot";

/** Takes the page's pictures and holds it against the accessibility rules. */
export async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

/** Waits until the page's content says it: staff pages change without a full load. */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.locator("main").getByText(text).first().waitFor();
}
