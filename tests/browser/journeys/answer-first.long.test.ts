import { afterAll, beforeAll, describe, expect } from "vitest";
import { browserTest } from "../browser-test";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

const REASON = "年中另设一项奖励资金";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("answer-first");
}, 300_000);
afterAll(() => portal.stop());

describe("GIVEN a member of finance who asks for an act with the passkey", () => {
  browserTest(
    "WHEN a link is clicked before the answer is there THEN the answer comes, and they stay signed in",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const page = await enrolPerson(portal, openStaff, "演示·罗清和");
      await page.goto("/staff/budget/acts");
      const form = page.locator("form:has(input[name='kind'][value='open'])");
      const filled = { source: "第二项奖励资金", slug: "second-fund", amount: "100", reason: REASON };
      for (const [name, value] of Object.entries(filled)) await form.locator(`[name='${name}']`).fill(value);
      // The answer is held back until the link has been clicked.
      let clicked = () => {};
      const afterwards = new Promise<void>((resolve) => (clicked = resolve));
      await page.route("**/staff/budget/acts**", async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        const answer = await route.fetch();
        await afterwards;
        await route.fulfill({ response: answer });
      });
      const asked = page.waitForRequest(
        (request) => request.method() === "POST" && request.url().includes("/acts"),
      );
      await form.getByRole("button", { name: "确认并提出" }).click();
      await asked;
      await page.locator("main").getByRole("link", { name: "奖励预算" }).click();
      clicked();
      await page.waitForURL(/done=asked/);
      await page.getByText(REASON).first().waitFor();
      await page.goto("/staff/budget");
      expect(new URL(page.url()).pathname).toBe("/staff/budget");
    },
  );
});
