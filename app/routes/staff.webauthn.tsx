import type { ActionFunctionArgs } from "@remix-run/node";
import { webauthnRequest } from "~/forms/webauthn";
import { paths } from "~/paths";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import type { Portal } from "~server/portal.server";
import { endPresentSession } from "~server/staff-auth/end-present-session.server";
import { finishEnrolment } from "~server/staff-auth/finish-enrolment.server";
import { finishSignIn } from "~server/staff-auth/finish-sign-in.server";
import { nextPage } from "~server/staff-auth/next-page";
import { readEnrolmentLink } from "~server/staff-auth/read-enrolment-link.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { writeStaffCookie } from "~server/staff-auth/session-cookie.server";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import { startSignIn } from "~server/staff-auth/start-sign-in.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint of sign-in and enrolment: each step of the passkey's exchange, refusals as sentences. */
export async function action({ request, context }: ActionFunctionArgs) {
  const body: unknown = await readJson(request);
  const asked = webauthnRequest.safeParse(body);
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  try {
    return await answer(context.portal, asked.data, () => endPresentSession(request, context));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}

async function answer(
  { db, env, clock }: Portal,
  asked: ReturnType<typeof webauthnRequest.parse>,
  endPresent: () => Promise<void>,
): Promise<Response> {
  const site = { relyingParty: relyingParty(env.publicOrigin), clock };
  const signedIn = async (token: string, next: string) => {
    await endPresent();
    return Response.json({ next }, { headers: { "Set-Cookie": writeStaffCookie(token, env.publicOrigin) } });
  };
  switch (asked.step) {
    case "start-sign-in":
      return Response.json(await startSignIn(db, site));
    case "finish-sign-in": {
      const { token } = await finishSignIn(db, { ...asked, ...site });
      return signedIn(token, nextPage(asked.next));
    }
    case "read-link": {
      const { person, expiresAt } = await readEnrolmentLink(db, { token: asked.token, clock });
      return Response.json({ name: person.displayName, agency: person.agencyName, expiresAt });
    }
    case "start-enrolment":
      return Response.json(await startEnrolment(db, { token: asked.token, ...site }));
    case "finish-enrolment": {
      const { token } = await finishEnrolment(db, { ...asked, ...site });
      return signedIn(token, paths.staff.account());
    }
  }
}
