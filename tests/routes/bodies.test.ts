import { beforeAll, describe, expect, it } from "vitest";
import { localPath } from "~/i18n/preference.server";
import { isStaffPath } from "~/paths";
import * as preferences from "~/routes/_public.preferences";
import * as start from "~/routes/_public.report._index";
import * as status from "~/routes/_public.status";
import * as signIn from "~/routes/staff.sign-in";
import * as webauthn from "~/routes/staff.webauthn";
import type { Portal } from "~server/portal.server";
import { testDatabase } from "~tests/setup/database";
import { answerOf, publicPortal } from "./public-portal";

const database = testDatabase();
let portal: Portal;

beforeAll(async () => {
  portal = await publicPortal(database.db);
});

const posted = (path: string, type: string, body: string) => ({
  request: new Request(`http://localhost:3000${path}`, {
    method: "POST",
    body,
    headers: { "Content-Type": type },
  }),
  params: {},
  context: { portal, nonce: "" },
});

const ACTIONS = [
  ["/status", status.action],
  ["/report", start.action],
  ["/preferences", preferences.action],
  ["/staff/sign-in", signIn.action],
  ["/staff/webauthn", webauthn.action],
] as const;

describe.each(ACTIONS)("a post to %s", (path, action) => {
  it.each([
    ["application/json", "{"],
    ["text/plain", "a=b"],
    ["multipart/form-data", "a=b"],
    ["multipart/form-data; boundary=x", "--x\r\nbroken"],
  ])("of %s that is no form is answered 400", async (type, body) => {
    expect((await answerOf(() => action(posted(path, type, body)))).status).toBe(400);
  });

  it("above 512 KiB is answered 413", async () => {
    const body = `a=${"x".repeat(600_000)}`;
    const answer = await answerOf(() => action(posted(path, "application/x-www-form-urlencoded", body)));
    expect(answer.status).toBe(413);
  });
});

describe("the way back", () => {
  it.each([
    ["/..//evil.com", "/evil.com"],
    ["/.//evil.com", "/evil.com"],
    ["/a/..//evil.com", "/evil.com"],
    ["/%2e%2e//evil.com", "/evil.com"],
    ["\\\\evil.com", "/"],
    ["//evil.com", "/"],
    ["/\\evil.com", "/"],
    ["/..\\/evil.com", "/evil.com"],
    ["/report/mode?from=check", "/report/mode?from=check"],
  ])("from %s stays on this site: %s", (back, path) => {
    expect(localPath(back)).toBe(path);
  });
});

it.each([
  ["/staff", true],
  ["/STAFF/board", true],
  ["/%73taff/board", true],
  ["//staff/board", true],
  ["/staff.data", true],
  ["/staffing", false],
  ["/report/staff", false],
  ["/%zz", false],
])("%s is the staff side's or not: %s", (path, staff) => {
  expect(isStaffPath(path)).toBe(staff);
});
