import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { NARRATIVES_A_BATCH, NARRATIVES_A_PAGE, listNarratives } from "~server/triage/list-narratives.server";

const query = z.object({
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  batch: z.coerce
    .number()
    .int()
    .min(0)
    .max(NARRATIVES_A_PAGE / NARRATIVES_A_BATCH - 1)
    .catch(0),
});

/** The JSON the narratives page opens in its worker: up to 100 sealed narratives. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { db, clock } = context.portal;
  const asked = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  return Response.json(
    await answerRefusals(
      listNarratives(db, { leadId: params.leadId ?? "", ...asked, at: clock.now() }, actorOf(context)),
    ),
  );
}
