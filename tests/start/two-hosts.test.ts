import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { managePeople } from "~server/staff-auth/manage-people.server";
import { makePerson } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { testDatabase } from "~tests/setup/database";
import { servePortal, type ServedPortal } from "~tests/setup/serve-portal";
import { softwareAuthenticator, type SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const PUBLIC = { Host: "tips.localhost:3000" };
const STAFF = { Host: "office.localhost:3000" };
const staffOrigin = "http://office.localhost:3000";
let portal: TestPortal;
let site: ServedPortal;

beforeAll(async () => {
  const made = testPortal(test.db);
  portal = { ...made, env: { ...made.env, publicOrigin: "http://tips.localhost:3000", staffOrigin } };
  await installTestPack(portal);
  site = await servePortal(portal);
}, 180_000);
afterAll(() => site.stop());

describe("with a host name for each side", () => {
  it.each(["/", "/report", "/status", "/verify", "/verify.txt", "/nowhere"])(
    "%s is on the public host and not on the staff host",
    async (url) => {
      expect((await site.ask(url, { headers: PUBLIC })).status).toBe(url === "/nowhere" ? 404 : 200);
      const other = await site.ask(url, { headers: STAFF });
      expect(other.status).toBe(404);
      expect(other.text).toBe("404 · 没有找到这个页面。 There is no such page.");
      expect(other.headers["cache-control"]).toBe("no-store");
    },
  );

  it.each(["/staff", "/staff/sign-in", "/STAFF/board", "/%73taff/board", "/staff.data", "/x/../staff/board"])(
    "%s is on the staff host and not on the public host",
    async (url) => {
      expect((await site.ask(url, { headers: PUBLIC })).status).toBe(404);
      expect((await site.ask(url, { headers: STAFF })).text).not.toContain("There is no such page.");
    },
  );

  it("both have the assets", async () => {
    for (const headers of [PUBLIC, STAFF]) {
      expect((await site.ask("/favicon.png", { headers })).status).toBe(200);
      expect((await site.ask("/healthz", { headers })).status).toBe(200);
    }
    const [, asset = ""] =
      /href="(\/assets\/[^"]+\.css)"/.exec((await site.ask("/", { headers: PUBLIC })).text) ?? [];
    expect((await site.ask(asset, { headers: STAFF })).status).toBe(200);
  });

  it.each([
    "localhost:3000",
    "127.0.0.1:3000",
    "evil.example",
    "tips.localhost:3001",
    "tips.localhost:3000.evil.example",
  ])("a request for %s is for no site of ours", async (host) => {
    for (const url of ["/", "/staff", "/favicon.png"]) {
      expect([400, 421]).toContain((await site.ask(url, { headers: { Host: host } })).status);
    }
    expect((await site.ask("/healthz", { headers: { Host: host } })).status).toBe(
      host.endsWith(".example") && host.includes("3000.") ? 400 : 200,
    );
  });

  it("a host is compared as browsers do: in any case", async () => {
    expect((await site.ask("/", { headers: { Host: "TIPS.localhost:3000" } })).status).toBe(200);
  });

  it.each<[string, Record<string, string>, string, number]>([
    ["/staff/sign-in", STAFF, staffOrigin, 200],
    ["/staff/sign-in", STAFF, "http://tips.localhost:3000", 403],
    ["/preferences", PUBLIC, "http://tips.localhost:3000", 302],
    ["/preferences", PUBLIC, staffOrigin, 403],
    ["/preferences", STAFF, "http://tips.localhost:3000", 404],
  ])("a post to %s on %o from %s", async (url, host, origin, expected) => {
    const { status } = await site.ask(url, {
      method: "POST",
      headers: { ...host, origin, "content-type": "application/x-www-form-urlencoded" },
      body: "intent=lang%3Aen",
    });
    // The sign-in page has its own refusal for an empty form; what matters is that it was let through.
    if (expected === 200) expect([200, 400, 404]).toContain(status);
    else expect(status).toBe(expected);
  });

  it("a passkey is registered for the staff host, and its cookie comes from there", async () => {
    const person = await makePerson(portal, "police", ["triage_officer"]);
    const { link } = await createEnrolmentLink(
      portal.db,
      { staffId: person.id, publicOrigin: portal.env.staffOrigin, clock: portal.clock },
      systemActor("test"),
    );
    expect(link.startsWith(`${staffOrigin}/staff/enrol#`)).toBe(true);
    const post = (body: unknown) =>
      site.ask("/staff/webauthn", {
        method: "POST",
        headers: { ...STAFF, origin: staffOrigin, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const token = link.split("#")[1];
    const enrolWith = async (origin: string) => {
      type Started = { challengeId: string; options: Parameters<SoftwareAuthenticator["create"]>[0] };
      const { challengeId, options } = JSON.parse(
        (await post({ step: "start-enrolment", token })).text,
      ) as Started;
      expect(options.rp.id).toBe("office.localhost");
      const response = softwareAuthenticator(origin).create(options);
      return post({ step: "finish-enrolment", token, challengeId, response });
    };
    const elsewhere = await enrolWith(portal.env.publicOrigin);
    expect([elsewhere.status >= 400, elsewhere.headers["set-cookie"]]).toEqual([true, undefined]);
    const enrolled = await enrolWith(staffOrigin);
    expect(enrolled.status).toBe(200);
    expect(enrolled.headers["set-cookie"]?.[0]).toMatch(/^staff=[^;]+; Path=\//);
    const cookie = enrolled.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await site.ask("/staff/board", { headers: { ...STAFF, cookie } })).status).toBe(200);
  });

  it("an administrator's invitation leads to the staff host", async () => {
    const administrator = await makePerson(portal, "police", ["administrator"]);
    const other = await makePerson(portal, "police", ["triage_officer"]);
    const key = await enrolPasskey(portal, administrator);
    const asked = { act: "staff.link", subject: other.id } as const;
    const stepUp = await stepUpProof(portal, { actor: administrator, key }, asked);
    const form = new FormData();
    for (const [name, value] of Object.entries({ intent: "link", staffId: other.id, name: "甲", stepUp }))
      form.set(name, value);
    const outcome = await managePeople(portal, form, administrator);
    expect(outcome).toMatchObject({ kind: "link" });
    if (outcome.kind === "link") expect(new URL(outcome.link).origin).toBe(staffOrigin);
  });
});
