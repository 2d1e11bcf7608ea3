import type { Page } from "playwright-core";

/** Bytes a page may cost its reader, everything it brings counted as if it were the only page opened. */
export const MOST_BYTES = { withoutScript: 60_000, withScript: 120_000 };

/**
 * Weighs what the browser is sent from now on: documents by path (of several the largest, answers to forms too), and
 * beside them the styles, icons and scripts, which come once and are counted with every page.
 */
export function weighPages(page: Page) {
  const kept = {
    document: new Map<string, number>(),
    script: new Map<string, number>(),
    part: new Map<string, number>(),
  };
  const waiting: Promise<void>[] = [];
  page.on("response", (response) => {
    if (response.status() >= 300 && response.status() < 400) return;
    const type = response.request().resourceType();
    if (type === "xhr" || type === "fetch") return;
    const of = type === "document" || type === "script" ? kept[type] : kept.part;
    const at = new URL(response.url()).pathname;
    waiting.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize, responseHeadersSize }) => {
          of.set(at, Math.max(of.get(at) ?? 0, responseBodySize + responseHeadersSize));
        }),
    );
  });
  const sum = (sizes: ReadonlyMap<string, number>) => [...sizes.values()].reduce((all, one) => all + one, 0);
  return {
    /** The pages seen, each with what it costs without and with its scripts. */
    async pages(): Promise<readonly { path: string; withoutScript: number; withScript: number }[]> {
      await Promise.all(waiting);
      return [...kept.document].map(([path, size]) => {
        const withoutScript = size + sum(kept.part);
        return { path, withoutScript, withScript: withoutScript + sum(kept.script) };
      });
    },
    /** Those that cost more than they may. */
    async tooHeavy() {
      return (await this.pages()).filter(
        (one) => one.withoutScript > MOST_BYTES.withoutScript || one.withScript > MOST_BYTES.withScript,
      );
    },
  };
}
