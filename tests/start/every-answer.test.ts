import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { GATE, type StaffActor } from "~server/staff-auth/actor";
import { writeStaffCookie } from "~server/staff-auth/session-cookie.server";
import { startSession } from "~server/staff-auth/start-session.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { servePortal, type HttpAnswer, type ServedPortal } from "~tests/setup/serve-portal";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
/** As no honest browser sends them, so that they are found wherever they end up. */
const AGENT = "Unmistakable/31337 (reporter's own browser)";
const ADDRESS = "203.0.113.77";
const TELLTALE = [AGENT, "31337", ADDRESS];

let portal: TestPortal;
let site: ServedPortal;
let leadId: string;
let cookies: string[];

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  ({ leadId } = await sendReport(portal));
  const people = [
    await makePerson(portal, "leading-office", ["triage_officer", "auditor"]),
    await makePerson(portal, "police", ["agency_officer", "agency_verifier"]),
    await makePerson(portal, "police", ["administrator"]),
    await makePerson(portal, "police", ["finance_preparer", "finance_approver", "cashier"]),
  ];
  cookies = await Promise.all(people.map(signIn));
  site = await servePortal(portal);
}, 180_000);
afterAll(() => site.stop());

async function signIn(person: StaffActor): Promise<string> {
  const { token } = await withActor(portal.db, GATE, (tx) => startSession(tx, person, portal.clock.now()));
  return writeStaffCookie(token, portal.env.staffOrigin).split(";")[0] ?? "";
}

type Options = Parameters<ServedPortal["ask"]>[1];
const ask = (url: string, { headers, ...options }: NonNullable<Options> = {}) =>
  site.ask(url, {
    ...options,
    headers: { "User-Agent": AGENT, "X-Forwarded-For": ADDRESS, Forwarded: `for=${ADDRESS}`, ...headers },
  });

/** Every address of every route, with something in place of each parameter. */
function addresses(): string[] {
  const filled: Record<string, string> = {
    step: "mode",
    leadId,
    awardId: "00000000-0000-4000-8000-000000000000",
    "*": "no/such/page",
  };
  const { routes } = site.build;
  const pathOf = (id: string | undefined): string => {
    const route = id === undefined ? undefined : routes[id];
    return route === undefined ? "" : `${pathOf(route.parentId)}/${route.path ?? ""}`;
  };
  const found = Object.keys(routes).map((id) =>
    pathOf(id)
      .split("/")
      .filter((part) => part !== "")
      .map((part) => (part.startsWith(":") || part === "*" ? (filled[part.replace(":", "")] ?? "x") : part))
      .join("/"),
  );
  return [...new Set(found)].map((path) => `/${path}`);
}

const isStaff = (url: string) => url.startsWith("/staff");

/** What is wrong with an answer, in words; nothing when nothing is. */
function faultsOf(url: string, answer: HttpAnswer): string[] {
  const { headers, text } = answer;
  const policy = String(headers["content-security-policy"]);
  const scripts = [...text.matchAll(/<script\b([^>]*)>/g)].map(([, attributes = ""]) => attributes);
  const nonce = /'nonce-([^']{20,})'/.exec(policy)?.[1] ?? "";
  const set = (headers["set-cookie"] ?? []).map((line) => line.split("=")[0]);
  const html = String(headers["content-type"]).includes("html");
  const faults: [boolean, string][] = [
    [
      !/^no-store(, no-store)*$/.test(headers["cache-control"] ?? ""),
      `Cache-Control ${String(headers["cache-control"])}`,
    ],
    [headers["referrer-policy"] !== "same-origin", "Referrer-Policy"],
    [headers["x-frame-options"] !== "DENY", "X-Frame-Options"],
    [headers["x-content-type-options"] !== "nosniff", "X-Content-Type-Options"],
    [!policy.includes("default-src 'none'") || /unsafe|\*|http:|https:/.test(policy), `policy ${policy}`],
    [!policy.includes("frame-ancestors 'none'"), "frame-ancestors"],
    [headers["x-powered-by"] !== undefined || headers.server !== undefined, "names its software"],
    [TELLTALE.some((mark) => text.includes(mark)), "repeats who asked"],
    [/<[^>]+\son[a-z]+=/.test(text), "an event handler in HTML"],
  ];
  if (isStaff(url)) {
    faults.push(
      [nonce === "", "no nonce"],
      [
        html && !scripts.every((attributes) => attributes.includes(`nonce="${nonce}"`)),
        "a script without the nonce",
      ],
      [set.some((name) => name !== "staff"), `cookie ${set.join(", ")}`],
    );
  } else {
    faults.push(
      [nonce !== "", "a nonce on the citizen's side"],
      [
        html && scripts.some((attributes) => !attributes.includes('src="/enhance.js"')),
        "a script of its own",
      ],
      [set.some((name) => name === "staff"), "a staff cookie"],
    );
  }
  return faults.filter(([wrong]) => wrong).map(([, fault]) => `${url} (${String(answer.status)}): ${fault}`);
}

