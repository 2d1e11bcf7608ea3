import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { sealedKeys } from "~db/schema/sealed";
import { roleKeys } from "~db/schema/keys";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { and, eq, isNull } from "drizzle-orm";
import { openBundle } from "~server/secrecy/open-bundle";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import type { Role } from "~server/staff-auth/roles";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { makeKey, makePersonalKey, openKeys } from "~tests/factories/key-holders";
import { makePerson } from "~tests/factories/make-lead";
import { runScript } from "~tests/setup/run-script";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import type { StaffOptions } from "../launch";
import { shootBoth } from "../screenshot";
import { addAuthenticator } from "../virtual-authenticator";
import type { WatchedContext } from "../watch-context";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

type OpenStaff = (options: StaffOptions) => Promise<WatchedContext>;

const TEST = systemActor("test");
const TRIAGE = "演示·林知微";

/** Somebody new: a personal key that opens by itself, and the link to register a passkey with. */
async function newPerson(
  portal: ScratchPortal,
  person: { name: string; agency: string; roles: readonly Role[]; keyed?: boolean },
): Promise<{ actor: StaffActor; link: string }> {
  return besidePortal(portal, async (beside) => {
    const actor = await makePerson(beside, person.agency, person.roles, { name: person.name });
    if (person.keyed !== false) await makePersonalKey(beside, actor);
    const { link } = await createEnrolmentLink(
      beside.db,
      { staffId: actor.id, publicOrigin: portal.origin, clock: beside.clock },
      TEST,
    );
    return { actor, link };
  });
}

