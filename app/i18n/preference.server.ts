import { isLocale, preferenceCookie } from "./locale";
import type { AppLoadContext } from "@remix-run/node";
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

/** Whether a posted intent is a header button's. */
export function isPreference(intent: string): boolean {
  return /^(?:lang|elder):/.test(intent);
}

/**
 * For a page that answers its post directly: shows this very answer as the header's button asks, and returns the
 * cookie that keeps it so; null when it is none of those buttons.
 */
export function preferNow(context: AppLoadContext, intent: string): string | null {
  const cookie = preferenceFor(context.portal, intent);
  if (cookie === null) return null;
  const [name, value] = intent.split(":");
  context.preferred = name === "lang" && isLocale(value) ? { locale: value } : { elder: value === "1" };
  return cookie;
}

/** A path of this portal to come back to; anything else becomes the home page. */
export function localPath(value: FormDataEntryValue | null): string {
  if (typeof value !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || value.length > 200) return "/";
  const url = new URL(value, "http://portal.invalid");
  if (url.host !== "portal.invalid") return "/";
  // `/..//host` has become `//host` by now, which a browser reads as another site.
  return `${url.pathname.replace(/^\/+/, "/")}${url.search}`;
}
