import { eq } from "drizzle-orm";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { declareRecusal } from "~server/triage/declare-recusal.server";
import { shareKey } from "~tests/factories/key-holders";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { addAuthenticator } from "../virtual-authenticator";
import { besidePortal } from "./beside-portal";
import { enrol, passWords } from "./own-key-steps";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TEST = systemActor("test");
const COLLEAGUE = "演示·林知微";
const FIRST = "演示走读一号平台";
const SECOND = "演示走读二号平台";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("staying-open");
});
afterAll(() => portal.stop());

/** Two leads of one report each, and the link of a triage officer who has no key of their own yet. */
async function prepare() {
  return besidePortal(portal, async (beside) => {
    const leads: string[] = [];
    for (const [at, name] of [FIRST, SECOND].entries()) {
      const { leadId } = await sendReport(beside, {
        subject: { subjectKind: "site", name, sites: `https://walk-${at}.example/`, uscc: "" },
        narrative: { narrative: `${name}的业务员上门劝说，承诺每月返利，已有多位邻居投入养老钱。` },
      });
      leads.push(leadId);
    }
    const actor = await makePerson(beside, "leading-office", ["triage_officer"], { name: "温如故" });
    const { link } = await createEnrolmentLink(
      beside.db,
      { staffId: actor.id, publicOrigin: portal.origin, clock: beside.clock },
      TEST,
    );
    return { actor, link, leads };
  });
}

const openHead = (page: Page) => page.locator("header").getByText("密钥已解锁", { exact: true });

describe("GIVEN a triage officer whose keys are locked", () => {
  browserTest(
    "WHEN they unlock beside a sealed text and walk on by clicking THEN the keys stay open all along",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const { actor, link, leads } = await prepare();
      const page = await (await openStaff({ origin: portal.origin })).context.newPage();
      await addAuthenticator(page, { prf: true });
      await enrol(page, link);
      await page.getByRole("button", { name: "建立个人密钥" }).click();
      await passWords(page);
      await page.getByRole("button", { name: "核对" }).click();
      await page.getByRole("button", { name: "确认并建立" }).click();
      await openHead(page).waitFor();
      await besidePortal(portal, async (beside) => {
        const [known] = await beside.db.orm.select().from(staff).where(eq(staff.displayName, COLLEAGUE));
        const colleague = await withActor(beside.db, TEST, (tx) =>
          loadStaffActor(tx, known?.id ?? "", "passkey"),
        );
        if (colleague === null) throw new Error("the colleague is not there");
        await shareKey(beside, colleague, "triage", actor);
      });

      // A full load forgets the keys; they are opened where the closed text is.
      await page.goto(`/staff/leads/${leads[0]}`);
      const notice = page.locator("main [data-keys='locked']");
      await notice.waitFor();
      await shootBoth(page, "lead-unlock-here");
      await expectNoAxeFindings(page);
      await notice.getByRole("button", { name: "解锁密钥" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "用通行密钥解锁" }).click();
      await page.getByText(`${FIRST}的业务员上门劝说`).waitFor();
      expect(await page.locator("main [data-keys]").count()).toBe(0);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

      // From here on by clicking alone: one document, whose memory holds the keys.
      const loads: string[] = [];
      page.on("request", (request) => {
        if (request.resourceType() === "document") loads.push(request.url());
      });
      await page.getByRole("link", { name: "查看全部情况说明" }).click();
      await page.locator("main section[data-phase='done'][data-opened='1']").waitFor();
      await page.goBack();
      await page.getByText(`${FIRST}的业务员上门劝说`).waitFor();
      await page.getByRole("link", { name: "返回看板" }).first().click();
      await page.waitForURL("**/staff/board");
      await page.getByLabel("名称包含").fill("走读二号");
      await page.getByRole("button", { name: "筛选" }).click();
      await page.waitForURL(/name=%E8%B5%B0/);
      await page.getByRole("link", { name: SECOND, exact: true }).click();
      await page.getByText(`${SECOND}的业务员上门劝说`).waitFor();
      for (const name of ["密钥移交", "岗位密钥", "疑似垃圾", "线索看板"]) {
        await page.getByRole("navigation").getByRole("link", { name, exact: true }).first().click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
      }
      await page.getByRole("link", { name: "温如故" }).click();
      await page.waitForURL("**/staff/account");
      await page.goBack();
      await page.waitForURL("**/staff/board");
      await page.getByRole("link", { name: FIRST, exact: true }).click();
      await page.getByText(`${FIRST}的业务员上门劝说`).waitFor();

      // A lead that is gone meanwhile is a page like any other.
      await page.getByRole("link", { name: "返回看板" }).first().click();
      await page.getByRole("link", { name: SECOND, exact: true }).waitFor();
      await besidePortal(portal, (beside) =>
        declareRecusal(
          beside.db,
          { leadId: leads[1] ?? "", reason: "本人近亲属是该平台的股东。", at: beside.clock.now() },
          actor,
        ),
      );
      await page.getByRole("link", { name: SECOND, exact: true }).click();
      await page.getByRole("heading", { name: "没有找到这一页" }).waitFor();
      await shootBoth(page, "lead-gone");
      await expectNoAxeFindings(page);
      await page.getByRole("link", { name: "返回工作台" }).click();
      await page.waitForURL("**/staff/board");
      await page.getByRole("link", { name: FIRST, exact: true }).click();
      await page.getByText(`${FIRST}的业务员上门劝说`).waitFor();
      expect(loads).toEqual([]);
      await openHead(page).waitFor();
    },
  );
});
