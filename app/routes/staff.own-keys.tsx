import type { ActionFunctionArgs } from "@remix-run/node";
import { ownKeysRequest } from "~/forms/own-keys";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import type { Portal } from "~server/portal.server";
import { makePersonalKey } from "~server/secrecy/make-personal-key.server";
import { renewRecoveryCode, wrapForPasskey } from "~server/secrecy/wrap-personal-key.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { finishAddPasskey } from "~server/staff-auth/finish-add-passkey.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startAddPasskey } from "~server/staff-auth/start-add-passkey.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint of one's own key and passkeys: each step a browser must compute for, refusals as sentences. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const asked = ownKeysRequest.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(await answer(context.portal, asked.data, actor));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}

async function answer(
  { db, env, clock }: Portal,
  asked: ReturnType<typeof ownKeysRequest.parse>,
  actor: StaffActor,
): Promise<object> {
  const site = { relyingParty: relyingParty(env.publicOrigin), clock };
  switch (asked.step) {
    case "make-key":
      return makePersonalKey(db, { ...asked, ...site }, actor);
    case "wrap-passkey":
      await wrapForPasskey(db, { ...asked, wrap: asked.passkey, ...site }, actor);
      return {};
    case "new-code":
      await renewRecoveryCode(db, { ...asked, wrap: asked.code, ...site }, actor);
      return {};
    case "start-add":
      return startAddPasskey(db, { ...asked, ...site }, actor);
    case "finish-add":
      return finishAddPasskey(db, { ...asked, ...site }, actor);
  }
}