async function enter(portal: ScratchPortal, openStaff: OpenStaff, link: string): Promise<Page> {
  const watched = await openStaff({ origin: portal.origin });
  const page = await watched.context.newPage();
  await addAuthenticator(page, { prf: true });
  await page.goto(link);
  await page.getByRole("button", { name: "登记这台设备" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/enrol"));
  return page;
}

const slotCard = (page: Page, slot: string) => page.locator(`section[data-slot='${slot}']`);
const ownDigits = (page: Page) => page.locator("p[data-own]");

async function openKeysPage(page: Page): Promise<void> {
  await page.goto("/staff/keys");
  await ownDigits(page).waitFor();
}

describe("GIVEN a body that has no key yet", () => {
  let portal: ScratchPortal;
  beforeAll(async () => {
    portal = await startScratchPortal("role-keys");
  });
  afterAll(() => portal.stop());
  const slot = "agency:jinhua.police";

  browserTest(
    "WHEN an officer makes one, hands it on, and all is lost THEN three of five shares give it back",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const one = await newPerson(portal, { name: "程砚", agency: "police", roles: ["agency_officer"] });
      const two = await newPerson(portal, { name: "谢澄", agency: "police", roles: ["agency_verifier"] });
      const maker = await enter(portal, openStaff, one.link);
      const colleague = await enter(portal, openStaff, two.link);

      await openKeysPage(maker);
      await slotCard(maker, slot).locator("[data-state='unmade']").waitFor();
      await shootBoth(maker, "keys-unmade");
      await expectNoAxeFindings(maker);
      await slotCard(maker, slot).getByRole("button", { name: "生成密钥" }).click();
      await maker.getByText("岗位密钥已经生成").waitFor();
      await slotCard(maker, slot).locator("[data-state='held']").waitFor();

      await openKeysPage(colleague);
      await slotCard(colleague, slot).getByText("等同事移交").waitFor();
      await shootBoth(colleague, "keys-waiting");
      await expectNoAxeFindings(colleague);
      const said = (await ownDigits(colleague).innerText()).trim();
      expect(said).toMatch(/^\d{6} \d{6} \d{6} \d{6}$/);

      // What is read out by phone is what the holder sees; only then may it be handed on.
      const row = slotCard(maker, slot).locator("tr", { hasText: "谢澄" });
      expect(await row.innerText()).toContain(said);
      expect(await row.getByRole("button", { name: "移交给谢澄" }).isDisabled()).toBe(true);
      await row.getByLabel("已经打电话逐组核对，指纹一致").check();
      await shootBoth(maker, "keys-hand-on");
      await expectNoAxeFindings(maker);
      await row.getByRole("button", { name: "移交给谢澄" }).click();
      await maker.getByText("密钥已经移交").waitFor();
      await openKeysPage(colleague);
      await slotCard(colleague, slot).locator("[data-state='held']").waitFor();

      // One leaves: the key should be replaced.
      await besidePortal(portal, (beside) =>
        suspendStaff(beside.db, { staffId: two.actor.id, clock: beside.clock }, TEST),
      );
      await openKeysPage(maker);
      await slotCard(maker, slot).getByText("应当更换").waitFor();
      await shootBoth(maker, "keys-due");
      await expectNoAxeFindings(maker);

      // The other loses every passkey and starts with a new personal key: nobody is left to hand it on.
      await besidePortal(portal, async (beside) => {
        await beside.db.pool.query(
          "update personal_keys set retired_at = now() where staff_id = $1 and retired_at is null",
          [one.actor.id],
        );
        await makePersonalKey(beside, one.actor);
      });
      await openKeysPage(maker);
      const card = slotCard(maker, slot);
      await card.getByText("目前没有同事持有这把密钥").waitFor();
      await card.getByText("用恢复份额找回", { exact: true }).click();
      await shootBoth(maker, "keys-recover");
      await expectNoAxeFindings(maker);
      const [download] = await Promise.all([
        maker.waitForEvent("download"),
        card.getByRole("button", { name: "下载恢复请求（第 1 版）" }).click(),
      ]);
      const request = path.join(portal.dataDir, "request.json");
      await download.saveAs(request);
      const shares = [2, 3, 5].map((n) =>
        path.join(portal.dataDir, "demo-recovery-shares", `share-${n}.txt`),
      );
      const opened = await runScript("server/cli/keys-recovery.ts", [
        "open",
        "--request",
        request,
        ...shares,
      ]);
      expect(opened.stderr).toBe("");
      expect((JSON.parse(opened.stdout) as { sealedTo: string }).sealedTo).toBe(
        (await ownDigits(maker).innerText()).trim(),
      );
      await card.getByLabel("或者粘贴恢复结果").fill("{}");
      await card.getByRole("button", { name: "找回密钥" }).click();
      await card.getByText("这不是恢复命令给出的结果").waitFor();
      const result = path.join(portal.dataDir, "grant.json");
      writeFileSync(result, opened.stdout);
      await card.getByLabel("恢复结果文件").setInputFiles(result);
      await expect.poll(() => card.getByLabel("或者粘贴恢复结果").inputValue()).toContain("recovery-grant");
      await card.getByRole("button", { name: "找回密钥" }).click();
      await maker.getByText("岗位密钥已经找回").waitFor();
      await slotCard(maker, slot).locator("[data-state='held']").waitFor();
      await shootBoth(maker, "keys-recovered");
    },
  );

  browserTest(
    "WHEN triage replaces its key and the re-wrapping breaks off THEN it goes on later, and the new key opens every tip",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const page = await enrolPerson(
        portal,
        async (options) => {
          const watched = await openStaff(options);
          watched.expectFinding(/503/);
          return watched;
        },
        TRIAGE,
      );
      await openKeysPage(page);
      const card = slotCard(page, "triage");
      let breaks = true;
      await page.context().route("**/staff/keys/act", async (route) => {
        const posted = route.request().postData() ?? "";
        if (!posted.includes('"intent":"rewrap"')) return route.continue();
        if (breaks) return route.fulfill({ status: 503, contentType: "application/json", body: "{}" });
        // Long enough to be looked at.
        await new Promise((resume) => setTimeout(resume, 1500));
        return route.continue();
      });
      await card.getByText("更换密钥", { exact: true }).first().click();
      await shootBoth(page, "keys-replace");
      await expectNoAxeFindings(page);
      await card.getByRole("button", { name: "更换密钥" }).click();
      await card.getByText("等待重新加封").waitFor();
      await card.getByText("已完成的重新加封都已保存").waitFor();
      await shootBoth(page, "keys-broken-off");
      await expectNoAxeFindings(page);
      breaks = false;
      await page.reload();
      await ownDigits(page).waitFor();
      await card.getByRole("button", { name: "继续重新加封" }).click();
      await card.locator("progress").waitFor();
      await shootBoth(page, "keys-rewrapping");
      await page.getByText("重新加封已经完成").waitFor({ timeout: 60_000 });
      await expect.poll(() => card.getByText("等待重新加封").count()).toBe(0);
      await shootBoth(page, "keys-held");

      await besidePortal(portal, async (beside) => {
        const [person] = await beside.db.orm
          .select({ id: staff.id })
          .from(staff)
          .where(eq(staff.displayName, TRIAGE));
        const actor = await withActor(beside.db, TEST, (tx) =>
          loadStaffActor(tx, person?.id ?? "", "passkey"),
        );
        if (actor === null) throw new Error("the person is not there");
        const left = await withActor(beside.db, TEST, (tx) =>
          tx
            .select({ tipId: sealedKeys.ownerId, live: isNull(roleKeys.retiredAt) })
            .from(sealedKeys)
            .innerJoin(roleKeys, eq(roleKeys.id, sealedKeys.roleKeyId))
            .where(and(eq(roleKeys.slot, "triage"), eq(sealedKeys.record, "content"))),
        );
        expect(left.length).toBeGreaterThan(20);
        expect(left.every(({ live }) => live)).toBe(true);
        const newest = (await openKeys(beside, actor)).roleKeys.filter(({ epoch }) => epoch === 2);
        const tipIds = left.map(({ tipId }) => tipId);
        const view = await withActor(beside.db, actor, (tx) =>
          readSealed(tx, { tipIds, fields: ["narrative"] }, actor),
        );
        let opened = 0;
        for (const tipId of tipIds) {
          const bundle = view(tipId, "narrative");
          if (bundle.state !== "sealed") continue;
          expect(await openBundle(bundle, newest)).toMatchObject({ state: "open" });
          opened += 1;
        }
        expect(opened).toBeGreaterThan(20);
      });
    },
  );

  browserTest(
    "WHEN a demo person or an auditor looks THEN nothing is offered to them",
    async ({ openStaff }) => {
      const demo = await (await openStaff({ origin: portal.origin })).context.newPage();
      await demo.goto("/staff/sign-in");
      await demo.getByRole("button", { name: "以 演示·苏既白 的身份进入" }).click();
      await demo.locator("header", { hasText: "演示·苏既白" }).waitFor();
      const auditor = await newPerson(portal, { name: "严审", agency: "finance", roles: ["auditor"] });
      for (const { page, said, name } of [
        { page: demo, said: "演示身份只能查看", name: "keys-demo" },
        {
          page: await enter(portal, openStaff, auditor.link),
          said: "您可以查看各岗位密钥的情况",
          name: "keys-auditor",
        },
      ]) {
        await page.goto("/staff/keys");
        await page.getByText(said).waitFor();
        expect(await page.getByRole("button", { name: /生成密钥|更换密钥|移交给/ }).count()).toBe(0);
        await expectNoAxeFindings(page);
        await shootBoth(page, name);
      }
    },
  );
});

