import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { StaffOptions } from "../launch";
import { addAuthenticator } from "../virtual-authenticator";
import type { WatchedContext } from "../watch-context";
import type { ScratchPortal } from "./scratch-portal";

type OpenStaff = (options: StaffOptions) => Promise<WatchedContext>;

/** A demo person in a browser of their own, with a passkey registered through the link the start printed. */
export async function enrolPerson(portal: ScratchPortal, openStaff: OpenStaff, name: string): Promise<Page> {
  const { context } = await openStaff({ origin: portal.origin });
  const page = await context.newPage();
  await addAuthenticator(page, { prf: true });
  await page.goto(portal.enrolmentLink(name));
  await page.getByRole("button", { name: "登记这台设备" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/enrol"));
  await page.locator("header", { hasText: name }).waitFor();
  // The token has left the address bar and the history.
  expect(page.url()).not.toContain("#");
  return page;
}

/** Signs in again with the passkey this page already holds. */
export async function signInAgain(page: Page): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: "用通行密钥登录" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
}

/** The answer a page gives, without rendering it: what a person without the role gets. */
export async function statusOf(page: Page, path: string): Promise<number> {
  return (await page.request.get(path, { maxRedirects: 0 })).status();
}
