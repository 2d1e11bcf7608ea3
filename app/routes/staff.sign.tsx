import type { ActionFunctionArgs } from "@remix-run/node";
import { signRequest } from "~/forms/signature";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { refusal } from "~server/ledger/refusals.server";
import { signingAt } from "~server/rewards/signing.server";
import { startApproval } from "~server/rewards/start-approval.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint that asks for a signature: the challenge of one act on one voucher, refusals as sentences. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, env, clock } = context.portal;
  const body: unknown = await readJson(request);
  const asked = signRequest.safeParse(body);
  try {
    if (!asked.success) {
      const reasonTooLong = asked.error.issues.some((issue) => issue.path[0] === "reason");
      if (reasonTooLong) throw refusal("reason_required");
      return Response.json({ error: "bad_request", message: "" }, { status: 400 });
    }
    const { challengeId, options } = await startApproval(
      db,
      asked.data,
      actor,
      signingAt(env.staffOrigin, clock),
    );
    return Response.json({ challengeId, options });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
