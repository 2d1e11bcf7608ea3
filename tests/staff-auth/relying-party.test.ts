import { describe, expect, it } from "vitest";
import { nextPage, signInPath } from "~server/staff-auth/next-page";
import { relyingParty } from "~server/staff-auth/relying-party";
import { stripKeyMaterial } from "~/staff-client/strip-key-material";

describe("the relying party", () => {
  it.each([
    ["https://jubao.example.cn", "jubao.example.cn", "https://jubao.example.cn"],
    ["https://jubao.example.cn:8443/", "jubao.example.cn", "https://jubao.example.cn:8443"],
    ["http://localhost:3000", "localhost", "http://localhost:3000"],
  ])("of %s is %s", (given, rpId, origin) => {
    expect(relyingParty(given)).toMatchObject({ rpId, origin });
  });

  it.each(["", "jubao", "ftp://a.cn", "http://jubao.example.cn", "http://127.0.0.1:3000", "https://[::1]"])(
    "cannot be %j, where browsers refuse passkeys",
    (given) => {
      expect(() => relyingParty(given)).toThrow(/^STAFF_ORIGIN \(PUBLIC_ORIGIN where it is unset\): /);
    },
  );
});

describe("the page after signing in", () => {
  it.each(["/staff/board", "/staff/leads/1?tab=facts", "/staff?x=1"])("may be %s", (path) => {
    expect(nextPage(path)).toBe(path);
  });

  it.each([
    null,
    "",
    "//evil.cn",
    "https://evil.cn/staff",
    "/staffing",
    "/staff/..//evil.cn",
    "/staff/../status",
    "/staff\\..\\x",
    "/staff/\u0000",
    "/staff/sign-in?next=/staff",
    "/staff/sign-out",
    "/report",
  ])("is the start page for %j", (path) => {
    expect(nextPage(path)).toBe("/staff");
  });

  it("is named to the sign-in page", () => {
    expect(signInPath("/staff/leads/1?tab=a")).toBe("/staff/sign-in?next=%2Fstaff%2Fleads%2F1%3Ftab%3Da");
    expect(signInPath("/staff")).toBe("/staff/sign-in");
  });
});

describe("what leaves the browser of a passkey's answer", () => {
  it("holds no PRF result and no other key material", () => {
    const results = { first: new Uint8Array(32).buffer };
    const answer = {
      id: "a",
      rawId: "a",
      type: "public-key" as const,
      response: { clientDataJSON: "a", authenticatorData: "a", signature: "a" },
      clientExtensionResults: {
        credProps: { rk: true, authenticatorDisplayName: "x" },
        prf: { enabled: true, results },
        largeBlob: { blob: "secret" },
      },
    };
    const posted = stripKeyMaterial(answer);
    expect(posted.clientExtensionResults).toEqual({ credProps: { rk: true }, prf: { enabled: true } });
    expect(answer.clientExtensionResults.prf.results).toBe(results);
  });
});
