import type { ActionFunctionArgs } from "@remix-run/node";
import { signChosenRequest, signRequest } from "~/forms/signature";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { refusal } from "~server/ledger/refusals.server";
import { signingAt } from "~server/rewards/signing.server";
import { signChosen, startChosen } from "~server/rewards/sign-chosen.server";
import { startApproval } from "~server/rewards/start-approval.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { parseAssertion } from "~server/staff-auth/parse-passkey-response.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint that asks for a signature: the challenge of one act on one voucher, or one of several
 * chosen vouchers after the other; refusals as sentences. */
export async function action({ request, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, env, clock } = context.portal;
  const body: unknown = await readJson(request);
  const signing = signingAt(env.staffOrigin, clock);
  const chosen = signChosenRequest.safeParse(body);
  const asked = signRequest.safeParse(body);
  try {
    if (chosen.success) {
      const { answer, ...at } = chosen.data;
      if (answer !== undefined) {
        const response = parseAssertion(answer.response);
        const { status } = await signChosen(db, { ...at, ...answer, response }, actor, signing);
        return Response.json({ status });
      }
      const { challengeId, options } = await startChosen(db, at, actor, signing);
      return Response.json({ challengeId, options });
    }
    if (!asked.success) {
      const reasonTooLong = asked.error.issues.some((issue) => issue.path[0] === "reason");
      if (reasonTooLong) throw refusal("reason_required");
      return Response.json({ error: "bad_request", message: "" }, { status: 400 });
    }
    const { challengeId, options } = await startApproval(db, asked.data, actor, signing);
    return Response.json({ challengeId, options });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
