import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "./axe";
import { browserTest } from "./browser-test";
import { startSite, type Site } from "./fixtures/start-site";
import { newCitizenContext, type CitizenOptions } from "./launch";
import { takePicture } from "./screenshot";
import { foreignLinks, leavesOrigin } from "./watch-context";

const html = (body: string, head = "") =>
  `<!doctype html><html lang="zh-CN"><head><meta name="viewport" content="width=device-width">` +
  `<title>举报</title>${head}</head><body><main><h1>举报非法集资</h1>${body}</main></body></html>`;

let elsewhere: Site;
let site: Site;
let citizen: CitizenOptions;

beforeAll(async () => {
  elsewhere = await startSite({ "/pixel": { type: "image/svg+xml", body: "<svg/>" } });
  const foreign = `${elsewhere.origin}/pixel`;
  site = await startSite({
    "/": { body: html("<p id=p>off</p><script>p.textContent = 'on'</script>") },
    "/refused": { status: 400, body: html("<p>请填写</p>") },
    "/broken": { status: 500, body: html("<p>出错了</p>") },
    "/throws": { body: html("<script>throw new Error('thrown on purpose')</script>") },
    "/logs": { body: html("<script>console.error('logged on purpose')</script>") },
    "/no-such-style": { body: html("", `<link rel="stylesheet" href="/absent.css">`) },
    "/foreign-image": { body: html(`<img alt="" src="${foreign}">`) },
    "/foreign-name": { body: html(`<img alt="" src="http://tracker.example/x.png">`) },
    "/foreign-fetch": { body: html(`<script>fetch("${foreign}").catch(() => {})</script>`) },
    "/foreign-beacon": { body: html(`<script>navigator.sendBeacon("${foreign}", "x")</script>`) },
    "/foreign-socket": { body: html(`<script>new WebSocket("${foreign.replace("http", "ws")}")</script>`) },
    "/foreign-preconnect": { body: html("", `<link rel=preconnect href="https://fonts.example">`) },
    "/inaccessible": { body: html(`<form><input name="q"></form><img src="data:,">`) },
  });
  citizen = { origin: site.origin, script: true, width: 390, locale: "zh-CN" };
});
afterAll(() => Promise.all([site.close(), elsewhere.close()]));

describe("a context", () => {
  browserTest("runs scripts only where they are on", async ({ openCitizen }) => {
    for (const script of [true, false]) {
      const page = await (await openCitizen({ ...citizen, script })).context.newPage();
      await page.goto("/");
      expect(await page.textContent("#p")).toBe(script ? "on" : "off");
    }
  });

  browserTest("has the width and the language asked for", async ({ openCitizen }) => {
    for (const [width, locale] of [
      [390, "zh-CN"],
      [1280, "en"],
    ] as const) {
      const page = await (await openCitizen({ ...citizen, width, locale })).context.newPage();
      await page.goto("/");
      expect(await page.evaluate("innerWidth")).toBe(width);
      expect(await page.evaluate("navigator.language")).toBe(locale);
      expect(site.language()).toMatch(new RegExp(`^${locale}`));
    }
  });

  browserTest("shares no cookie with another", async ({ openCitizen, openStaff }) => {
    const one = await openCitizen(citizen);
    await one.context.addCookies([{ name: "session", value: "x", url: site.origin }]);
    const other = await openStaff({ origin: site.origin });
    expect(await other.context.cookies()).toEqual([]);
  });

  browserTest("is clean when a form is refused with a 400 page", async ({ openCitizen }) => {
    const watched = await openCitizen(citizen);
    const page = await watched.context.newPage();
    await page.goto("/refused");
    await watched.assertClean();
  });

  browserTest.for([
    ["/throws", /page error:.*thrown on purpose/],
    ["/logs", /console\.error: logged on purpose/],
    ["/broken", /status of 500/],
    ["/no-such-style", /status of 404.*absent\.css/],
    ["/foreign-image", /foreign request: GET .*\/pixel/],
    ["/foreign-name", /foreign request: GET http:\/\/tracker\.example/],
    ["/foreign-fetch", /foreign request: GET .*\/pixel/],
    ["/foreign-beacon", /foreign request: POST .*\/pixel/],
    ["/foreign-socket", /foreign socket: ws:.*\/pixel/],
    ["/foreign-preconnect", /foreign link: https:\/\/fonts\.example/],
  ] as const)("is not clean after %s", async ([path, finding], { browser }) => {
    const watched = await newCitizenContext(browser, citizen);
    const page = await watched.context.newPage();
    await page.goto(path, { waitUntil: "networkidle" });
    await expect(watched.assertClean()).rejects.toThrow(finding);
    await expect(watched.close()).rejects.toThrow(finding);
    expect(watched.context.pages()).toEqual([]);
  });

  browserTest(
    "is clean after a finding that was expected, and not when it never came",
    async ({ browser }) => {
      const watched = await newCitizenContext(browser, citizen);
      watched.expectFinding(/logged on purpose/);
      await expect(watched.assertClean()).rejects.toThrow(/expected but never seen/);
      const page = await watched.context.newPage();
      await page.goto("/logs");
      await watched.close();
    },
  );

  browserTest("reports what a page without scripts fetches from elsewhere", async ({ browser }) => {
    const watched = await newCitizenContext(browser, { ...citizen, script: false });
    const page = await watched.context.newPage();
    await page.goto("/foreign-image");
    await expect(watched.close()).rejects.toThrow(/foreign request/);
  });
});

