import type { AppLoadContext } from "@remix-run/node";
import { endSession } from "./end-session.server";
import { readSession } from "./read-session.server";
import { readStaffCookie } from "./session-cookie.server";

/** Ends the session a request came with, where it came with one: a new one is about to take its place, or none. */
export async function endPresentSession(request: Request, context: AppLoadContext): Promise<void> {
  const { db, env, clock } = context.portal;
  const token = readStaffCookie(request, env.publicOrigin);
  const session = await readSession(db, { token, demoSignIn: env.demoSignIn, clock });
  if (session !== null) await endSession(db, { sessionId: session.sessionId, clock }, session.actor);
}
