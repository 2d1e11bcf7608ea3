import { isToken } from "./make-token.server";
import { ABSOLUTE_MS } from "./session-limits";

/**
 * The staff side's only cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that no
 * sibling host can plant one; it exists under https only, hence the plain name on http://localhost.
 */
export function staffCookieName(publicOrigin: string): string {
  return publicOrigin.startsWith("https:") ? "__Host-staff" : "staff";
}

/** The session token a request carries, or null. Two cookies of that name are refused rather than guessed at. */
export function readStaffCookie(request: Request, publicOrigin: string): string | null {
  const name = staffCookieName(publicOrigin);
  const found = (request.headers.get("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [token] = found;
  return found.length === 1 && token !== undefined && isToken(token) ? token : null;
}

/** The `Set-Cookie` value that signs a browser in for at most 12 hours. */
export function writeStaffCookie(token: string, publicOrigin: string): string {
  return serialise(token, ABSOLUTE_MS / 1000, publicOrigin);
}

/** The `Set-Cookie` value that forgets the session. */
export function clearStaffCookie(publicOrigin: string): string {
  return serialise("", 0, publicOrigin);
}

function serialise(value: string, maxAgeSeconds: number, publicOrigin: string): string {
  const secure = publicOrigin.startsWith("https:") ? "; Secure" : "";
  return `${staffCookieName(publicOrigin)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
