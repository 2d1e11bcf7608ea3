import { spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { openBrowser } from "./browse";
import type { Planted } from "./plant";

/**
 * Comes back with the receipt and writes, by the plain forms of /status: once wrongly (too long), then twice the same
 * message, as people press twice, and with a wish the matter is too young for.
 */
export async function sayByReceipt(
  origin: string,
  receipt: Receipt,
  { address, narrative: text }: Planted,
): Promise<void> {
  const browser = openBrowser(origin, address);
  const shown = await browser.post("/status", { receipt: spellReceipt(receipt).hanzi.join("") });
  const form = { token: fieldOf(shown.text, "token"), formId: fieldOf(shown.text, "formId") };
  const tooLong = await browser.post("/status", { ...form, intent: "message", text: text.repeat(1_800) });
  if (tooLong.status !== 400) throw new Error(`a long message was answered ${String(tooLong.status)}`);
  for (let press = 0; press < 2; press += 1) {
    const sent = await browser.post("/status", { ...form, intent: "message", text });
    if (sent.status !== 200 || !sent.text.includes(text)) {
      throw new Error(`a message was answered ${String(sent.status)}`);
    }
  }
  await browser.post("/status", { ...form, intent: "reopen", text });
  await browser.post("/status", { ...form, token: `x${form.token}`, intent: "message", text });
}

function fieldOf(page: string, name: string): string {
  const [input = ""] = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page) ?? [];
  const value = /value="([^"]+)"/.exec(input)?.[1];
  if (value === undefined) throw new Error(`the page of a receipt carries no ${name}`);
  return value;
}
