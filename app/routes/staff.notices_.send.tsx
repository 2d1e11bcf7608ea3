import type { ActionFunctionArgs } from "@remix-run/node";
import { noticesRequest } from "~/forms/notices";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { listWaitingNotices } from "~server/notifications/list-waiting-notices.server";
import { sendNotices } from "~server/notifications/send-notices.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint of the notice desk's browser. What was posted is in no answer: an address among it might be. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { portal } = context;
  const asked = noticesRequest.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(
      asked.data.step === "list"
        ? await listWaitingNotices(portal.db, { after: asked.data.after, at: portal.clock.now() }, actor)
        : await sendNotices(portal, { mails: asked.data.mails }, actor),
    );
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
