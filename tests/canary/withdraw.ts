import { readStatus } from "~server/intake/read-status.server";
import { withdrawTip } from "~server/intake/withdraw-tip.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { openBrowser } from "./browse";

/** Takes a report back, by the plain form of its page or by the act behind it, and twice, as people press twice. */
export async function withdraw(
  portal: Portal,
  origin: string,
  receipt: Receipt | undefined,
  /** Where its form comes from; null where the act is done without one. */
  address: string | null,
): Promise<void> {
  if (receipt === undefined) throw new Error("nobody was given this receipt");
  const lookupId = lookupIdOf(receipt);
  if (address !== null) {
    const browser = openBrowser(origin, address);
    const shown = await browser.post("/status", { receipt: spellReceipt(receipt).numbers.join(" ") });
    const asked = await browser.post("/status", { intent: "ask-withdraw", token: tokenOf(shown.text) });
    const token = tokenOf(asked.text);
    for (let press = 0; press < 2; press += 1) {
      const done = await browser.post("/status", { intent: "withdraw", token });
      if (done.status !== 200) throw new Error(`a withdrawal was answered ${String(done.status)}`);
    }
  } else for (let press = 0; press < 2; press += 1) await withdrawTip(portal, { lookupId });
  if ((await readStatus(portal, { lookupId })) !== null)
    throw new Error("a withdrawn receipt opens its report");
}

function tokenOf(page: string): string {
  const [input = ""] = /<input[^>]*name="token"[^>]*>/.exec(page) ?? [];
  const token = /value="([^"]+)"/.exec(input)?.[1];
  if (token === undefined) throw new Error("the page of a receipt carries no token");
  return token;
}
