/** The WebAuthn relying party: which site a passkey belongs to. Client-safe. */
export type RelyingParty = {
  /** The host alone, without port; an authenticator binds the passkey to it. */
  readonly rpId: string;
  /** Shown by the authenticator beside the person's name. */
  readonly rpName: string;
  /** Scheme, host and port, exactly as the browser reports it. */
  readonly origin: string;
};

/** Where the staff side is reached is what passkeys belong to: a host name of its own, else the public one. */
const SETTING = "STAFF_ORIGIN (PUBLIC_ORIGIN where it is unset)";

/**
 * Derives the relying party from the origin staff reach the portal at. Throws a sentence naming the setting when browsers
 * would refuse passkeys there: an address instead of a name, or plain http anywhere but localhost
 * (WebAuthn Level 2 §5.1.3: the effective domain is a valid domain; Secure Contexts).
 */
export function relyingParty(staffOrigin: string, rpName = "举报奖励平台·工作台"): RelyingParty {
  const url = URL.canParse(staffOrigin) ? new URL(staffOrigin) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.hostname === "")
    throw new Error(`${SETTING}: "${staffOrigin}" is not a web origin such as https://jubao.example.cn`);
  const host = url.hostname;
  if (host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host))
    throw new Error(
      `${SETTING}: "${host}" is an address; passkeys need a host name (use localhost on one machine)`,
    );
  const local = host === "localhost" || host.endsWith(".localhost");
  if (url.protocol === "http:" && !local)
    throw new Error(`${SETTING}: passkeys need https on "${host}"; plain http works on localhost only`);
  return { rpId: host, rpName, origin: url.origin };
}
