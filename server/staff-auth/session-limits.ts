/** A staff session ends after 30 minutes without a request … */
export const IDLE_MS = 30 * 60_000;

/** … and 12 hours after sign-in whatever happens. */
export const ABSOLUTE_MS = 12 * 60 * 60_000;

/** A busy session writes its last use at most this often, so idleness is measured to within a minute. */
export const TOUCH_MS = 60_000;

/** True while a session opened and last used at these instants is good at `now` (UTC). */
export function isSessionLive(
  session: { createdAt: Date; lastSeenAt: Date; endedAt: Date | null },
  now: Date,
): boolean {
  return (
    session.endedAt === null &&
    now.getTime() - session.lastSeenAt.getTime() < IDLE_MS &&
    now.getTime() - session.createdAt.getTime() < ABSOLUTE_MS
  );
}
