import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Registers this page's authenticator by a one-time link; who has no key yet is led to their account. */
export async function enrol(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "登记这台设备" }).click();
  await page.waitForURL("**/staff/account");
}

/** Copies the words down and types the three that are asked for; returns all of them. */
export async function passWords(page: Page): Promise<string[]> {
  const words = await page.locator("ol[lang=en] li").allTextContents();
  expect(words).toHaveLength(24);
  await page.getByRole("button", { name: "抄好了，继续" }).click();
  const fields = page.getByLabel(/^第 \d+ 个单词$/);
  expect(await fields.count()).toBe(3);
  // What is not the word does not pass.
  await fields.first().fill("wrong");
  await page.getByRole("button", { name: "核对" }).click();
  await page.getByText("与恢复码不符").first().waitFor();
  for (const label of await page.locator("label", { hasText: /^第 \d+ 个单词$/ }).allTextContents()) {
    const number = Number(/\d+/.exec(label)?.[0]);
    await page.getByLabel(label, { exact: true }).fill(` ${(words[number - 1] ?? "").toUpperCase()} `);
  }
  return words;
}
