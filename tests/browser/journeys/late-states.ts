import type { Page } from "playwright-core";
import { press } from "./press";

/** What the states below are opened with: a browser that holds a draft of these kinds, or that of a report sent. */
export type LateGround = {
  readonly open: (page: Page, who: "full", address: string) => Promise<void>;
  readonly hold: (page: Page, who: "sent") => Promise<void>;
  readonly clear: (page: Page) => Promise<void>;
  readonly status: (page: Page) => Promise<void>;
  readonly file: () => string;
};

const NOBODYS = "abandon ".repeat(11) + "about";

/** A page of words whose draft this browser has lost meanwhile. */
async function typeOutOfReach(page: Page, ground: LateGround): Promise<void> {
  await ground.open(page, "full", "/report/narrative");
  await ground.clear(page);
  await press(page.locator('main button[name="intent"][value="continue"]').first());
  await page.locator("#receipt").waitFor();
}

/** States of a page that was left open too long, sent too late or in pieces, and what is said after sending. */
export function lateStates(ground: LateGround) {
  return [
    { name: "a page whose draft ran out", open: (page: Page) => typeOutOfReach(page, ground) },
    {
      name: "resume, refused",
      more: true as const,
      open: async (page: Page) => {
        await typeOutOfReach(page, ground);
        await page.fill("#receipt", NOBODYS);
        await press(page.locator('main button[value="continue"]').first());
        await page.locator("[data-error-summary]").waitFor();
      },
    },
    {
      name: "resume, with a report just sent in this browser",
      more: true as const,
      open: async (page: Page) => {
        await typeOutOfReach(page, ground);
        await ground.hold(page, "sent");
        await press(page.locator('main button[value="begin"]').first());
        await page.locator("[data-error-summary]").waitFor();
      },
    },
    {
      name: "words too late",
      open: async (page: Page) => {
        await ground.open(page, "full", "/report/narrative");
        await ground.hold(page, "sent");
        await press(page.locator('main button[name="intent"][value="continue"]').first());
        await page.locator("[data-already-sent] dl").waitFor();
      },
    },
    {
      name: "files too late",
      more: true as const,
      open: async (page: Page) => {
        // Without its script the page is answered as any other.
        await page.route("**/upload.js", (route) =>
          route.fulfill({ body: "", contentType: "text/javascript" }),
        );
        await ground.open(page, "full", "/report/evidence");
        await ground.hold(page, "sent");
        await page.setInputFiles("#files", ground.file());
        await press(page.locator('main button[value="upload"]').first());
        await page.locator("[data-already-sent] li").waitFor();
        await page.unroute("**/upload.js");
      },
    },
    {
      name: "a form nobody can read",
      open: async (page: Page) => {
        await page.goto("/report/resume");
        // A boundary the body does not have, from a form of the page's own.
        await page.route("**/report/resume", (route) =>
          route.request().method() === "POST"
            ? route.continue({
                headers: { ...route.request().headers(), "content-type": "multipart/form-data; boundary=x" },
                postData: "--y",
              })
            : route.continue(),
        );
        await press(page.locator('main button[value="begin"]').first());
        await page.unroute("**/report/resume");
      },
    },
    {
      name: "a doubt",
      more: true as const,
      open: async (page: Page) => {
        await ground.open(page, "full", "/report/in-charge");
        await page.fill("#phonesOrAccounts", "6222021234567890124");
        await press(page.locator('main button[name="intent"][value="continue"]').first());
        await page.locator('main [role="status"]').waitFor();
      },
    },
    {
      name: "status, a message sent",
      more: true as const,
      open: async (page: Page) => {
        await ground.status(page);
        await page.fill("#text", "门店昨天关了。");
        await press(page.locator('button[name="intent"][value="message"]').first());
        await page.locator('main [role="status"]').first().waitFor();
      },
    },
  ];
}
