import type { CDPSession, Page } from "playwright-core";

/** A passkey as the browser hands it out, private key included. */
export type PasskeyExport = Awaited<ReturnType<typeof sendGetCredentials>>[number];

export interface VirtualAuthenticator {
  /** The passkeys it holds, to be imported into the authenticator of another page of the same person. */
  exportPasskeys(): Promise<PasskeyExport[]>;
  /**
   * Adds passkeys exported elsewhere. Each signs as before, but Chromium neither exports nor imports the secret
   * behind the PRF extension: an imported passkey gives no PRF result. A person whose journey needs PRF stays
   * in one page; authenticators outlive navigations and cleared cookies.
   */
  importPasskeys(passkeys: PasskeyExport[]): Promise<void>;
  /** From now on the person fails user verification. For good: after one failed request Chromium locks it. */
  failUserVerification(): Promise<void>;
  /** Whether the person touches it when asked, as they do at first: with several, only one of them is to answer. */
  touch(touches: boolean): Promise<void>;
  /** Unplugs it. The page has no passkeys afterwards. */
  remove(): Promise<void>;
}

async function sendGetCredentials(session: CDPSession, authenticatorId: string) {
  return (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
}

/**
 * Gives a page a platform authenticator that holds discoverable passkeys and confirms every request by itself.
 * It belongs to this page alone: the other pages of the context, popups included, see none of it.
 * WebAuthn needs a secure context, so the portal is addressed as http://localhost, not by number.
 */
export async function addAuthenticator(
  page: Page,
  options: { prf: boolean; transport?: "internal" | "usb" },
): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: options.transport ?? "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: options.prf,
    },
  });
  return {
    exportPasskeys: () => sendGetCredentials(session, authenticatorId),
    importPasskeys: async (passkeys) => {
      for (const credential of passkeys) {
        await session.send("WebAuthn.addCredential", { authenticatorId, credential });
      }
    },
    failUserVerification: async () => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    },
    touch: async (touches) => {
      await session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: touches });
    },
    remove: async () => {
      await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await session.detach();
    },
  };
}
