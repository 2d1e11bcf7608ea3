import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TRIAGE = "演示·林知微";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("board");
});
afterAll(() => portal.stop());

async function enterAs(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest("[data-card]")?.getAttribute("data-card") ?? null);
const first = (page: Page, stage: string) => page.locator(`#stage-${stage} [data-card]`).first();

describe("GIVEN a triage officer at the board with a keyboard alone", () => {
  browserTest(
    "WHEN they walk, look, move, tick, search and keep a view THEN all of it happens without a pointer, and keys in a field are the field's",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const watched = await openStaff({ origin: portal.origin });
      const page = await watched.context.newPage();
      await page.setViewportSize({ width: 1280, height: 900 });
      await enterAs(page, TRIAGE);
      await page.goto("/staff/board");
      await page.getByRole("button", { name: "快捷键" }).waitFor();
      await expectNoAxeFindings(page);
      await shoot(page, "board");

      await page.keyboard.press("j");
      const start = await focused(page);
      expect(start).not.toBeNull();
      await page.keyboard.press("ArrowDown");
      expect(await focused(page)).not.toBe(start);
      await page.keyboard.press("k");
      expect(await focused(page)).toBe(start);

      // The panel, whose address says which lead.
      await page.keyboard.press("o");
      await page.locator("[data-panel]").waitFor();
      expect(new URL(page.url()).searchParams.get("open")).toBe(start);
      await expectNoAxeFindings(page);
      await shoot(page, "board-panel");
      await page.keyboard.press("Escape");
      await page.locator("[data-panel]").waitFor({ state: "detached" });

      // A move by the menu.
      const card = first(page, "new");
      const moving = await card.getAttribute("data-card");
      await card.locator("[data-lead-link]").focus();
      await page.keyboard.press("m");
      await page.keyboard.press("Enter");
      await page.locator(`#stage-triage [data-card="${moving ?? ""}"]`).waitFor();

      // And one that needs a reason opens its form in the panel; its reports were looked at before, on the lead's page.
      const refused = first(page, "triage");
      const whole = await page.context().newPage();
      const refusedId = (await refused.getAttribute("data-card")) ?? "";
      await whole.goto(new URL(`/staff/leads/${refusedId}`, page.url()).href);
      await whole.close();
      await refused.locator("[data-lead-link]").focus();
      await page.keyboard.press("m");
      await refused.getByRole("link", { name: /不予受理/ }).focus();
      await page.keyboard.press("Enter");
      await page.locator("[data-panel] #move-rejected[open]").waitFor();
      await shoot(page, "board-move-form");
      await page.locator("#move-rejected textarea").focus();
      await page.keyboard.type("jkxo/m? 不属于受理范围");
      expect(await page.locator("#move-rejected textarea").inputValue()).toBe("jkxo/m? 不属于受理范围");
      await page.locator("#move-rejected button[type=submit]").focus();
      await page.keyboard.press("Enter");
      await page.getByText(/已移到“不予受理”/).waitFor();

      // Keys of an input method are not the board's, and by keyboard a card is dragged too.
      const composing = await page.evaluate(() => {
        document.querySelector<HTMLElement>("[data-lead-link]")?.focus();
        const before = document.querySelectorAll("input[name=pick]:checked").length;
        for (const init of [{ isComposing: true }, { keyCode: 229 }])
          document.activeElement?.dispatchEvent(
            new KeyboardEvent("keydown", { key: "x", bubbles: true, ...init }),
          );
        return document.querySelectorAll("input[name=pick]:checked").length - before;
      });
      expect(composing).toBe(0);
      const dragged = first(page, "new");
      const draggedId = (await dragged.getAttribute("data-card")) ?? "";
      await dragged.getByRole("button", { name: /^拖动/ }).focus();
      await page.keyboard.press("Enter");
      const target = page.locator("#stage-triage").getByRole("button", { name: /放到“研判”/ });
      await target.waitFor();
      for (
        let press = 0;
        press < 6 && !(await target.evaluate((one) => one === document.activeElement));
        press += 1
      )
        await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.locator(`#stage-triage [data-card="${draggedId}"]`).waitFor();

      // Ticked cards are frozen and dealt with together.
      for (const stage of ["triage"]) {
        const cards = page.locator(`#stage-${stage} [data-card]`);
        for (let n = 0; n < Math.min(2, await cards.count()); n += 1) {
          await cards.nth(n).locator("[data-lead-link]").focus();
          await page.keyboard.press("x");
        }
      }
      await page.getByRole("button", { name: "办理勾选的线索" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "批量办理" }).waitFor();
      await expectNoAxeFindings(page);
      await shoot(page, "board-bulk");
      await page.getByLabel("分派给").selectOption("me");
      await page.getByRole("button", { name: /^分派这/ }).press("Enter");
      await page.getByText(/已办理 2 条，跳过 0 条/).waitFor();
      await shoot(page, "board-bulk-done");

      // 我的, kept as a view with an alert.
      await page.goto("/staff/board?assignee=me");
      await page.getByText("保存当前视图").press("Enter");
      await page.getByLabel("视图名称").fill("我手上的");
      await page.getByLabel("超过多少条时提醒").fill("1");
      await page.getByRole("button", { name: "保存视图" }).press("Enter");
      await page.getByText("超过 1 条").first().waitFor();
      await shoot(page, "board-views");

      await page.goto("/staff/board?view=all");
      await page.getByRole("button", { name: "快捷键" }).waitFor();
      const name = (await first(page, "triage").locator("[data-lead-link]").innerText()).slice(0, 2);
      await page.keyboard.press("/");
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
      await page.getByText(/^找到/).waitFor();
      await expectNoAxeFindings(page);
      await shoot(page, "staff-search");

      await page.setViewportSize({ width: 390, height: 844 });
      await shoot(page, "staff-search");
      await page.goto("/staff/board?view=all");
      await shoot(page, "board");
      await first(page, "triage")
        .getByRole("link", { name: /在侧栏查看/ })
        .click();
      await page.locator("[data-panel]").waitFor();
      await expectNoAxeFindings(page);
      await shoot(page, "board-panel");

      // Switched off, single keys do nothing.
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto("/staff/board?view=all");
      await page.locator("summary", { hasText: "看板设置" }).press("Enter");
      await shoot(page, "board-settings");
      await page.getByLabel("使用键盘快捷键").uncheck();
      await page.getByRole("button", { name: "保存我的设置" }).press("Enter");
      await page.getByRole("button", { name: "快捷键" }).waitFor({ state: "detached" });
      await page.locator("h1").click();
      await page.keyboard.press("j");
      expect(await focused(page)).toBeNull();
    },
  );

  browserTest(
    "WHEN they have a pointer after all THEN a card dragged to a column it may go to is moved",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const watched = await openStaff({ origin: portal.origin });
      const page = await watched.context.newPage();
      await page.setViewportSize({ width: 1280, height: 900 });
      await enterAs(page, TRIAGE);
      await page.goto("/staff/board?view=all");
      const card = first(page, "new");
      const id = (await card.getAttribute("data-card")) ?? "";
      // Handles come with the script.
      const handle = card.getByRole("button", { name: /^拖动/ });
      await handle.waitFor();
      // The events a pointer's drag sends: browsers without a screen do not all carry one out.
      const dataTransfer = await page.evaluateHandle(() => new DataTransfer());
      await handle.dispatchEvent("dragstart", { dataTransfer });
      await page.locator("[data-dragging]").waitFor();
      // No column that its moves do not lead to takes it.
      expect(await page.locator("#stage-determined [data-droppable]").count()).toBe(0);
      const place = page.locator("#stage-triage [data-droppable]");
      for (const event of ["dragenter", "dragover"]) await place.dispatchEvent(event, { dataTransfer });
      await place.dispatchEvent("drop", { dataTransfer });
      await handle.dispatchEvent("dragend", { dataTransfer });
      await page.locator(`#stage-triage [data-card="${id}"]`).waitFor();
    },
  );

  browserTest(
    "WHEN their browser runs no script THEN a move, the panel and a choice of many are plain forms",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const watched = await openStaff({ origin: portal.origin, script: false });
      const page = await watched.context.newPage();
      await page.setViewportSize({ width: 1280, height: 900 });
      await enterAs(page, TRIAGE);
      await page.goto("/staff/board?view=all");
      const card = first(page, "new");
      const id = (await card.getAttribute("data-card")) ?? "";
      await card.locator("[data-move-menu] > summary").click();
      await card.getByRole("button", { name: "开始研判" }).click();
      await page.getByText(/已移到“研判”/).waitFor();
      await page
        .locator(`#stage-triage [data-card="${id}"]`)
        .getByRole("link", { name: /在侧栏查看/ })
        .click();
      await page.locator("[data-panel]").waitFor();
      await page.locator(`#stage-triage [data-card="${id}"] input[name=pick]`).check();
      await page.getByRole("button", { name: "办理勾选的线索" }).click();
      await page.getByRole("heading", { name: "批量办理" }).waitFor();
      expect(await page.locator("tbody tr").count()).toBe(1);
    },
  );
});
