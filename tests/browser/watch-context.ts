import type { BrowserContext, ConsoleMessage, Page, Response } from "playwright-core";

export interface WatchedContext {
  context: BrowserContext;
  /** Announces a finding the journey provokes on purpose. `assertClean` fails if it never comes. */
  expectFinding(pattern: RegExp): void;
  /** Fails with every page error, console error and foreign request seen so far. */
  assertClean(): Promise<void>;
  /** Asserts clean, then closes the context either way. */
  close(): Promise<void>;
}

/** Link relations on which a browser opens a connection, though Playwright reports no request for them. */
const CONNECTING_RELATIONS = ["preconnect", "dns-prefetch", "icon", "apple-touch-icon", "manifest"];

const attribute = (tag: string, name: string) =>
  new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag)?.slice(1).find(Boolean);

/** Foreign origins that a document's link elements make the browser connect to. */
export function foreignLinks(html: string, documentUrl: string): string[] {
  const found: string[] = [];
  for (const [tag] of html.matchAll(/<link\b[^>]*>/gi)) {
    const relations = (attribute(tag, "rel") ?? "").toLowerCase().split(/\s+/);
    const href = attribute(tag, "href");
    if (href === undefined || !relations.some((relation) => CONNECTING_RELATIONS.includes(relation)))
      continue;
    const target = URL.canParse(href, documentUrl) ? new URL(href, documentUrl).href : href;
    if (leavesOrigin(target, new URL(documentUrl).origin)) found.push(href);
  }
  return found;
}

/** Whether a request to this URL leaves the origin. Data, blob and about URLs never leave the page. */
export function leavesOrigin(url: string, origin: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === "data" || scheme === "blob" || scheme === "about") return false;
  // A socket to the portal itself has the portal's host under another scheme.
  if (scheme === "ws" || scheme === "wss") return new URL(url).host !== new URL(origin).host;
  return !URL.canParse(url) || new URL(url).origin !== origin;
}

interface Finding {
  text: string;
  /** Set for the line Chromium logs about a response with an error status. */
  statusOf?: string;
}

function fromConsole(message: ConsoleMessage): Finding | undefined {
  if (message.type() !== "error" && message.type() !== "assert") return undefined;
  // A form sent again while the page still reads what the answer before it changed: the router drops that reading, and
  // logs that it did. Nothing is lost, and nobody is told.
  if (/^AbortError: BodyStreamBuffer was aborted/.test(message.text())) return undefined;
  const { url } = message.location();
  const text = `console.${message.type()}: ${message.text()} (${url})`;
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
    ? // A console names the address with the fragment a link to a fault left in it, an answer without.
      { text, statusOf: url.split("#")[0] ?? url }
    : { text };
}

/**
 * Watches a context for what no page of the portal may do: throw, log an error, or send anything elsewhere.
 * A page answered with a 4xx status is no finding (a refused form is a page like any other, and Chromium logs
 * every such answer); a 4xx for a script, style or other fetch is one, and so is any 5xx.
 */
export function watchContext(context: BrowserContext, portal: string): WatchedContext {
  const origin = new URL(portal).origin;
  const findings: Finding[] = [];
  const refusedPages = new Set<string>();
  const expected: RegExp[] = [];
  const reading = new Set<Promise<void>>();

  const readDocument = async (response: Response) => {
    // A body is gone once the page has moved on; the requests it made are reported all the same.
    const html = await response.text().catch(() => "");
    for (const href of foreignLinks(html, response.url())) findings.push({ text: `foreign link: ${href}` });
  };

  context.on("weberror", (event) => {
    const error = event.error();
    findings.push({ text: `page error: ${error.stack ?? error.message}` });
  });
  context.on("console", (message) => {
    const finding = fromConsole(message);
    if (finding) findings.push(finding);
  });
  context.on("request", (request) => {
    if (leavesOrigin(request.url(), origin)) {
      findings.push({ text: `foreign request: ${request.method()} ${request.url()}` });
    }
  });
  context.on("response", (response) => {
    const { pathname } = new URL(response.url());
    // A hydrated page posts its forms and reads its loaders under the page's address with `.data`.
    const isPage = response.request().isNavigationRequest() || pathname.endsWith(".data");
    if (isPage && response.status() >= 400 && response.status() < 500)
      refusedPages.add(response.url().split("#")[0] ?? "");
    if (!response.request().isNavigationRequest()) return;
    const isHtml = (response.headers()["content-type"] ?? "").includes("html");
    if (!isHtml || (response.status() >= 300 && response.status() < 400)) return;
    const read = readDocument(response).finally(() => reading.delete(read));
    reading.add(read);
  });
  const watchPage = (page: Page) => {
    page.on("websocket", (socket) => {
      if (leavesOrigin(socket.url(), origin)) findings.push({ text: `foreign socket: ${socket.url()}` });
    });
    page.on("crash", () => findings.push({ text: "the page crashed" }));
  };
  context.pages().forEach(watchPage);
  context.on("page", watchPage);

  const assertClean = async () => {
    // A round trip to each page brings in the events the browser sent before it; a closing page may refuse.
    await Promise.all(context.pages().map((page) => page.evaluate("0").catch(() => undefined)));
    await Promise.all(reading);
    const real = findings
      .filter(({ statusOf }) => statusOf === undefined || !refusedPages.has(statusOf))
      .map(({ text }) => text);
    const unforeseen = real.filter((text) => !expected.some((pattern) => pattern.test(text)));
    const absent = expected.filter((pattern) => !real.some((text) => pattern.test(text)));
    const complaints = [...unforeseen, ...absent.map((pattern) => `expected but never seen: ${pattern}`)];
    if (complaints.length > 0) throw new Error(`the pages were not clean:\n- ${complaints.join("\n- ")}`);
  };

  return {
    context,
    expectFinding: (pattern) => void expected.push(pattern),
    assertClean,
    close: async () => {
      try {
        await assertClean();
      } finally {
        await context.close();
      }
    },
  };
}
