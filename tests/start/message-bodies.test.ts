import { createServer, request as send, type Server } from "node:http";
import { createReadableStreamFromReadable } from "@remix-run/node";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixedClock } from "~server/clock";
import { MAX_MESSAGE_POST_BYTES } from "~server/evidence/limits";
import { refuseLargeBodies } from "~server/guard-requests";
import { makeActionToken } from "~server/intake/action-token.server";
import { createReceipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let server: Server;
let port: number;
let readWhole: number[];

beforeAll(async () => {
  portal = testPortal(test.db);
  readWhole = [];
  const app = express();
  app.use(refuseLargeBodies(portal));
  app.post("/:page", (request, response, next) => {
    new Response(createReadableStreamFromReadable(request))
      .arrayBuffer()
      .then(({ byteLength }) => {
        readWhole.push(byteLength);
        response.send(String(byteLength));
      })
      .catch((error: unknown) => {
        if (!response.headersSent) next(error);
      });
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const LARGE = 3 * 1024 * 1024;
const field = (name: string, value: string) =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const FILE = `--edge\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n`;

/** Posts a form that begins with `head` and goes on for 3 MiB, its head in pieces as small as `piece`. */
function post(
  head: string,
  { path = "/status", announced = true, piece = 4_096, length = head.length + LARGE } = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      "Content-Type": "multipart/form-data; boundary=edge",
      ...(announced ? { "Content-Length": String(length) } : {}),
    };
    const posting = send(
      { host: "127.0.0.1", port, path, method: "POST", agent: false, headers },
      (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.on("error", reject);
      },
    );
    posting.on("error", reject);
    for (let at = 0; at < head.length; at += piece) posting.write(head.slice(at, at + piece));
    posting.end(Buffer.alloc(LARGE, "x"));
  });
}

const token = () => makeActionToken(portal, createReceipt());

describe("a message with files above 1 MiB", () => {
  it.each([
    ["announced", true, 4_096],
    ["in pieces", false, 4_096],
    ["with its head in small pieces", true, 16],
  ])("comes through, %s, once its first field is a token of ours", async (_how, announced, piece) => {
    const head = field("token", token()) + field("text", "x") + FILE;
    expect(await post(head, { announced, piece })).toEqual({
      status: 200,
      body: String(head.length + LARGE),
    });
  });

  it("comes through with a token that ran out: its words are kept, its files are the page's to refuse", async () => {
    const at = fixedClock("2020-01-01T00:00:00Z");
    const head = field("token", makeActionToken({ ...portal, clock: at }, createReceipt())) + FILE;
    expect((await post(head)).status).toBe(200);
  });

  it.each([
    ["no token", () => FILE],
    ["a forged one", () => field("token", `${token().slice(0, -4)}AAAA`) + FILE],
    ["a token that does not stand first", () => field("text", "x") + field("token", token()) + FILE],
  ])(
    "is answered 413 with %s, announced or not, and nothing of it passes for the whole",
    async (_how, head) => {
      readWhole = [];
      for (const announced of [true, false]) {
        const answer = await post(head(), { announced });
        expect(answer).toMatchObject({ status: 413 });
        expect(answer.body).toContain("请删减后再试");
      }
      expect(readWhole).toEqual([]);
    },
  );

  it("is taken on /status alone", async () => {
    expect((await post(field("token", token()) + FILE, { path: "/report" })).status).toBe(413);
  });

  it("is answered 413 by its length alone when five files are not as large", async () => {
    const answer = await post(field("token", token()) + FILE, { length: MAX_MESSAGE_POST_BYTES + 1 });
    expect(answer.status).toBe(413);
  });
});
