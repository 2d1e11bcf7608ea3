import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { keyAct } from "~/forms/key-acts";
import { DomainError } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { actOnKeys } from "~server/secrecy/act-on-keys.server";
import { listStaleDataKeys } from "~server/secrecy/list-stale-data-keys.server";
import { actorOf } from "~server/staff-auth/actor-of.server";

const query = z.object({ slot: z.string().min(1).max(200), after: z.uuid().nullable().default(null) });

/** The next batch of data keys to be re-wrapped, as JSON. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const asked = query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!asked.success) return badRequest();
  const { db, clock } = context.portal;
  return answer(listStaleDataKeys(db, { ...asked.data, at: clock.now() }, actorOf(context)));
}

/** The JSON endpoint of the page of role keys. */
export async function action({ request, context }: ActionFunctionArgs) {
  const act = keyAct.safeParse(await readJson(request));
  if (!act.success) return badRequest();
  return answer(actOnKeys(context.portal, act.data, actorOf(context)));
}

async function answer(work: Promise<unknown>): Promise<Response> {
  try {
    return Response.json(await work);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}

function badRequest(): Response {
  return Response.json({ error: "bad_request", message: "" }, { status: 400 });
}
