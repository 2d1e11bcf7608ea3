import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { browserTest } from "./browser-test";
import { startSite, type Site } from "./fixtures/start-site";
import { addAuthenticator } from "./virtual-authenticator";

// What a relying party's page does, without a server: the self-test is about the authenticator.
const ceremony = `<!doctype html><html lang="en"><title>passkeys</title><script>
const challenge = () => crypto.getRandomValues(new Uint8Array(32));
const prf = { eval: { first: new TextEncoder().encode("tipoff self-test") } };
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const secretOf = (credential) => {
  const secret = credential.getClientExtensionResults().prf?.results?.first;
  return secret ? hex(secret) : null;
};
window.register = async () => {
  const credential = await navigator.credentials.create({ publicKey: {
    challenge: challenge(),
    rp: { name: "Self-test" },
    user: { id: new Uint8Array([1, 2, 3]), name: "reviewer", displayName: "Reviewer" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
    authenticatorSelection: {
      authenticatorAttachment: "platform", residentKey: "required", requireResidentKey: true,
      userVerification: "required",
    },
    extensions: { prf, credProps: true },
  } });
  const { prf: prfResult, credProps } = credential.getClientExtensionResults();
  return { id: credential.id, discoverable: credProps.rk, prf: prfResult?.enabled ?? false };
};
window.signIn = async () => {
  const credential = await navigator.credentials.get({ publicKey: {
    challenge: challenge(), userVerification: "required", extensions: { prf },
  } });
  const flags = new Uint8Array(credential.response.authenticatorData)[32];
  return { id: credential.id, user: hex(credential.response.userHandle), verified: (flags & 4) !== 0,
    secret: secretOf(credential) };
};
</script>`;

interface Registered {
  id: string;
  discoverable: boolean;
  prf: boolean;
}
interface SignedIn {
  id: string;
  user: string;
  verified: boolean;
  secret: string | null;
}
const register = (page: Page) => page.evaluate<Registered>("register()");
const signIn = (page: Page) => page.evaluate<SignedIn>("signIn()");

let site: Site;
beforeAll(async () => {
  site = await startSite({ "/": { body: ceremony } });
});
afterAll(() => site.close());

browserTest(
  "a discoverable passkey signs in with user verification and a stable PRF secret",
  async ({ openStaff }) => {
    const { context } = await openStaff({ origin: site.origin });
    const page = await context.newPage();
    await page.goto("/");
    const authenticator = await addAuthenticator(page, { prf: true });
    const registered = await register(page);
    expect(registered).toMatchObject({ discoverable: true, prf: true });

    const first = await signIn(page);
    expect(first).toMatchObject({ id: registered.id, user: "010203", verified: true });
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);

    // The authenticator outlives what signs a person out.
    await context.clearCookies();
    await page.reload();
    expect((await signIn(page)).secret).toBe(first.secret);
    expect(await authenticator.exportPasskeys()).toMatchObject([
      { rpId: "localhost", isResidentCredential: true },
    ]);
  },
);

browserTest("an authenticator without PRF registers but gives no secret", async ({ openStaff }) => {
  const { context } = await openStaff({ origin: site.origin });
  const page = await context.newPage();
  await page.goto("/");
  await addAuthenticator(page, { prf: false });
  expect(await register(page)).toMatchObject({ discoverable: true, prf: false });
  expect(await signIn(page)).toMatchObject({ verified: true, secret: null });
});

browserTest(
  "an exported passkey signs in the same person elsewhere, without a PRF secret",
  async ({ openStaff }) => {
    const one = await (await openStaff({ origin: site.origin })).context.newPage();
    await one.goto("/");
    const original = await addAuthenticator(one, { prf: true });
    const { id } = await register(one);

    const two = await (await openStaff({ origin: site.origin })).context.newPage();
    await two.goto("/");
    const copy = await addAuthenticator(two, { prf: true });
    await copy.importPasskeys(await original.exportPasskeys());
    expect(await signIn(two)).toEqual({ id, user: "010203", verified: true, secret: null });
    expect((await signIn(one)).secret).not.toBeNull();
  },
);

browserTest("a person who fails user verification is not signed in", async ({ openStaff }) => {
  const { context } = await openStaff({ origin: site.origin });
  const page = await context.newPage();
  await page.goto("/");
  const authenticator = await addAuthenticator(page, { prf: true });
  await register(page);
  await authenticator.failUserVerification();
  await expect(signIn(page)).rejects.toThrow(/NotAllowedError/);
});

browserTest("a removed authenticator takes its passkeys with it", async ({ openStaff }) => {
  const { context } = await openStaff({ origin: site.origin });
  const page = await context.newPage();
  await page.goto("/");
  const first = await addAuthenticator(page, { prf: true });
  await register(page);
  await first.remove();
  const second = await addAuthenticator(page, { prf: true });
  expect(await second.exportPasskeys()).toEqual([]);
  await expect(signIn(page)).rejects.toThrow(/NotAllowedError/);
});
