import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { addAuthenticator } from "../virtual-authenticator";
import { enrol, passWords } from "./own-key-steps";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("own-keys");
});
afterAll(() => portal.stop());

/** Invites somebody at the command line, as an office's first people are; tells where their link leads. */
function invite(name: string): string {
  const made = spawnSync(
    process.execPath,
    [
      "server/cli/bootstrap.mjs",
      "admin:enrol",
      "--name",
      name,
      "--role",
      "auditor",
      "--agency",
      "leading-office",
    ],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, NODE_ENV: "development", DATA_DIR: portal.dataDir },
    },
  );
  const line = made.stdout.split("\n").find((one) => one.startsWith("{"));
  if (line === undefined) throw new Error(`nobody was invited: ${made.stderr}`);
  const { link } = JSON.parse(line) as { link: string };
  return `/staff/enrol${new URL(link).hash}`;
}

/** Looks at every passkey's answer where the page gets it, so that its PRF output can be searched for elsewhere. */
async function keepPrfOutputs(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Asked = (this: PublicKeyCredential) => AuthenticationExtensionsClientOutputs;
    const prototype = PublicKeyCredential.prototype as unknown as { getClientExtensionResults: Asked };
    const real = prototype.getClientExtensionResults;
    const kept: string[] = JSON.parse(sessionStorage.getItem("prf-seen") ?? "[]") as string[];
    prototype.getClientExtensionResults = function () {
      const results = real.call(this);
      const first = (results as { prf?: { results?: { first?: ArrayBuffer } } }).prf?.results?.first;
      if (first !== undefined) {
        kept.push(Array.from(new Uint8Array(first), (byte) => byte.toString(16).padStart(2, "0")).join(""));
        sessionStorage.setItem("prf-seen", JSON.stringify(kept));
      }
      return results;
    };
  });
}

async function prfOutputs(page: Page): Promise<Buffer[]> {
  const seen = await page.evaluate(() => sessionStorage.getItem("prf-seen") ?? "[]");
  return (JSON.parse(seen) as string[]).map((one) => Buffer.from(one, "hex"));
}

/** Every spelling in which a secret could travel. */
function spellings(secret: Buffer): string[] {
  return [
    secret.toString("base64url"),
    secret.toString("base64").replace(/=+$/, ""),
    secret.toString("hex"),
  ].flatMap((one) => [one, encodeURIComponent(one)]);
}

const state = (page: Page, text: string) => page.locator("header").getByText(text, { exact: true });

