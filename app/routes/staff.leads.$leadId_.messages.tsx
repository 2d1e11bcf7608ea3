import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { messageAct } from "~/forms/staff-messages";
import { DomainError } from "~server/errors.server";
import { readJson } from "~server/intake/read-json.server";
import { listThread } from "~server/messages/list-thread.server";
import { markRead } from "~server/messages/mark-read.server";
import { declineWish, writeToReporter } from "~server/messages/write-to-reporter.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { readLeadNumber } from "~server/triage/read-lead-number.server";

const query = z.object({
  tip: z.string().catch(""),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt)
    .nullable()
    .catch(null),
});

/** A page of one tip's messages, still sealed, as JSON. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { tip, before } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  const asked = { leadId: params.leadId ?? "", tipId: tip, before };
  return Response.json(await answerRefusals(listThread(context.portal.db, asked, actorOf(context))));
}

/** The JSON endpoint by which the lead's page keeps what its browser sealed, and notes what it opened. */
export async function action({ request, params, context }: ActionFunctionArgs) {
  const actor = actorOf(context);
  const { db, clock } = context.portal;
  const leadId = params.leadId ?? "";
  await answerRefusals(readLeadNumber(db, leadId, actor));
  const asked = messageAct.safeParse(await readJson(request));
  if (!asked.success) return Response.json({ error: "bad_request", message: "" }, { status: 400 });
  const act = asked.data;
  const at = clock.now();
  try {
    switch (act.step) {
      case "read":
        return Response.json(await markRead(db, { leadId, ...act, at }, actor));
      case "write":
        return Response.json(await writeToReporter(db, { leadId, ...act, sealed: act.message, at }, actor));
      case "decline":
        return Response.json(await declineWish(db, { leadId, ...act, sealed: act.message, at }, actor));
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return Response.json({ error: error.code, message: error.publicMessage }, { status: error.status });
  }
}
