/** Where to go after signing in: a path of the staff side, never another site; anything else is the start page. */
export function nextPage(wanted: string | null): string {
  const start = "/staff";
  if (wanted === null || !/^\/staff(?:[/?]|$)/.test(wanted) || /[\\\p{Cc}]/u.test(wanted)) return start;
  const url = new URL(wanted, "https://portal.invalid");
  if (url.origin !== "https://portal.invalid" || !/^\/staff(?:\/|$)/.test(url.pathname)) return start;
  if (/^\/staff\/(?:sign-in|sign-out|enrol)(?:\/|$)/.test(url.pathname)) return start;
  return url.pathname + url.search;
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  const next = nextPage(path);
  return next === "/staff" ? "/staff/sign-in" : `/staff/sign-in?next=${encodeURIComponent(next)}`;
}
