import type { ActionFunctionArgs } from "@remix-run/node";
import { DomainError, notFound } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { takeStatement, uploadedStatement } from "~server/payouts/take-statement.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** There is nothing to look at here. */
export function loader() {
  throw refusalResponse(notFound());
}

/** The JSON endpoint a statement's bare lines come to; a body with anything else in it is refused. */
export async function action({ request, context }: ActionFunctionArgs) {
  const asked = uploadedStatement.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  const { db, clock } = context.portal;
  try {
    return Response.json(await takeStatement(db, asked.data, actorOf(context), clock));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
