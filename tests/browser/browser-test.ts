import type { Browser } from "playwright-core";
import { test } from "vitest";
import {
  launchBrowser,
  newCitizenContext,
  newStaffContext,
  type CitizenOptions,
  type StaffOptions,
} from "./launch";
import type { WatchedContext } from "./watch-context";

interface BrowserFixtures {
  /** One process for all tests of a file. */
  browser: Browser;
  openCitizen: (options: CitizenOptions) => Promise<WatchedContext>;
  openStaff: (options: StaffOptions) => Promise<WatchedContext>;
}

async function closeAll(opened: WatchedContext[]): Promise<void> {
  const results = await Promise.allSettled(opened.map((watched) => watched.close()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/**
 * `test` with a browser and contexts. Every context opened through it is closed, and asserted clean, when the
 * test ends: a journey cannot forget to.
 */
export const browserTest = test.extend<BrowserFixtures>({
  browser: [
    // Vitest reads the fixtures needed from this pattern; there are none.
    async ({}, provide) => {
      const browser = await launchBrowser();
      await provide(browser);
      await browser.close();
    },
    { scope: "file" },
  ],
  openCitizen: async ({ browser }, provide) => {
    const opened: WatchedContext[] = [];
    await provide(async (options) => {
      const watched = await newCitizenContext(browser, options);
      opened.push(watched);
      return watched;
    });
    await closeAll(opened);
  },
  openStaff: async ({ browser }, provide) => {
    const opened: WatchedContext[] = [];
    await provide(async (options) => {
      const watched = await newStaffContext(browser, options);
      opened.push(watched);
      return watched;
    });
    await closeAll(opened);
  },
});
