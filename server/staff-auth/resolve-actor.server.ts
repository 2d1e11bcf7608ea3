import type { AppLoadContext } from "@remix-run/node";
import type { StaffActor } from "./actor";
import { readSession } from "./read-session.server";
import { readStaffCookie } from "./session-cookie.server";

/** Who sent this request, read from the database at each loader and action: a role taken away is gone at once. */
export async function resolveActor(request: Request, context: AppLoadContext): Promise<StaffActor | null> {
  const { db, env, clock } = context.portal;
  const token = readStaffCookie(request, env.publicOrigin);
  if (token === null) return null;
  const session = await readSession(db, { token, demoSignIn: env.demoSignIn, clock });
  if (session === null) return null;
  return { ...session.actor, session: { id: session.sessionId, rotationDue: false } };
}
