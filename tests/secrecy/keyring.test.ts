import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  forgetKeyring,
  keepKeyringOf,
  keyringState,
  loadKeyring,
  lockKeyring,
  unlockKeyring,
} from "~/staff-client/keys/keyring";
import type { KeyringView } from "~server/secrecy/keyring-view";
import { newKey, postedWrap, type TestKey } from "~tests/factories/own-key";

const OWN = "019a0000-0000-7000-8000-000000000001";
const OTHER = "019a0000-0000-7000-8000-000000000002";

let key: TestKey;
/** What the server answers next, in order; a function answers when it is called. */
let answers: (() => Promise<Response>)[] = [];

async function viewOf(staffId: string): Promise<KeyringView> {
  const wrap = { id: staffId, method: "recovery_code" as const, credentialId: null };
  return {
    staffId,
    personalKey: {
      id: key.id,
      publicKey: key.publicKey,
      wraps: [{ ...wrap, ...(await postedWrap(key, "recovery_code", key.code)) }],
    },
    grants: [],
  };
}

const answer = (view: KeyringView) => answers.push(() => Promise.resolve(Response.json(view)));
const fail = () => answers.push(() => Promise.reject(new TypeError("offline")));

beforeEach(async () => {
  key = await newKey();
  answers = [];
  forgetKeyring();
  vi.stubGlobal("fetch", () => {
    const next = answers.shift();
    if (next === undefined) throw new Error("the server was asked more often than the test foresees");
    return next();
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the keys in a page", () => {
  it("open with the right secret only, close by hand and open again", async () => {
    answer(await viewOf(OWN));
    expect((await loadKeyring()).state).toBe("locked");
    expect(await unlockKeyring("recovery_code", key.prf)).toBe(false);
    expect(await unlockKeyring("passkey", key.code)).toBe(false);
    expect(keyringState().state).toBe("locked");
    expect(await unlockKeyring("recovery_code", key.code)).toBe(true);
    expect(keyringState()).toMatchObject({ state: "open", keyring: { personalPrivateKey: key.privateKey } });
    lockKeyring();
    expect(JSON.stringify(keyringState())).not.toContain("personalPrivateKey");
    expect(await unlockKeyring("recovery_code", key.prf)).toBe(false);
    expect(await unlockKeyring("recovery_code", key.code)).toBe(true);
  });

  it("stay open while the server cannot be reached; closed ones say so and ask again", async () => {
    fail();
    expect((await loadKeyring()).state).toBe("offline");
    answer(await viewOf(OWN));
    expect((await loadKeyring()).state).toBe("locked");
    await unlockKeyring("recovery_code", key.code);
    fail();
    expect((await loadKeyring({ anew: true })).state).toBe("open");
  });

  it("are forgotten when somebody else is signed in, and when nobody is", async () => {
    for (const next of [OTHER, null]) {
      forgetKeyring();
      answer(await viewOf(OWN));
      await loadKeyring();
      keepKeyringOf(OWN);
      await unlockKeyring("recovery_code", key.code);
      expect(keyringState().state).toBe("open");
      keepKeyringOf(next);
      expect(keyringState()).toEqual({ state: "unknown" });
    }
  });

  it("of somebody other than the person signed in are not taken in", async () => {
    keepKeyringOf(OWN);
    answer(await viewOf(OTHER));
    expect((await loadKeyring()).state).toBe("offline");
    answer(await viewOf(OWN));
    expect((await loadKeyring()).state).toBe("locked");
  });

  it("asked for before they were forgotten do not come back with a late answer", async () => {
    const view = await viewOf(OWN);
    let arrive = () => undefined as void;
    answers.push(() => new Promise((resolve) => (arrive = () => resolve(Response.json(view)))));
    const asked = loadKeyring();
    forgetKeyring(null);
    arrive();
    await asked;
    expect(keyringState()).toEqual({ state: "unknown" });
  });
});
