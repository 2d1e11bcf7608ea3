import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { ABSOLUTE_MS, IDLE_MS } from "./session-limits";

export type OpenSession = {
  readonly id: string;
  readonly method: StaffActor["method"];
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
};

/** A person's open sessions, newest first: one's own, or as an administrator anybody's (else 404). Instants UTC. */
export async function listSessions(
  db: Database,
  input: { staffId: string; clock: Clock },
  actor: StaffActor,
): Promise<OpenSession[]> {
  if (!validate(input.staffId)) throw notFound();
  const now = input.clock.now().getTime();
  return withActor(db, actor, async (tx) => {
    if (input.staffId !== actor.id) await checkAdministrator(tx, actor);
    const rows = await tx
      .select({
        id: staffSessions.id,
        method: staffSessions.method,
        createdAt: staffSessions.createdAt,
        lastSeenAt: staffSessions.lastSeenAt,
      })
      .from(staffSessions)
      .where(
        and(
          eq(staffSessions.staffId, input.staffId),
          isNull(staffSessions.endedAt),
          gt(staffSessions.lastSeenAt, new Date(now - IDLE_MS)),
          gt(staffSessions.createdAt, new Date(now - ABSOLUTE_MS)),
        ),
      )
      .orderBy(desc(staffSessions.createdAt));
    return rows.map((row) => ({ ...row, method: row.method === "passkey" ? "passkey" : "demo" }));
  });
}
