import { eq } from "drizzle-orm";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database } from "~db/client.server";
import { identityRequests } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { toBase64url } from "~server/secrecy/format";
import type { IdentityInParts } from "~server/secrecy/identity-shares";
import { readKeyringOf } from "~server/secrecy/read-keyring.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { lockRequest } from "./lock-request.server";
import { readOwnShare } from "./read-side.server";
import { identityRefusal } from "./refusals.server";

/**
 * The second custodian opens a request: it is marked opened and the released share dropped first, then the parts are
 * handed out, this once; they meet in that custodian's browser alone. Refusals: those of `lockRequest`, `no_share`,
 * `own_key_changed`, those of the step-up; 404 for anyone but custodians.
 */
export async function openRequest(
  db: Database,
  input: {
    readonly requestId: string;
    /** The passkey's answer for `identity.open` on this request. */
    readonly proof: unknown;
    readonly relyingParty: RelyingParty;
    readonly clock: Clock;
  },
  actor: StaffActor,
): Promise<IdentityInParts> {
  if (!hasRole(actor, "identity_custodian")) throw notFound();
  const { requestId, relyingParty, clock, proof } = input;
  const agreed = agreedTo.identityOpening(requestId);
  await requireStepUp(db, { ...agreed, proof, relyingParty, clock }, actor);
  const at = clock.now();
  return withActor(db, actor, async (tx) => {
    const { request, side } = await lockRequest(tx, { requestId, at }, actor);
    const { tipId, roleKeyId, enc, body, reason } = request;
    const own = await readOwnShare(tx, { tipId, side }, actor);
    const identity = (await readSealed(tx, { tipIds: [tipId], fields: ["identity"] }, actor))(
      tipId,
      "identity",
    );
    if (own === null || identity.state !== "sealed" || enc === null || body === null)
      throw identityRefusal("no_share");
    const { grants } = await readKeyringOf(tx, actor.id);
    if (!grants.some((grant) => grant.roleKeyId === roleKeyId)) throw identityRefusal("own_key_changed");
    await tx
      .update(identityRequests)
      .set({ status: "opened", answeredBy: actor.id, answeredAt: at, enc: null, body: null })
      .where(eq(identityRequests.id, requestId));
    await recordEvent(
      tx,
      {
        action: "identity.opened",
        subjectTable: "tips",
        subjectId: tipId,
        data: { tipId, requestId, reason },
        at,
      },
      actor,
    );
    return {
      requestId,
      tipId,
      released: { roleKeyId, enc: toBase64url(enc), body: toBase64url(body) },
      own,
      identity,
    };
  });
}
