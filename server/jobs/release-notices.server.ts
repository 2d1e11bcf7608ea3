import { and, eq, lt } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { notices } from "~db/schema/mail";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { systemActor } from "~server/staff-auth/actor";

/** Ten times longer than a mail may take: what is still under way then was cut off by the end of a server. */
export const CLAIM_MINUTES = 10;

/** Notices whose sending came to no end become `unknown`: the mail may have left, so a member decides. Says how many. */
export async function releaseNotices(db: Database, clock: Clock): Promise<{ released: number }> {
  return withActor(db, systemActor("release-notices"), async (tx) => {
    const released = await tx
      .update(notices)
      .set({ status: "unknown", fault: "interrupted", claimedAt: null })
      .where(
        and(
          eq(notices.status, "sending"),
          lt(notices.claimedAt, new Date(clock.now().getTime() - CLAIM_MINUTES * 60_000)),
        ),
      )
      .returning({ id: notices.id });
    return { released: released.length };
  });
}
