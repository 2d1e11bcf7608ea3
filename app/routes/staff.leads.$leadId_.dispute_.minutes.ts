import type { LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { composeMinutes } from "~server/disputes/compose-minutes.server";
import { presentDispute } from "~server/disputes/present-dispute.server";
import { readDispute } from "~server/disputes/read-dispute.server";
import { notFound } from "~server/errors.server";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

/** 会商纪要 of a lead's dispute (the latest, or `?dispute=`), for whoever may read it. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const actor = actorOf(context);
  const { db, packs, clock } = context.portal;
  const asked = new URL(request.url).searchParams.get("dispute");
  const disputeId = z.uuid().nullable().catch(null).parse(asked);
  const at = clock.now();
  const page = await answerRefusals(readDispute(db, { leadId: params.leadId ?? "", disputeId }, actor));
  const dispute = presentDispute(
    packs.all().map(({ pack }) => pack),
    page,
    { at },
    actor,
  );
  if (dispute === null) throw refusalResponse(notFound());
  const pdf = await composeMinutes({ number: page.number, name: page.name, at }, dispute);
  return new Response(new Uint8Array(pdf), {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="huishang-${page.number}.pdf"`,
      "Cache-Control": "no-store",
    },
  });
}
