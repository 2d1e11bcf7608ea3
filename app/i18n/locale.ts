/** The two languages of the citizen's side. Staff pages are zh-CN. */
export const LOCALES = ["zh-CN", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const COOKIE = "lang";
const ELDER_COOKIE = "elder";

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && (LOCALES as readonly string[]).includes(value);
}

/** What a header button has asked for just now; its cookie comes with the answer. */
type Preferred = { readonly preferred?: { readonly locale?: Locale; readonly elder?: boolean } };

/** zh-CN first: English only when asked for by cookie, or when the browser speaks English and no Chinese at all. */
export function detectLocale(request: Request, { preferred }: Preferred = {}): Locale {
  const chosen = preferred?.locale ?? readCookie(request, COOKIE);
  if (isLocale(chosen)) return chosen;
  const accepted = (request.headers.get("Accept-Language") ?? "").toLowerCase();
  return /\ben\b/.test(accepted) && !/\bzh\b/.test(accepted) ? "en" : "zh-CN";
}

/** Elder mode (关怀版): larger type and fewer words. */
export function elderMode(request: Request, { preferred }: Preferred = {}): boolean {
  return preferred?.elder ?? readCookie(request, ELDER_COOKIE) === "1";
}

/** A preference of this browser, without any identity: one year, readable by the server only. */
export function preferenceCookie(name: "lang" | "elder", value: string, secure: boolean): string {
  return `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly${secure ? "; Secure" : ""}`;
}

export function readCookie(request: Pick<Request, "headers">, name: string): string | null {
  for (const part of (request.headers.get("Cookie") ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return value.join("=");
  }
  return null;
}
