import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { identityRequests } from "~db/schema/sealed";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readSide, type Side } from "./read-side.server";
import { identityRefusal } from "./refusals.server";

export type WaitingRequest = typeof identityRequests.$inferSelect;

/**
 * The request, locked, for the custodian of the other side to answer. Refusals: `no_share`, `own_side`,
 * `request_answered`, `request_expired`, `requester_left`; 404 for what is no request.
 */
export async function lockRequest(
  tx: Tx,
  input: { readonly requestId: string; readonly at: Date },
  actor: StaffActor,
): Promise<{ readonly request: WaitingRequest; readonly side: Side }> {
  const [request] = await tx
    .select()
    .from(identityRequests)
    .where(eq(identityRequests.id, input.requestId))
    .for("update");
  if (request === undefined) throw notFound();
  const side = await readSide(tx, actor);
  if (side === null) throw identityRefusal("no_share");
  if (request.side === side || request.requestedBy === actor.id) throw identityRefusal("own_side");
  if (request.status === "expired") throw identityRefusal("request_expired");
  if (request.status !== "waiting") throw identityRefusal("request_answered");
  if (request.expiresAt <= input.at) throw identityRefusal("request_expired");
  if ((await readSide(tx, { id: request.requestedBy })) !== request.side)
    throw identityRefusal("requester_left");
  return { request, side };
}
