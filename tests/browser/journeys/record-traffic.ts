import type { Page } from "playwright-core";

/** What went between a page and the portal: pages and data, not the files that are everybody's. */
export type Traffic = {
  /** Each request sent, its address before its body. */
  readonly sent: readonly string[];
  /** Each answer received, its address before its body; complete once awaited. */
  readonly received: () => Promise<readonly string[]>;
};

/** Whether a text holds a word, as it is or as a form sends it. */
export const holds = (text: string, word: string) =>
  text.includes(word) || text.includes(encodeURIComponent(word));

const KEEP = "keepAnswer";

/**
 * Runs in the page. What a script reads as a stream, as the router reads its data, the browser keeps no copy of and
 * hands to nobody afterwards: it is copied on its way.
 */
function copyAnswers(keep: string): void {
  const own = globalThis.fetch;
  const tell = (globalThis as unknown as Record<string, (url: string, text: string) => void>)[keep];
  globalThis.fetch = async (...asked) => {
    const answer = await own(...asked);
    const copy = answer.clone();
    copy.text().then(
      (text) => tell?.(copy.url, text),
      () => undefined,
    );
    return answer;
  };
}

/** Keeps what a page sends, and what it gets from the next document on. */
export async function recordTraffic(page: Page): Promise<Traffic> {
  const sent: string[] = [];
  const received: string[] = [];
  const reading: Promise<void>[] = [];
  await page.exposeFunction(KEEP, (url: string, text: string) => void received.push(`${url} ${text}`));
  await page.addInitScript(copyAnswers, KEEP);
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  page.on("response", (response) => {
    if (response.request().resourceType() !== "document") return;
    const keep = response.text().then(
      (text) => void received.push(`${response.url()} ${text}`),
      // A redirect has no body.
      () => undefined,
    );
    reading.push(keep);
  });
  return {
    sent,
    received: async () => {
      await Promise.all(reading);
      return received;
    },
  };
}
