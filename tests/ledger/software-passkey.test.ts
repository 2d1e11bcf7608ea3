import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { describe, expect, it } from "vitest";
import { createSoftwarePasskey } from "~server/demo/software-passkey";

const site = { rpId: "tips.example.gov.cn", origin: "https://tips.example.gov.cn" };
const challenge = Buffer.alloc(32, 7).toString("base64url");

async function verdict(changes: { challenge?: string; userVerified?: boolean; signCount?: number } = {}) {
  const passkey = createSoftwarePasskey();
  return verifyAuthenticationResponse({
    response: passkey.assert({ ...site, challenge, ...changes }),
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
  });
}

describe("the software passkey", () => {
  it("signs what a relying party accepts", async () => {
    expect(await verdict({ signCount: 3 })).toMatchObject({
      verified: true,
      authenticationInfo: { userVerified: true, newCounter: 3, rpID: site.rpId, origin: site.origin },
    });
  });

  it("says truly when the person was not verified", async () => {
    await expect(verdict({ userVerified: false })).rejects.toThrow("could not be verified");
  });

  it("signs the challenge it was given and no other", async () => {
    await expect(verdict({ challenge: "AAAA" })).rejects.toThrow(
      "Unexpected authentication response challenge",
    );
  });
});
