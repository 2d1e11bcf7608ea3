import { count, desc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database } from "~db/client.server";
import { identityRequests } from "~db/schema/sealed";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readSide, type Side } from "./read-side.server";

export const REQUESTS_A_PAGE = 20;

export type ListedRequest = {
  readonly id: string;
  readonly tipId: string;
  readonly reason: string;
  readonly side: Side;
  readonly requester: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly status: "waiting" | "opened" | "declined" | "expired";
  readonly answerer: string | null;
  readonly answeredAt: Date | null;
  readonly answer: string | null;
  /** Whether this person is the one asked: of the other side, and in time. */
  readonly mayAnswer: boolean;
};

/**
 * Requests to open an identity, waiting ones first, then newest, 20 a page; never a sealed value. Custodians of both
 * sides and auditors read all of them; 404 for anyone else. `side` is the reader's own.
 */
export async function listRequests(
  db: Database,
  input: { readonly page: number; readonly clock: Clock },
  actor: StaffActor,
): Promise<{ requests: ListedRequest[]; total: number; side: Side | null }> {
  if (!hasRole(actor, "identity_custodian", "auditor")) throw notFound();
  const at = input.clock.now();
  const answerers = alias(staff, "answerers");
  return withActor(db, actor, async (tx) => {
    const side = hasRole(actor, "identity_custodian") ? await readSide(tx, actor) : null;
    const { id, tipId, reason, requestedAt, expiresAt, answeredAt, answer } = identityRequests;
    // One whose time is up counts as expired at once; the hourly job writes it down.
    const inTime = sql`(${identityRequests.status} = 'waiting' and ${expiresAt} > ${at.toISOString()}::timestamptz)`;
    const rows = await tx
      .select({
        ...{ id, tipId, reason, requestedAt, expiresAt, answeredAt, answer },
        side: identityRequests.side,
        status: identityRequests.status,
        requestedBy: identityRequests.requestedBy,
        requester: staff.displayName,
        answerer: answerers.displayName,
      })
      .from(identityRequests)
      .innerJoin(staff, eq(staff.id, identityRequests.requestedBy))
      .leftJoin(answerers, eq(answerers.id, identityRequests.answeredBy))
      .orderBy(desc(inTime), desc(requestedAt), desc(id))
      .limit(REQUESTS_A_PAGE)
      .offset((input.page - 1) * REQUESTS_A_PAGE);
    const [counted] = await tx.select({ total: count() }).from(identityRequests);
    return {
      side,
      total: counted?.total ?? 0,
      requests: rows.map(({ requestedBy, ...row }) => {
        const late = row.status === "waiting" && row.expiresAt <= at;
        const status = late ? "expired" : (row.status as ListedRequest["status"]);
        return {
          ...row,
          side: row.side as Side,
          status,
          mayAnswer: status === "waiting" && side !== null && side !== row.side && requestedBy !== actor.id,
        };
      }),
    };
  });
}
