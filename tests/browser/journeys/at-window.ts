import type { Page } from "playwright-core";
import { expect } from "vitest";
import { shoot } from "../screenshot";
import { openStatus } from "./file-report";
import { look, shows } from "./look";
import { press } from "./press";

export const FLOAT = "30,000";

/** The window as finance sets it up, and as the informant finds it. */
const WORDS = {
  ...{ code: "CS", nameZh: "市政务服务中心领奖窗口", nameEn: "Reward window, service centre" },
  ...{ addressZh: "双龙南街801号一楼东侧", addressEn: "801 Shuanglong South Street, ground floor" },
  ...{ hoursZh: "工作日 9:00 至 17:00", hoursEn: "Working days, 9:00 to 17:00" },
};

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first();

/** One of finance proposes a window of the fund; another opens it and brings it its float. Answers its id. */
export async function openTheWindow(preparer: Page, approver: Page, fund: string): Promise<string> {
  await preparer.goto("/staff/window");
  await preparer.locator("summary", { hasText: "申请设立窗口" }).click();
  const form = preparer.locator("form:has(input[name='intent'][value='propose'])");
  await form.locator("[name='fundId']").selectOption({ label: fund });
  for (const [name, words] of Object.entries(WORDS)) await form.locator(`[name='${name}']`).fill(words);
  await look(preparer, "window-proposing");
  await form.getByRole("button", { name: "申请设立" }).click();
  await preparer.waitForURL(/done=proposed/);
  // Who proposed it does not open it.
  await shows(preparer, "等第二人确认");
  expect(await preparer.getByRole("button", { name: "确认开放" }).count()).toBe(0);
  await approver.goto("/staff/window");
  await look(approver, "window-set-up");
  await button(approver, "确认开放").click();
  await approver.waitForURL(/done=opened/);
  await approver.selectOption("[name='kind']", "top_up");
  await approver.fill("[name='amount']", FLOAT);
  await approver.getByRole("button", { name: "登记", exact: true }).click();
  await approver.waitForURL(/done=moved/);
  await shows(approver, "¥30,000.00");
  await look(approver, "window-float");
  return new URL(approver.url()).searchParams.get("window") ?? "";
}

/** Accepts, chooses the window, sees the code once and types its end again: plain forms, no script. */
export async function takeCode(citizen: Page, receipt: string): Promise<string> {
  const shot = (name: string) => shoot(citizen, `claim-${name}`);
  await openStatus(citizen, receipt);
  await shows(citizen, "¥21,180.00");
  expect(await citizen.innerText("main")).toContain("奖励已批准");
  await shot("award");
  await press(button(citizen, /接受/));
  // No address ever names the award or the receipt.
  expect(new URL(citizen.url()).pathname + new URL(citizen.url()).search).toBe("/status");
  await shows(citizen, "请选择领取方式");
  await shot("choose-way");
  await press(button(citizen, "窗口领取"));
  await shows(citizen, WORDS.addressZh);
  await citizen.check("[name='claimant'][value='self']");
  await shot("window");
  await press(button(citizen, "显示领奖码"));
  const shown = await citizen.locator("main [translate='no']").innerText();
  const code = (shown.match(/[0-9A-Z]{4}/g) ?? []).join("-");
  expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await shot("code");
  await citizen.fill("[name='ending']", "0000");
  await press(button(citizen, /确认/));
  await shows(citizen, "再输一次");
  await citizen.fill("[name='ending']", code.slice(-4).toLowerCase());
  await press(button(citizen, /确认/));
  await shows(citizen, "第 1 个领奖码有效");
  expect(await citizen.content()).not.toContain(code.slice(0, 14));
  await shot("chosen");
  return code;
}

/** The clerk types what somebody has brought. */
export async function typeCode(clerk: Page, code: string): Promise<void> {
  await clerk.fill("[name='typed']", code);
  await button(clerk, "查验领奖码").click();
}

/** A day that is one yuan short: refused without a reason, explained, and agreed to by somebody else. Answers its sheet's address. */
export async function endTheDay(clerk: Page, approver: Page, window: string): Promise<string> {
  await clerk.goto(window);
  await clerk.fill("[name='counted']", "8819");
  await button(clerk, "登记清点，结束今天").click();
  await shows(clerk, /写明原因/);
  await look(clerk, "window-difference-refused");
  await clerk.fill("[name='explanation']", "清点少一元，已查看监控，找零差错");
  await button(clerk, "登记清点，结束今天").click();
  await clerk.waitForURL(/done=counted/);
  await look(clerk, "window-counted");
  await approver.goto(window);
  await button(approver, "确认差异，结清").click();
  await approver.waitForURL(/done=closedDay/);
  await look(approver, "window-day-closed");
  const day = approver.getByRole("link", { name: "日结单（PDF）" });
  return (await day.getAttribute("href")) ?? "";
}