describe("GIVEN a newly invited person", () => {
  browserTest(
    "WHEN they enrol, make keys and add a second passkey THEN either passkey or the words unlock, and no PRF output leaves",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const { context } = await openStaff({ origin: portal.origin });
      const page = await context.newPage();
      const sent: string[] = [];
      context.on("request", (request: Request) => {
        sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? "");
      });
      await keepPrfOutputs(page);
      const first = await addAuthenticator(page, { prf: true });
      await enrol(page, invite("周立新"));
      await page.getByRole("link", { name: "建立个人密钥" }).waitFor();
      await shootBoth(page, "account-none");
      await expectNoAxeFindings(page);

      // Makes the key: words, three again, one touch.
      await page.getByRole("button", { name: "建立个人密钥" }).click();
      await page.getByText("只显示这一次").waitFor();
      await shootBoth(page, "account-words");
      await page.emulateMedia({ media: "print" });
      await shoot(page, "account-words-printed");
      await page.emulateMedia({ media: null });
      await expectNoAxeFindings(page);
      const words = await passWords(page);
      await shootBoth(page, "account-check");
      await page.getByRole("button", { name: "核对" }).click();
      await shootBoth(page, "account-confirm");
      await page.getByRole("button", { name: "确认并建立" }).click();
      await page.getByText("个人密钥已建立，现在已经解锁。").waitFor();
      await state(page, "密钥已解锁").waitFor();
      await shootBoth(page, "account-made");
      await expectNoAxeFindings(page);

      // A reload locks; the passkey's PRF output unlocks.
      await page.reload();
      await state(page, "密钥未解锁").waitFor();
      await page.locator("header").getByRole("button", { name: "解锁密钥" }).click();
      await page.getByRole("dialog").waitFor();
      await shootBoth(page, "account-unlock");
      await expectNoAxeFindings(page);
      await page.getByRole("button", { name: "用通行密钥解锁" }).click();
      await state(page, "密钥已解锁").waitFor();

      // So do the 24 words, however they are typed; any others do not.
      await page.locator("header").getByRole("button", { name: "锁定" }).click();
      await page.locator("header").getByRole("button", { name: "解锁密钥" }).click();
      await page.getByText("用恢复码解锁", { exact: true }).first().click();
      const box = page.getByLabel("恢复码");
      await box.fill(words.toReversed().join(" "));
      await page.getByRole("button", { name: "用恢复码解锁" }).click();
      await page.getByRole("alert").waitFor();
      await shootBoth(page, "account-unlock-refused");
      await box.fill(`\n${words.join("\n").toUpperCase()}  `);
      await page.getByRole("button", { name: "用恢复码解锁" }).click();
      await state(page, "密钥已解锁").waitFor();

      // A second passkey on a key of its own: the old one proves the person, the new one is then made and wraps.
      const added = addSecond(page, async () => {
        await first.touch(false);
        return addAuthenticator(page, { prf: true, transport: "usb" });
      });
      await page.getByLabel("名称", { exact: true }).last().fill("保险柜里的安全密钥");
      await page.getByRole("button", { name: "添加", exact: true }).click();
      await page.getByText("以后可以用它登录和解锁密钥").waitFor();
      await added;
      await expect
        .poll(() => page.locator("#own-passkeys ~ ul > li", { hasText: "能解锁密钥" }).count())
        .toBe(2);
      await shootBoth(page, "account-two");
      await expectNoAxeFindings(page);

      // Signing in with the second one opens the keys by the same touch, and they stay open from page to page.
      await page.getByRole("button", { name: "退出" }).click();
      await page.waitForURL("**/staff/sign-in");
      await page.getByRole("button", { name: "用通行密钥登录" }).click();
      await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
      await page.locator("header", { hasText: "周立新" }).waitFor();
      await state(page, "密钥已解锁").waitFor();
      await page.getByRole("link", { name: "周立新" }).click();
      await page.waitForURL("**/staff/account");
      await state(page, "密钥已解锁").waitFor();

      // A new recovery code ends the old one; the session goes on under a new token.
      const before = (await context.cookies()).find(({ name }) => name === "staff")?.value;
      await page.getByRole("button", { name: "换一个恢复码" }).click();
      const newer = await passWords(page);
      await page.getByRole("button", { name: "核对" }).click();
      await page.getByRole("button", { name: "确认并启用新的恢复码" }).click();
      await page.getByText("新的恢复码已启用").waitFor();
      const after = (await context.cookies()).find(({ name }) => name === "staff")?.value;
      expect(before).toBeDefined();
      expect(after).not.toBe(before);
      await page.locator("header").getByRole("button", { name: "锁定" }).click();
      await page.locator("header").getByRole("button", { name: "解锁密钥" }).click();
      await page.getByText("用恢复码解锁", { exact: true }).first().click();
      await box.fill(words.join(" "));
      await page.getByRole("button", { name: "用恢复码解锁" }).click();
      await page.getByText("打不开您现在的密钥").waitFor();
      await box.fill(newer.join(" "));
      await page.getByRole("button", { name: "用恢复码解锁" }).click();
      await state(page, "密钥已解锁").waitFor();

      // The first passkey is revoked: one is left, which may not be.
      const row = page.locator("#own-passkeys ~ ul > li", { hasText: "未命名的通行密钥" });
      await row.getByRole("button", { name: /^停用/ }).click();
      await page.getByText("通行密钥已停用，其他登录已结束。").waitFor();
      await page.getByText("唯一的一把，不能停用。").waitFor();
      await state(page, "密钥已解锁").waitFor();

      // Nothing the PRF gave, and none of the words, was ever sent.
      const outputs = await prfOutputs(page);
      expect(outputs.length).toBeGreaterThan(4);
      const secrets = [
        ...outputs.flatMap(spellings),
        ...[words, newer].flatMap((code) => [code.slice(0, 3).join(" "), code.slice(0, 3).join("+")]),
      ];
      const all = sent.join("\n");
      expect(all).toContain("make-key");
      for (const secret of secrets) expect(all.includes(secret)).toBe(false);
      await page.evaluate(() => sessionStorage.clear());
    },
  );

  browserTest(
    "WHEN their passkey has no PRF THEN they are told so, and the words unlock",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const { context } = await openStaff({ origin: portal.origin });
      const page = await context.newPage();
      await addAuthenticator(page, { prf: false });
      await enrol(page, invite("何静安"));
      await page.getByRole("button", { name: "建立个人密钥" }).click();
      const words = await passWords(page);
      await page.getByRole("button", { name: "核对" }).click();
      await page.getByRole("button", { name: "确认并建立" }).click();
      await page.getByText("您这把通行密钥不能解锁密钥").waitFor();
      await page.getByText("您的通行密钥都不能解锁密钥").waitFor();
      await state(page, "密钥已解锁").waitFor();
      await shootBoth(page, "account-no-prf");
      await expectNoAxeFindings(page);
      await page.getByRole("button", { name: "让它能解锁密钥" }).click();
      await page.getByText("不能解锁密钥，没有改动。请换一把通行密钥。").waitFor();

      await page.getByRole("button", { name: "退出" }).click();
      await page.waitForURL("**/staff/sign-in");
      await page.getByRole("button", { name: "用通行密钥登录" }).click();
      await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
      await state(page, "密钥未解锁").waitFor();
      await page.locator("header").getByRole("button", { name: "解锁密钥" }).click();
      await page.getByText("目前没有能解锁密钥的通行密钥").waitFor();
      await shootBoth(page, "account-unlock-no-prf");
      await page.getByLabel("恢复码").fill(words.join(" "));
      await page.getByRole("button", { name: "用恢复码解锁" }).click();
      await state(page, "密钥已解锁").waitFor();
    },
  );

  browserTest(
    "WHEN they come back by a new link with nothing else THEN a new key takes the lost one's place",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const watched = await openStaff({ origin: portal.origin });
      const { context } = watched;
      watched.expectFinding(/Failed to load resource.*keyring/);
      const page = await context.newPage();
      await addAuthenticator(page, { prf: true });
      // A demo person's key was made before their link was used, and opens with the published passphrase.
      await enrol(page, portal.enrolmentLink("演示·林知微"));
      await state(page, "演示密钥").waitFor();
      await page.getByText("重新建立个人密钥").click();
      await shootBoth(page, "account-replace");
      await expectNoAxeFindings(page);
      await page.getByRole("button", { name: "停用旧密钥，重新建立" }).click();
      await passWords(page);
      await page.getByRole("button", { name: "核对" }).click();
      await page.getByRole("button", { name: "确认并建立" }).click();
      await page.getByText("个人密钥已建立，现在已经解锁。").waitFor();
      await state(page, "密钥已解锁").waitFor();
      await page.getByText("通行密钥和恢复码都丢了怎么办").waitFor();

      // Without the server the head says so, and asks again when told to.
      await page.route("**/staff/keyring", (route) => route.abort());
      await page.reload();
      await state(page, "没有取到密钥").waitFor();
      await shootBoth(page, "account-offline");
      await page.unroute("**/staff/keyring");
      await page.locator("header").getByRole("button", { name: "重试" }).click();
      await state(page, "密钥未解锁").waitFor();

      // Whose session is gone keeps no keys: the page asks for a sign-in, which is a touch, which unlocks.
      await page.locator("header").getByRole("button", { name: "解锁密钥" }).click();
      await page.getByRole("button", { name: "用通行密钥解锁" }).click();
      await state(page, "密钥已解锁").waitFor();
      await context.clearCookies();
      await page.getByRole("link", { name: "线索看板" }).click();
      await page.waitForURL("**/staff/sign-in**");
      await page.getByRole("button", { name: "用通行密钥登录" }).click();
      await page.waitForURL("**/staff/board");
      await state(page, "密钥已解锁").waitFor();
      await shootBoth(page, "board-unlocked");
    },
  );
});

/** Plugs the second authenticator in between the proof by the first and the making of the new passkey. */
function addSecond<T>(page: Page, plugIn: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    void page.route("**/staff/own-keys", async (route) => {
      const starts = (route.request().postData() ?? "").includes('"start-add"');
      if (starts) await plugIn().then(resolve, reject);
      await route.continue();
    });
  });
}