describe("GIVEN a new office", () => {
  let portal: ScratchPortal;
  beforeAll(async () => {
    portal = await startScratchPortal("ceremony", { DEMO: "off" });
  });
  afterAll(() => portal.stop());

  browserTest(
    "WHEN the ceremony is walked through THEN it says at each step who is next, and reports are taken at its end",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const office = { agency: "leading-office", keyed: false } as const;
      const { link } = await newPerson(portal, { ...office, name: "方管理", roles: ["administrator"] });
      const page = await enter(portal, openStaff, link);
      await page.goto("/staff/ceremony");
      await page.getByText("平台还不能接收举报").waitFor();
      await shootBoth(page, "ceremony-start");
      await expectNoAxeFindings(page);

      await page.getByRole("button", { name: "登记恢复密钥" }).click();
      await page.getByRole("alert").getByText("请粘贴恢复命令显示的公钥").waitFor();
      await shootBoth(page, "ceremony-refused");
      const made = await runScript("server/cli/keys-recovery.ts", [
        "make",
        "--out",
        path.join(portal.dataDir, "recovery"),
      ]);
      await page.getByLabel("恢复密钥的公钥").fill(made.stdout);
      await page.getByRole("button", { name: "登记恢复密钥" }).click();
      await page.waitForURL(/done=registered/);
      const { fingerprint } = JSON.parse(made.stdout) as { fingerprint: string };
      await page.getByText(fingerprint).first().waitFor();
      await page.locator("[data-awaited]").getByText("请先邀请").waitFor();
      await shootBoth(page, "ceremony-nobody-else");

      // Until a second administrator has compared the print-out, it is no key.
      const other = await newPerson(portal, { ...office, name: "闻管理", roles: ["administrator"] });
      await page.reload();
      await page.getByText("等候闻管理在本页确认").waitFor();
      await shootBoth(page, "ceremony-awaited");
      await expectNoAxeFindings(page);
      const second = await enter(portal, openStaff, other.link);
      await second.goto("/staff/ceremony");
      expect(await second.getByText(fingerprint).count()).toBe(0);
      await second.getByLabel("恢复命令显示的指纹").fill("123456 123456 123456 123456");
      await second.getByRole("button", { name: "指纹一致，确认恢复密钥" }).click();
      await second.getByRole("alert").getByText("输入的指纹与登记的公钥不符").waitFor();
      await shootBoth(second, "ceremony-differs");
      await expectNoAxeFindings(second);
      await second.getByLabel("恢复命令显示的指纹").fill(fingerprint);
      await second.getByRole("button", { name: "指纹一致，确认恢复密钥" }).click();
      await second.waitForURL(/done=confirmed/);
      await second.getByText(fingerprint).first().waitFor();
      await shootBoth(second, "ceremony-confirmed");

      const people = [
        await newPerson(portal, { ...office, name: "韩研判", roles: ["triage_officer"], keyed: true }),
        await newPerson(portal, { ...office, name: "俞通知", roles: ["notice_desk"], keyed: true }),
        await newPerson(portal, { ...office, name: "孔保管", roles: ["identity_custodian"], keyed: true }),
        await newPerson(portal, { ...office, name: "曹保管", roles: ["identity_custodian"] }),
      ] as const;
      const step = (slot: string) => page.locator(`tr[data-slot='${slot}']`).getAttribute("data-step");
      const custodian = people[3].actor;
      await besidePortal(portal, (beside) => makeKey(beside, people[0].actor, "triage"));
      await page.goto("/staff/ceremony");
      expect([await step("triage"), await step("notice_desk"), await step("cashier")]).toEqual([
        "second_person",
        "key",
        "people",
      ]);
      await shootBoth(page, "ceremony-half");
      await expectNoAxeFindings(page);

      // A custodian who has no side yet is asked to choose one by making its key.
      const vault = await enter(portal, openStaff, people[2].link);
      await openKeysPage(vault);
      await shootBoth(vault, "keys-sides");
      await slotCard(vault, "custodian_a").getByRole("button", { name: "生成密钥" }).click();
      await vault.getByText("岗位密钥已经生成").waitFor();
      await expect.poll(() => slotCard(vault, "custodian_b").count()).toBe(0);

      expect((await page.request.get("/report")).status()).toBe(503);
      await besidePortal(portal, async (beside) => {
        await makePersonalKey(beside, custodian);
        await makeKey(beside, custodian, "custodian_b");
        await makeKey(beside, people[1].actor, "notice_desk");
      });
      await page.goto("/staff/ceremony");
      await page.getByText("平台已可开通").waitFor();
      await shootBoth(page, "ceremony-done");
      await expectNoAxeFindings(page);
      expect((await page.request.get("/report")).status()).toBe(200);

      const keyless = await newPerson(portal, { ...office, name: "许研判", roles: ["triage_officer"] });
      const without = await enter(portal, openStaff, keyless.link);
      await without.goto("/staff/keys");
      await without.getByText("您还没有个人密钥").first().waitFor();
      await shootBoth(without, "keys-no-personal-key");
      await expectNoAxeFindings(without);
    },
  );
});
