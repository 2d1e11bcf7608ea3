import { createServer, type Server } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ServerBuild } from "@remix-run/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "~server/app";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let server: Server;
let origin: string;

// A build without routes: every page is Remix's own 404, which carries the same headers.
const EMPTY = {
  entry: { module: { default: () => new Response("404", { status: 404 }) } },
  routes: {},
  assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" },
  basename: "/",
  publicPath: "/",
  assetsBuildDirectory: "",
  future: {},
  isSpaMode: false,
} as unknown as ServerBuild;

beforeAll(async () => {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
  server = createServer(createApp(testPortal(test.db), EMPTY, root));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("every answer", () => {
  it("on the citizen's side allows one's own script and nothing else, and is never kept", async () => {
    const { headers } = await fetch(`${origin}/anything`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' ?;/);
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toMatch(/unsafe|nonce/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("etag")).toBeNull();
  });

  it("on the staff side carries a nonce of its own each time", async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => (await fetch(`${origin}/staff`)).headers.get("content-security-policy") ?? ""),
    );
    const found = nonces.map((policy) => /script-src 'self' 'nonce-([^']{20,})'/.exec(policy)?.[1]);
    expect(found[0]).toBeDefined();
    expect(found[0]).not.toBe(found[1]);
    expect(nonces[0]).not.toContain("unsafe");
  });

  it("an unknown asset is a plain 404", async () => {
    expect((await fetch(`${origin}/assets/nothing.js`)).status).toBe(404);
  });

  it.each<[string, string, Record<string, string>, boolean]>([
    ["/report/mode", "another site", { origin: "https://evil.example" }, false],
    ["/report/mode", "an opaque origin", { origin: "null" }, false],
    ["/staff/board", "nowhere it names", {}, false],
    ["/report/mode", "an old browser that names none", {}, true],
    ["/report/mode", "our own page", { origin: "http://localhost:3000" }, true],
  ])("a post to %s from %s is let through or not", async (to, _from, headers, through) => {
    const { status } = await fetch(`${origin}${to}`, { method: "POST", headers, body: "a=b" });
    expect(status !== 403).toBe(through);
  });
});
