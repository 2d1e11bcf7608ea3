import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeActionToken, readActionToken } from "~server/intake/action-token.server";
import { draftCookie, readDraftReceipt } from "~server/intake/draft-cookie.server";
import { createReceipt, spellReceipt } from "~server/secrecy/receipt";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const test = testDatabase();

describe("the draft cookie", () => {
  it("carries the receipt sealed, for this browser session and HTTP only", () => {
    const portal = testPortal(test.db);
    const receipt = createReceipt();
    const cookie = draftCookie(portal, receipt);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toMatch(/Max-Age|Expires/);
    const value = cookie.split(";")[0] ?? "";
    expect(Buffer.from(value.split("=")[1] ?? "", "base64url").includes(Buffer.from(receipt.entropy))).toBe(
      false,
    );
    expect(cookie).not.toContain(spellReceipt(receipt).words[0]);
    const request = new Request("http://localhost:3000/report", { headers: { cookie: `a=b; ${value}` } });
    expect(readDraftReceipt(request, portal)).toEqual(receipt);
  });

  it("changed, from another portal or absent is no receipt", () => {
    const [portal, other] = [testPortal(test.db), testPortal(test.db)];
    const value = draftCookie(portal, createReceipt()).split(";")[0] ?? "";
    const ask = (cookie: string, of = portal) =>
      readDraftReceipt(new Request("http://localhost:3000/", { headers: { cookie } }), of);
    expect(ask(value, other)).toBeNull();
    expect(ask(`${value.slice(0, -2)}AA`)).toBeNull();
    expect(ask("draft=")).toBeNull();
    expect(ask("")).toBeNull();
  });
});

describe("the token of a status page", () => {
  it("carries the receipt for 30 minutes and no longer, and in no form anybody else can read", () => {
    const portal = testPortal(test.db, "2026-03-02T02:00:00Z");
    const receipt = createReceipt();
    const token = makeActionToken(portal, receipt);
    expect(Buffer.from(token, "base64url").includes(Buffer.from(receipt.entropy))).toBe(false);
    expect(readActionToken(portal, token)).toEqual(receipt);
    portal.clock.set("2026-03-02T02:30:00Z");
    expect(readActionToken(portal, token)).toEqual(receipt);
    portal.clock.set("2026-03-02T02:30:01Z");
    expect(readActionToken(portal, token)).toBeNull();
  });

  it("forged or torn is nothing", () => {
    const portal = testPortal(test.db);
    expect(readActionToken(portal, "")).toBeNull();
    expect(readActionToken(portal, randomBytes(68).toString("base64url"))).toBeNull();
    expect(readActionToken(portal, makeActionToken(testPortal(test.db), createReceipt()))).toBeNull();
  });
});
