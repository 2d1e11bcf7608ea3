import type { Page } from "playwright-core";

/** The row of an award among the payments, for who may open awards. */
export const paymentOf = (finance: Page, awardId: string) =>
  finance.locator("tr", { has: finance.locator(`a[href$="/${awardId}"]`) });

/** Finance books an accepted award. */
export async function postAward(finance: Page, awardId: string): Promise<void> {
  await finance.goto("/staff/payments?state=accepted");
  await paymentOf(finance, awardId).getByRole("button", { name: /^记账/ }).click();
  await finance.waitForURL(/done=posted/);
}
