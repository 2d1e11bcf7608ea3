import { isLocale, preferenceCookie } from "./locale";
import type { Portal } from "~server/portal.server";

/**
 * The cookie a header button asks for (`lang:en`, `elder:1`), or null when the button is none of those.
 * Preferences say nothing of who somebody is.
 */
export function preferenceFor(portal: Portal, intent: string): string | null {
  const secure = portal.env.publicOrigin.startsWith("https:");
  const [name, value] = intent.split(":");
  if (name === "lang" && isLocale(value)) return preferenceCookie("lang", value, secure);
  if (name === "elder" && (value === "0" || value === "1")) return preferenceCookie("elder", value, secure);
  return null;
}

/** A path of this portal to come back to; anything else becomes the home page. */
export function localPath(value: FormDataEntryValue | null): string {
  if (typeof value !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || value.length > 200) return "/";
  const url = new URL(value, "http://portal.invalid");
  if (url.host !== "portal.invalid") return "/";
  // `/..//host` has become `//host` by now, which a browser reads as another site.
  return `${url.pathname.replace(/^\/+/, "/")}${url.search}`;
}
