import { createServer, type Server } from "node:http";
import { connect } from "node:net";
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

/** What a client reads that sends these bytes and nothing else; "" when it was cut off. */
function raw(...sent: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => {
      for (const part of sent) socket.write(part);
    });
    let read = "";
    socket.on("data", (chunk) => (read += chunk.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(read));
  });
}

const OWN = "Host: localhost:3000\r\nOrigin: http://localhost:3000\r\nConnection: close\r\n";

describe("a body above 1 MiB", () => {
  const big = "x".repeat(1_100_000);

  it.each(["/staff/board", "/report"])(
    "posted to %s is answered 413, with or without a session",
    async (to) => {
      const head = `POST ${to} HTTP/1.1\r\n${OWN}Content-Length: ${String(big.length)}\r\n\r\n`;
      const answer = await raw(head, big);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/connection: close/i);
      expect(answer).toContain("请删减后再试");
    },
  );
});

describe("a request that is none of a browser's", () => {
  it.each([
    ["TRACE / HTTP/1.1\r\nHost: localhost", 405],
    ["PUT /report HTTP/1.1\r\nHost: localhost", 405],
    ["GET / HTTP/1.1\r\nHost: a b", 400],
    ["GET / HTTP/1.1\r\nHost: a/b", 400],
    ["GET / HTTP/1.1\r\nHost: localhost:99999", 400],
    ["GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: a:99999", 400],
    ["GET /%zz HTTP/1.1\r\nHost: localhost", 400],
    ["GET http://evil.example/staff HTTP/1.1\r\nHost: localhost", 400],
  ])("%j is answered %i", async (head, status) => {
    expect(await raw(`${head}\r\nConnection: close\r\n\r\n`)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${String(status)} `),
    );
  });
});

describe.each(["/STAFF/board", "/%73taff/board", "/x/../staff/board", "/x/%2e%2e/staff/board"])(
  "%s",
  (path) => {
    it("carries the staff side's policy", async () => {
      const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect(await raw(head)).toMatch(/script-src 'self' 'nonce-/);
    });

    it("takes no post that does not say where it comes from", async () => {
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      expect(await raw(head)).toMatch(/^HTTP\/1\.1 403 /);
    });
  },
);
