import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parseEnrolArguments } from "~server/cli/enrol-arguments";
import { mailEnrolmentLink } from "~server/notifications/mail-enrolment-link.server";

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A mail server of a few words (RFC 5321) that keeps what it is given, or refuses every recipient. */
async function smtp(refuse: boolean): Promise<{ url: string; received: () => string }> {
  let text = "";
  server = createServer((socket: Socket) => {
    let inData = false;
    socket.write("220 test\r\n");
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const line of chunk.toString().split("\r\n")) {
        if (inData) {
          text += `${line}\n`;
          if (line === ".") {
            inData = false;
            socket.write("250 kept\r\n");
          }
        } else if (/^(EHLO|HELO|MAIL)/i.test(line)) socket.write("250 ok\r\n");
        else if (/^RCPT/i.test(line)) socket.write(refuse ? "550 no\r\n" : "250 ok\r\n");
        else if (/^DATA/i.test(line)) {
          inData = true;
          socket.write("354 go on\r\n");
        } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
        else if (line !== "") socket.write("250 ok\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `smtp://127.0.0.1:${String(port)}`, received: () => text };
}

const LINK = "http://localhost:3000/staff/enrol#abc";

describe("mailing an enrolment link", () => {
  it("sends plain text with the link from the configured sender", async () => {
    const sink = await smtp(false);
    await mailEnrolmentLink(
      { smtpUrl: sink.url, from: "portal@example.test" },
      { to: "new@example.test", link: LINK, expiresAt: new Date("2026-03-05T02:00:00Z") },
    );
    const mail = sink.received();
    expect(mail).toContain("From: portal@example.test");
    expect(mail).toMatch(/Content-Type: text\/plain/);
    const body = /\n\n([A-Za-z0-9+/=\n]{40,})\n\.\n?/.exec(mail)?.[1];
    expect(Buffer.from((body ?? "").replaceAll("\n", ""), "base64").toString("utf8")).toContain(LINK);
  });

  it("fails when the server takes no mail, or is not there", async () => {
    const sink = await smtp(true);
    const input = { to: "new@example.test", link: LINK, expiresAt: new Date() };
    await expect(
      mailEnrolmentLink({ smtpUrl: sink.url, from: "portal@example.test" }, input),
    ).rejects.toThrow();
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    await expect(
      mailEnrolmentLink({ smtpUrl: sink.url, from: "portal@example.test" }, input),
    ).rejects.toThrow();
  });

  it("takes only an address", () => {
    expect(() => parseEnrolArguments(["--person", "x", "--mail", "a@b@c"])).toThrow(
      "--mail: not a mail address",
    );
    expect(parseEnrolArguments(["--person", "x", "--mail", "a@example.test"])).toMatchObject({
      mail: "a@example.test",
    });
  });
});
