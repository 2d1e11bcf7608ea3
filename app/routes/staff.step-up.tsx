import type { ActionFunctionArgs } from "@remix-run/node";
import { stepUpRequest } from "~/forms/step-up";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { startStepUp } from "~server/staff-auth/step-up.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint that asks for a passkey's touch before a grave act. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, env, clock } = context.portal;
  const asked = stepUpRequest.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(
      await startStepUp(db, { ...asked.data, relyingParty: relyingParty(env.staffOrigin), clock }, actor),
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