describe("every answer of every route", () => {
  it("read by anyone, and by staff of each kind", async () => {
    const faults: string[] = [];
    const seen = new Map<string, Set<number>>();
    for (const cookie of ["", ...cookies]) {
      for (const url of addresses()) {
        const answer = await ask(url, { headers: cookie === "" ? {} : { cookie } });
        faults.push(...faultsOf(url, answer));
        const side = isStaff(url) ? "staff" : "public";
        seen.set(side, (seen.get(side) ?? new Set()).add(answer.status));
      }
    }
    expect(faults).toEqual([]);
    // The table is worth something only when pages, redirects and missing pages were among them.
    for (const side of ["staff", "public"])
      expect([...(seen.get(side) ?? [])]).toEqual(expect.arrayContaining([200, 302, 404]));
    expect(addresses().length).toBeGreaterThan(30);
  }, 60_000);

  it("posted to with nothing that makes sense, with and without a session", async () => {
    const faults: string[] = [];
    const seen = new Set<number>();
    for (const url of addresses()) {
      for (const [type, body] of [
        ["application/x-www-form-urlencoded", "intent=nothing&%zz=1"],
        ["application/json", "{not json"],
        ["multipart/form-data; boundary=x", "--y"],
      ] as const) {
        for (const cookie of ["", cookies[0] ?? ""]) {
          const answer = await ask(url, {
            method: "POST",
            headers: {
              origin: portal.env.publicOrigin,
              "content-type": type,
              ...(cookie === "" ? {} : { cookie }),
            },
            body,
          });
          faults.push(...faultsOf(url, answer));
          seen.add(answer.status);
        }
      }
    }
    expect(faults).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining([400, 404]));
  }, 60_000);

  it("from a foreign origin, with a method nobody has, too large, or of an address that is none", async () => {
    const faults: string[] = [];
    for (const url of ["/report/mode", "/staff/board"]) {
      for (const [status, options] of [
        [403, { method: "POST", headers: { origin: "https://evil.example" } }],
        [405, { method: "DELETE" }],
        [413, { method: "POST", headers: { origin: portal.env.publicOrigin, "content-length": "2000000" } }],
        [400, { headers: { Host: "a b" } }],
      ] as const) {
        const answer = await ask(url, options);
        expect([url, answer.status]).toEqual([url, status]);
        faults.push(...faultsOf(url, answer));
      }
    }
    expect(faults).toEqual([]);
  });

  it("when the database is gone", async () => {
    const broken = { ...portal, db: { ...portal.db, pool: new Proxy(portal.db.pool, { get: fail }) } };
    const down = await servePortal(broken);
    const faults: string[] = [];
    const seen = new Set<number>();
    for (const url of addresses()) {
      const answer = await down.ask(url, {
        headers: { "User-Agent": AGENT, "X-Forwarded-For": ADDRESS, cookie: cookies[0] ?? "" },
      });
      faults.push(...faultsOf(url, answer));
      seen.add(answer.status);
    }
    await down.stop();
    expect(faults).toEqual([]);
    expect(seen.has(500)).toBe(true);
  }, 60_000);

  it("leaves no address and no browser's name in the log, whatever was asked", () => {
    expect(portal.logged()).toContain("request failed");
    for (const mark of TELLTALE) expect(portal.logged()).not.toContain(mark);
    expect(portal.logged()).not.toContain("127.0.0.1");
  });
});

function fail(): never {
  throw new Error(`refused for ${ADDRESS} with ${AGENT}`);
}
