import { createServer, request as send, type Server } from "node:http";
import { createReadableStreamFromReadable } from "@remix-run/node";
import express from "express";
import { afterAll, beforeAll, expect, it } from "vitest";
import { refuseLargeBodies } from "~server/guard-requests";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const test = testDatabase();

let server: Server;
let port: number;
let readWhole: number[];

// Reads as Remix does, and tells how much came through.
beforeAll(async () => {
  readWhole = [];
  const app = express();
  app.use(refuseLargeBodies(testPortal(test.db)));
  app.post("/", (request, response, next) => {
    const body = createReadableStreamFromReadable(request);
    new Response(body)
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

/** Posts `count` pieces of 64 KiB without announcing a length. */
function postPieces(count: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const posting = send({ host: "127.0.0.1", port, method: "POST", agent: false }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    posting.on("error", reject);
    for (let sent = 0; sent < count; sent += 1) posting.write(Buffer.alloc(65_536, "x"));
    posting.end();
  });
}

it("a body in pieces up to 1 MiB comes through whole", async () => {
  expect(await postPieces(16)).toEqual({ status: 200, body: String(1024 * 1024) });
});

it("a body in pieces above 1 MiB is answered 413, and no part of it passes for the whole", async () => {
  readWhole = [];
  const answer = await postPieces(24);
  expect(answer.status).toBe(413);
  expect(answer.body).toContain("请删减后再试");
  expect(await postPieces(1)).toEqual({ status: 200, body: "65536" });
  expect(readWhole).toEqual([65_536]);
});
