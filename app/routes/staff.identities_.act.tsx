import type { ActionFunctionArgs } from "@remix-run/node";
import { identityAct } from "~/forms/identity";
import type { Portal } from "~server/portal.server";
import { DomainError, notFound } from "~server/errors.server";
import { declineRequest } from "~server/identity/decline-request.server";
import { findShare } from "~server/identity/find-share.server";
import { openRequest } from "~server/identity/open-identity.server";
import { requestIdentity } from "~server/identity/request-identity.server";
import { readJson } from "~server/intake/read-json.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { relyingParty } from "~server/staff-auth/relying-party";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint of the custodians' browsers: sealed shares in and out, never an identity. */
export async function action({ request, context }: ActionFunctionArgs) {
  const asked = identityAct.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(await act(context.portal, asked.data, actorOf(context)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}

async function act(portal: Portal, asked: ReturnType<typeof identityAct.parse>, actor: StaffActor) {
  const { db, clock, env } = portal;
  const stepUp = { relyingParty: relyingParty(env.staffOrigin), clock };
  switch (asked.step) {
    case "find":
      return findShare(db, { ...asked, clock }, actor);
    case "request": {
      const { id, tipId, reason, roleKeyId, enc, body } = asked;
      const share = { enc, body };
      return requestIdentity(
        db,
        { id, tipId, reason, roleKeyId, share, proof: asked.stepUp, ...stepUp },
        actor,
      );
    }
    case "decline":
      await declineRequest(db, { ...asked, proof: asked.stepUp, ...stepUp }, actor);
      return { declined: true };
    case "open":
      return openRequest(db, { requestId: asked.requestId, proof: asked.stepUp, ...stepUp }, actor);
  }
}
