import type { ActionFunctionArgs } from "@remix-run/node";
import { handoverRequest } from "~/forms/handover";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { listKeysToHandOver, storeHandedOver } from "~server/secrecy/hand-over-keys.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint triage's browser hands keys over with: what waits, and what it sealed. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const asked = handoverRequest.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(
      asked.data.step === "list"
        ? await listKeysToHandOver(db, { ...asked.data, at: clock.now() }, actor)
        : await storeHandedOver(db, { keys: asked.data.keys, at: clock.now() }, actor),
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