browserTest("only another host, port or scheme is elsewhere", () => {
  const origin = "http://localhost:3000";
  for (const url of [
    `${origin}/x`,
    "data:,x",
    "blob:http://localhost:3000/1",
    "about:blank",
    "ws://localhost:3000/",
  ])
    expect(leavesOrigin(url, origin), url).toBe(false);
  for (const url of [
    "http://localhost:3001/",
    "https://localhost:3000/",
    "http://127.0.0.1:3000/",
    "file:///etc/hosts",
  ])
    expect(leavesOrigin(url, origin), url).toBe(true);
});

browserTest("links that open no connection, or one to the portal, are not findings", () => {
  const own = `<link rel="icon" href="/favicon.svg"><link rel=preconnect href='http://localhost:3000'>`;
  const canonical = `<link rel="license" href="https://licence.example/">`;
  expect(foreignLinks(own + canonical, "http://localhost:3000/tip")).toEqual([]);
  expect(foreignLinks(`<link href=//cdn.example rel="dns-prefetch">`, "http://localhost:3000/")).toEqual([
    "//cdn.example",
  ]);
});

browserTest("a screenshot is a PNG of the whole page, named by its width", async ({ openCitizen }) => {
  for (const width of [390, 1280] as const) {
    const page = await (await openCitizen({ ...citizen, width })).context.newPage();
    await page.goto("/");
    await page.addStyleTag({ content: "main { height: 3000px }" });
    const file = await takePicture(page, "self-test");
    expect(file).toMatch(new RegExp(`/\\.cache/screenshots/self-test-${width}\\.png$`));
    const png = await readFile(file);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBe(width);
    expect(png.readUInt32BE(20)).toBeGreaterThanOrEqual(3000);
  }
});

browserTest("a screenshot's name cannot leave its folder", async ({ openCitizen }) => {
  const page = await (await openCitizen(citizen)).context.newPage();
  await expect(takePicture(page, "../x")).rejects.toThrow(/not a screenshot name/);
});

browserTest(
  "axe passes an accessible page and names rule and element of another",
  async ({ openCitizen }) => {
    const page = await (await openCitizen(citizen)).context.newPage();
    await page.goto("/");
    await expectNoAxeFindings(page);
    await page.goto("/inaccessible");
    const failure = await expectNoAxeFindings(page).catch((error: Error) => error.message);
    expect(failure).toMatch(/2 accessibility rules broken/);
    expect(failure).toMatch(/image-alt \(critical\)[^]*<img src="data:,">/);
    expect(failure).toMatch(/label \(critical\)[^]*<input name="q">/);
  },
);

browserTest("axe refuses a context with scripts off", async ({ openCitizen }) => {
  const page = await (await openCitizen({ ...citizen, script: false })).context.newPage();
  await page.goto("/");
  await expect(expectNoAxeFindings(page)).rejects.toThrow(/scripts on/);
});
