import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { clearDraftCookie } from "~server/intake/draft-cookie.server";

/** Away from here at once, leaving nothing of this site in the browser but its history (which no site can clear). */
export function loader({ context }: LoaderFunctionArgs) {
  return redirect(context.portal.env.quickExitUrl, {
    headers: {
      "Set-Cookie": clearDraftCookie(context.portal),
      "Clear-Site-Data": '"cache", "cookies", "storage"',
    },
  });
}
