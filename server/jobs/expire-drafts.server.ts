import { lt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { drafts } from "~db/schema/intake";
import { webauthnChallenges } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

/**
 * Deletes drafts untouched for 30 days, as the privacy page promises, and passkey challenges that have run out.
 * Says how many of each.
 */
export async function expireDrafts(
  db: Database,
  clock: Clock,
): Promise<{ drafts: number; challenges: number }> {
  return withActor(db, systemActor("expire-drafts"), async (tx) => {
    const gone = await tx
      .delete(drafts)
      .where(lt(drafts.expiresOn, chinaDay(clock.now())))
      .returning({ on: drafts.expiresOn });
    const spent = await tx
      .delete(webauthnChallenges)
      .where(lt(webauthnChallenges.expiresAt, clock.now()))
      .returning({ id: webauthnChallenges.id });
    return { drafts: gone.length, challenges: spent.length };
  });
}
