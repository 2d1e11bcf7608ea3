import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/browser";

/**
 * What may be posted of a passkey's answer: extension outputs are rebuilt from the two harmless facts the server
 * wants (discoverable, PRF available), so PRF results and any other key material stay in this browser.
 */
export function stripKeyMaterial<T extends RegistrationResponseJSON | AuthenticationResponseJSON>(
  answer: T,
): T {
  const { credProps, prf } = answer.clientExtensionResults;
  return {
    ...answer,
    clientExtensionResults: {
      ...(typeof credProps?.rk === "boolean" ? { credProps: { rk: credProps.rk } } : {}),
      ...(typeof prf?.enabled === "boolean" ? { prf: { enabled: prf.enabled } } : {}),
    },
  };
}
