import { and, inArray, isNull, lt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tipFiles } from "~db/schema/evidence";
import { drafts } from "~db/schema/intake";
import { webauthnChallenges } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

/**
 * Deletes drafts untouched for 30 days, as the privacy page promises, and passkey challenges that have run out.
 * A draft's files lose their keys with it; what lies on disk of them is the sweeper's. Says how many of each.
 */
export async function expireDrafts(
  db: Database,
  clock: Clock,
): Promise<{ drafts: number; challenges: number }> {
  return withActor(db, systemActor("expire-drafts"), async (tx) => {
    const gone = await tx
      .delete(drafts)
      .where(lt(drafts.expiresOn, chinaDay(clock.now())))
      .returning({ lookupId: drafts.lookupId });
    if (gone.length > 0) {
      const lookupIds = gone.map(({ lookupId }) => lookupId);
      await tx
        .update(tipFiles)
        .set({ state: "removed", meta: null })
        .where(and(isNull(tipFiles.tipId), inArray(tipFiles.lookupId, lookupIds)));
    }
    const spent = await tx
      .delete(webauthnChallenges)
      .where(lt(webauthnChallenges.expiresAt, clock.now()))
      .returning({ id: webauthnChallenges.id });
    return { drafts: gone.length, challenges: spent.length };
  });
}
