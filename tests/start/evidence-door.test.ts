import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draftCookie } from "~server/intake/draft-cookie.server";
import type { Portal } from "~server/portal.server";
import { evidenceFolder, evidenceIn, filesBelow, startDraft } from "~tests/factories/evidence";
import { testDatabase } from "~tests/setup/database";
import { servePortal, type ServedPortal } from "~tests/setup/serve-portal";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = evidenceFolder();
let portal: Portal;
let served: ServedPortal;
let cookie: string;

beforeAll(async () => {
  portal = { ...testPortal(test.db), evidence: evidenceIn(folder) };
  await installTestPack(portal);
  served = await servePortal(portal);
  cookie = draftCookie(portal, await startDraft(portal)).split(";")[0] ?? "";
}, 180_000);
afterAll(() => served.stop());

const TYPE = "multipart/form-data; boundary=edge";
const body = `--edge\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n${"字".repeat(700_000)}\r\n--edge--\r\n`;

function post(url: string, headers: Record<string, string>) {
  const origin = portal.env.publicOrigin;
  return served.ask(url, {
    method: "POST",
    headers: { Origin: origin, "Content-Type": TYPE, ...headers },
    body,
  });
}

describe("a post of more than 1 MiB", () => {
  it("comes through on the page of evidence from a browser that holds a draft, and nowhere else", async () => {
    expect((await post("/report/evidence", { Cookie: cookie })).status).toBe(302);
    expect(filesBelow(folder)).toHaveLength(3);
    const refused: [string, Record<string, string>][] = [
      ["/report/evidence", {}],
      ["/report/evidence", { Cookie: "draft=forged" }],
      ["/report/evidence", { Cookie: cookie, "Content-Type": "application/x-www-form-urlencoded" }],
      ["/report/narrative", { Cookie: cookie }],
      ["/status", { Cookie: cookie }],
    ];
    for (const [url, headers] of refused) expect((await post(url, headers)).status, url).toBe(413);
    expect(filesBelow(folder)).toHaveLength(3);
  });

  it("comes through on the page of registration lists, whose guard then asks who sends it, and on no other of staff's", async () => {
    const plain = { "Content-Type": "application/x-www-form-urlencoded" };
    expect((await post("/staff/watch/csv", {})).status).toBe(413);
    expect((await post("/staff/board", {})).status).toBe(413);
    expect((await post("/staff/watch", plain)).status).toBe(413);
    // Refused before it is read, so its sender may be cut off instead of hearing the answer.
    const stranger = await post("/staff/watch", {}).catch((error: NodeJS.ErrnoException) => ({
      status: error.code,
    }));
    expect([401, "ECONNRESET", "EPIPE"]).toContain(stranger.status);
  });

  it("larger than twenty files is refused even there", async () => {
    const answer = await served
      .ask("/report/evidence", {
        method: "POST",
        headers: { Cookie: cookie, "Content-Type": TYPE, "Content-Length": String(2 ** 31) },
        body,
      })
      .catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
    expect([413, "ECONNRESET"]).toContain(answer.status);
  });
});

it("only the page of evidence may talk back to the server; opened files are shown on the staff side alone", async () => {
  const policy = async (url: string) => String((await served.ask(url)).headers["content-security-policy"]);
  expect(await policy("/report/evidence")).toContain("connect-src 'self'");
  expect(await policy("/report/narrative")).toContain("connect-src 'none'");
  expect(await policy("/report/evidence")).not.toContain("blob:");
  expect(await policy("/staff/sign-in")).toMatch(/img-src [^;]*blob:/);
});
