import { eq } from "drizzle-orm";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database } from "~db/client.server";
import { identityRequests } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { lockRequest } from "./lock-request.server";

/**
 * The second custodian does not agree, and says why; the released share is dropped. Refusals: those of `lockRequest` and of
 * the step-up; 404 for anyone but custodians.
 */
export async function declineRequest(
  db: Database,
  input: {
    readonly requestId: string;
    readonly answer: string;
    /** The passkey's answer for `identity.decline` on this request and this reason. */
    readonly proof: unknown;
    readonly relyingParty: RelyingParty;
    readonly clock: Clock;
  },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "identity_custodian")) throw notFound();
  const { requestId, answer, proof, relyingParty, clock } = input;
  const agreed = await agreedTo.identityDecline({ requestId, answer });
  await requireStepUp(db, { ...agreed, proof, relyingParty, clock }, actor);
  const at = clock.now();
  await withActor(db, actor, async (tx) => {
    const { request } = await lockRequest(tx, { requestId, at }, actor);
    await tx
      .update(identityRequests)
      .set({ status: "declined", answer, answeredBy: actor.id, answeredAt: at, enc: null, body: null })
      .where(eq(identityRequests.id, requestId));
    await recordEvent(
      tx,
      {
        action: "identity.declined",
        subjectTable: "tips",
        subjectId: request.tipId,
        data: { tipId: request.tipId, requestId, reason: answer },
        at,
      },
      actor,
    );
  });
}
