import type { LoaderFunctionArgs } from "@remix-run/node";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { actorOf } from "~server/staff-auth/actor-of.server";

/** The JSON a signed-in person's browser opens their keys from: their own wraps and grants, nobody else's. */
export async function loader({ context }: LoaderFunctionArgs) {
  return Response.json(await readKeyring(context.portal.db, actorOf(context)));
}
