import type { AppLoadContext } from "@remix-run/node";
import type { StaffActor } from "./actor";
import { rotateSession } from "./rotate-session.server";
import { readStaffCookie, writeStaffCookie } from "./session-cookie.server";

/** The `Set-Cookie` value of a session's new token, or null where there is no session to renew. */
export async function renewSession(
  request: Request,
  context: AppLoadContext,
  actor: StaffActor,
): Promise<string | null> {
  const { db, env, clock } = context.portal;
  const token = readStaffCookie(request, env.staffOrigin);
  if (token === null || actor.session === undefined) return null;
  const next = await rotateSession(db, { sessionId: actor.session.id, token, clock }, actor);
  return next === null ? null : writeStaffCookie(next, env.staffOrigin);
}
