import type { ActionFunctionArgs } from "@remix-run/node";
import { batchAct } from "~/forms/batch-act";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { handPayees, readPayeesToHand } from "~server/payouts/hand-payees.server";
import { recordFile } from "~server/payouts/move-batch.server";
import { readPayees } from "~server/payouts/read-payees.server";
import { signRelease, startRelease } from "~server/payouts/release-batch.server";
import type { Portal } from "~server/portal.server";
import { signingAt } from "~server/rewards/signing.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { parseAssertion } from "~server/staff-auth/parse-passkey-response.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint of a batch's page: signatures, sealed shares and hashes; a payee only in sealed parts. */
export async function action({ request, context }: ActionFunctionArgs) {
  const asked = batchAct.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return Response.json(await act(context.portal, asked.data, actorOf(context)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}

async function act(
  { db, env, clock }: Portal,
  asked: ReturnType<typeof batchAct.parse>,
  actor: StaffActor,
): Promise<unknown> {
  const signing = signingAt(env.staffOrigin, clock);
  switch (asked.step) {
    case "ask":
      return startRelease(db, asked, actor, signing);
    case "sign": {
      const response = parseAssertion(asked.response);
      return signRelease(db, { challengeId: asked.challengeId, response }, actor, signing);
    }
    case "payees":
      return readPayeesToHand(db, asked, actor);
    case "hand":
      return handPayees(db, asked, actor, clock);
    case "open":
      return readPayees(db, { ...asked, exampleAccount: env.demo }, actor, clock);
    case "file":
      return recordFile(db, { ...asked, sumFen: BigInt(asked.sumFen) }, actor, clock);
  }
}
