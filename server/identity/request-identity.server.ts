import { and, eq } from "drizzle-orm";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database } from "~db/client.server";
import { identityRequests, sealedValues } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { fromBase64url } from "~server/secrecy/format";
import type { ReleasedShare } from "~server/secrecy/identity-shares";
import { readLiveKeys } from "~server/secrecy/read-role-keys.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { expireRequests } from "./expire-requests.server";
import { otherSide, readOwnShare, readSide, slotOfSide } from "./read-side.server";
import { identityRefusal } from "./refusals.server";

/** How long the other side has to answer. */
export const ANSWER_WITHIN_MS = 24 * 60 * 60 * 1000;

export type IdentityRequest = {
  /** Made by the browser, because the share is bound to it. */
  readonly id: string;
  readonly tipId: string;
  readonly reason: string;
  /** The other side's key the share is sealed to. */
  readonly roleKeyId: string;
  readonly share: ReleasedShare;
  /** The passkey's answer for `identity.request` on this request, tip and reason. */
  readonly proof: unknown;
};

/**
 * A custodian states why a reporter's identity is to be opened and releases their share to the other side, for 24 hours.
 * Refusals: `no_share`, `no_identity`, `other_side_changed`, `identity_waiting`, those of the step-up; 404 for anyone but
 * custodians.
 */
export async function requestIdentity(
  db: Database,
  input: IdentityRequest & { readonly relyingParty: RelyingParty; readonly clock: Clock },
  actor: StaffActor,
): Promise<{ readonly requestId: string }> {
  if (!hasRole(actor, "identity_custodian")) throw notFound();
  const { relyingParty, clock, proof, tipId } = input;
  const agreed = await agreedTo.identityRequest(input);
  await requireStepUp(db, { ...agreed, proof, relyingParty, clock }, actor);
  const at = clock.now();
  await expireRequests(db, clock);
  const done = withActor(db, actor, async (tx) => {
    const side = await readSide(tx, actor);
    if (side === null) throw identityRefusal("no_share");
    const [identity] = await tx
      .select({ id: sealedValues.id })
      .from(sealedValues)
      .where(
        and(
          eq(sealedValues.ownerTable, "tips"),
          eq(sealedValues.ownerId, tipId),
          eq(sealedValues.field, "identity"),
        ),
      );
    if (identity === undefined) throw identityRefusal("no_identity");
    if ((await readOwnShare(tx, { tipId, side }, actor)) === null) throw identityRefusal("no_share");
    const slot = slotOfSide(otherSide(side));
    if ((await readLiveKeys(tx, [slot])).get(slot)?.id !== input.roleKeyId)
      throw identityRefusal("other_side_changed");
    await tx.insert(identityRequests).values({
      id: input.id,
      tipId,
      reason: input.reason,
      side,
      requestedBy: actor.id,
      requestedAt: at,
      expiresAt: new Date(at.getTime() + ANSWER_WITHIN_MS),
      roleKeyId: input.roleKeyId,
      enc: Buffer.from(fromBase64url(input.share.enc)),
      body: Buffer.from(fromBase64url(input.share.body)),
    });
    await recordEvent(
      tx,
      {
        action: "identity.requested",
        subjectTable: "tips",
        subjectId: tipId,
        data: { tipId, requestId: input.id, reason: input.reason },
        at,
      },
      actor,
    );
    return { requestId: input.id };
  });
  return done.catch((error: unknown) => {
    const { constraint } = databaseFault(error);
    if (constraint === "identity_requests_waiting_uq" || constraint === "identity_requests_pkey")
      throw identityRefusal("identity_waiting");
    throw error;
  });
}
