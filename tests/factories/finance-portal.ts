import type { Database } from "~db/client.server";
import type { SignRequest } from "~/forms/signature";
import { action as signAction } from "~/routes/staff.sign";
import { action as awardAction } from "~/routes/staff.rewards_.$awardId";
import { call, type Answer } from "~tests/setup/call-route";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";
import { CLOCK } from "./make-award";
import type { TestPerson } from "./make-staff";

/** A portal on the day of the award factories, in 2026's fiscal year. */
export function financePortal(db: Database): TestPortal {
  return testPortal(db, CLOCK.now().toISOString());
}

/** Asks POST /staff/sign for a challenge. */
export function askToSign(portal: TestPortal, person: TestPerson, request: SignRequest): Promise<Answer> {
  return call(signAction, { portal, actor: person.actor, url: "/staff/sign", json: request });
}

/** The passkey's answer to a challenge, as the award page posts it. */
export function signatureFormOf(
  portal: TestPortal,
  person: TestPerson,
  asked: Answer,
): Record<string, string> {
  const { challenge } = asked.field("options") as { challenge: string };
  const origin = portal.env.publicOrigin;
  const response = person.passkey.assert({ challenge, rpId: new URL(origin).hostname, origin });
  return {
    intent: "sign",
    challengeId: String(asked.field("challengeId")),
    response: JSON.stringify(response),
  };
}

/** One signed act through both routes, as a browser does it. */
export async function signOnPage(
  portal: TestPortal,
  person: TestPerson,
  request: SignRequest,
): Promise<Answer> {
  const asked = await askToSign(portal, person, request);
  if (asked.status !== 200) return asked;
  return postToAward(portal, person, request.awardId, signatureFormOf(portal, person, asked));
}

export function postToAward(
  portal: TestPortal,
  person: TestPerson,
  awardId: string,
  form: Record<string, string>,
): Promise<Answer> {
  return call(awardAction, {
    portal,
    actor: person.actor,
    url: `/staff/rewards/${awardId}`,
    params: { awardId },
    form,
  });
}
