import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { bringPack, readPackText } from "~server/packs/bring-pack.server";
import { packFolder } from "~server/packs/load-pack.server";
import { agreeToPack, requestPack } from "~server/packs/settle-pack.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TRIAGE = "演示·林知微";
const COUNTY = "xx-county";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("two-plans");
});
afterAll(() => portal.stop());

async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

/** The county's plan takes effect below the city's, by two administrators; a report of the city is waiting. */
function joinCounty(): Promise<{ leadId: string }> {
  return besidePortal(portal, async (beside) => {
    const first = await makePerson(beside, "leading-office", ["administrator"]);
    const second = await makePerson(beside, "leading-office", ["administrator"]);
    const folder = packFolder(COUNTY);
    const parts = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as object);
    const loaded = readPackText(JSON.stringify(Object.assign({}, ...parts)), "county.json");
    const at = beside.clock.now();
    const { proposalId } = await bringPack(beside.db, { ...loaded, parentId: "jinhua", at }, first);
    const shown = { proposalId, sha256: loaded.sha256, at };
    await requestPack(beside.db, { ...shown, reason: "县里单独承办" }, first);
    await agreeToPack(beside.db, shown, second);
    return sendReport(beside);
  });
}

describe("GIVEN a city's portal that holds a county's plan as well", () => {
  browserTest(
    "WHEN triage hands a lead down, has it routed there, and hands it up THEN every page says whose plan it is",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const { leadId } = await joinCounty();
      const { context } = await openStaff({ origin: portal.origin });
      const page = await context.newPage();
      await page.goto("/staff/sign-in");
      await page.getByRole("button", { name: `以 ${TRIAGE} 的身份进入` }).click();
      await page.locator("header", { hasText: TRIAGE }).waitFor();
      // The server hears of the plan within five seconds.
      await expect
        .poll(
          async () => {
            await page.goto("/staff/plan");
            return page.getByLabel("方案", { exact: true }).count();
          },
          { timeout: 20_000 },
        )
        .toBe(1);
      await look(page, "two-plans-plan-city");
      await page.getByLabel("方案", { exact: true }).selectOption(COUNTY);
      await page.getByRole("button", { name: "查看" }).click();
      await page.waitForURL(/pack=xx-county/);
      await look(page, "two-plans-plan-county");
      await page.goto(`/staff/watch?pack=${COUNTY}`);
      await look(page, "two-plans-watch");
      await page.goto(`/staff/routing?pack=${COUNTY}`);
      await look(page, "two-plans-routing");
      await page.goto("/staff/routing/versions");
      await look(page, "two-plans-versions");

      await page.goto(`/staff/leads/${leadId}`);
      await look(page, "two-plans-lead-city");
      await page.getByRole("link", { name: "上交或下转" }).click();
      await page.waitForURL("**/hand");
      await page.getByRole("button", { name: "确认转出" }).click();
      await page.getByRole("alert").first().waitFor();
      await look(page, "two-plans-hand-empty");
      await page.getByLabel("转到").selectOption(COUNTY);
      await page.getByLabel("理由").fill("经营地和投资人都在县内");
      await page.getByRole("button", { name: "确认转出" }).click();
      await page.waitForURL(/done=handed/);
      await page.getByText("本线索按“某县互联网金融风险专项整治（江苏）”办理。").waitFor();
      await page.getByText("县金融办").first().waitFor();
      await look(page, "two-plans-lead-county");
      await page.getByRole("button", { name: "确认转办" }).click();
      await page.waitForURL(/done=dispatched/);
      await look(page, "two-plans-lead-dispatched");

      await page.goto("/staff/board");
      await page.locator("article[data-card]").nth(1).waitFor();
      await page.getByLabel("方案", { exact: true }).selectOption(COUNTY);
      await page.getByRole("button", { name: "筛选" }).click();
      await page.waitForURL(/pack=xx-county/);
      const cards = page.locator("article[data-card]");
      await expect.poll(() => cards.count()).toBe(1);
      expect(await cards.innerText()).toContain("某县互联网金融风险专项整治（江苏）");
      await look(page, "two-plans-board-county");

      await page.goto(`/staff/leads/${leadId}/hand`);
      await page.getByLabel("转到").selectOption({ label: "上交：金华市互联网金融风险专项整治" });
      await page.getByLabel("理由").fill("涉及多个县，由市里统一办理");
      await page.getByRole("button", { name: "确认转出" }).click();
      await page.waitForURL(/done=handed/);
      await page.getByText("本线索按“金华市互联网金融风险专项整治”办理。").waitFor();
      expect(await page.getByText("把线索上交到上级方案，重新研判").count()).toBe(1);
      await page.goto("/staff/board");
      await look(page, "two-plans-board");
    },
  );
});
